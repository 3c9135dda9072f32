//! Data of the pages about messages. Only the server renders them.

use domain::{
    Attempt, DataCenter, Mail, MessageFilter, MessageId, OutboxMessage, OutboxOverview,
    SendingState,
};

use crate::error::ApiError;

/// Messages, and the state of the outbox.
#[derive(Clone, Debug)]
pub struct MessageList {
    /// Messages, newest first.
    pub messages: Vec<OutboxMessage>,
    /// Cursor of the next page; `None` on the last page.
    pub next: Option<MessageId>,
    /// State of the outbox.
    pub overview: OutboxOverview,
    /// Origin of the server, for examples.
    pub origin: String,
}

/// One message, with what its page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The message, without its content.
    pub message: OutboxMessage,
    /// Delivery attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// Data center of the message; `None` if it was removed.
    pub data_center: Option<DataCenter>,
    /// Sending state of the data center.
    pub sending: Option<SendingState>,
    /// True if the user may retry, cancel, or resend.
    pub may_act: bool,
    /// True if the sender of the message still exists.
    pub has_sender: bool,
}

/// Loads the content of a message, or `None` if it was deleted.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn message_preview(id: MessageId) -> Result<Option<Mail>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::preview(&id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

/// Loads a page of messages, starting at a cursor.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn message_list(
    filter: MessageFilter,
    cursor: Option<MessageId>,
) -> Result<MessageList, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::list(&filter, cursor.as_ref()).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere((filter, cursor)).await
}

/// Loads one message, or `None` if it does not exist.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn message_page(id: String) -> Result<Option<MessagePage>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page(&id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

#[cfg(feature = "ssr")]
pub use verbs::{PAGE_SIZE, read as read_message};

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{Mail, MessageFilter, MessageId, OutboxOverview, Role};
    use mail::{MailError, Mailer};

    use super::{MessageList, MessagePage};
    use crate::{
        error::ApiError,
        paths,
        request::context::{access, mailer, may, request, set_status},
    };

    /// Number of messages on one page of the list.
    pub const PAGE_SIZE: u32 = 50;

    pub async fn list(
        filter: &MessageFilter,
        cursor: Option<&MessageId>,
    ) -> Result<MessageList, ApiError> {
        let mailer = mailer()?;
        let page = mailer.outbox.messages(filter, cursor, PAGE_SIZE).await?;
        let redirect = request()?.redirect_url.to_string();
        let origin = redirect.strip_suffix(paths::OAuthCallback::PATH);
        Ok(MessageList {
            messages: page.messages,
            next: page.next,
            overview: mailer.outbox.overview().await?,
            origin: origin.unwrap_or_default().to_owned(),
        })
    }

    pub async fn page(id: &str) -> Result<Option<MessagePage>, ApiError> {
        let page = match MessageId::parse(id) {
            Ok(id) => {
                let mailer = mailer()?;
                let overview = mailer.outbox.overview().await?;
                let page = read(&mailer, &id, &overview).await?;
                let may_act = may(Role::Operator);
                let sender = page.as_ref();
                let sender = sender.and_then(|page| page.message.arrival.sender.as_ref());
                let has_sender = match sender {
                    Some(sender) => access()?.sender(&sender.id).await?.is_some(),
                    None => false,
                };
                page.map(|page| MessagePage {
                    may_act,
                    has_sender,
                    ..page
                })
            }
            Err(_) => None,
        };
        if page.is_none() {
            set_status(http::StatusCode::NOT_FOUND);
        }
        Ok(page)
    }

    pub async fn preview(id: &MessageId) -> Result<Option<Mail>, ApiError> {
        Ok(mailer()?.outbox.preview(id).await?)
    }

    /// Loads a message with the data that its page shows to a viewer.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn read(
        mailer: &Mailer,
        id: &MessageId,
        overview: &OutboxOverview,
    ) -> Result<Option<MessagePage>, MailError> {
        let Some(message) = mailer.outbox.message(id).await? else {
            return Ok(None);
        };
        let mut states = overview.data_centers.iter();
        let sending = states.find(|state| state.data_center.id == message.data_center);
        let sending = sending.cloned();
        Ok(Some(MessagePage {
            attempts: mailer.outbox.attempts(id).await?,
            data_center: sending.as_ref().map(|state| state.data_center.clone()),
            sending,
            message,
            may_act: false,
            has_sender: false,
        }))
    }
}
