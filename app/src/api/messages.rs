//! Data of the pages about messages. Only the server renders them.

use domain::{
    Attempt, DataCenter, Mail, MessageFilter, MessageId, OutboxMessage, OutboxOverview,
    SendingState,
};

use crate::error::ApiError;

/// Some messages, and how the outbox stands.
#[derive(Clone, Debug)]
pub struct MessageList {
    /// The messages, the newest first.
    pub messages: Vec<OutboxMessage>,
    /// What to ask for to get those after them; `None` when there are none.
    pub next: Option<MessageId>,
    /// How the outbox stands.
    pub overview: OutboxOverview,
    /// Where the server is reached, for examples.
    pub origin: String,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// Without its content.
    pub message: OutboxMessage,
    /// The attempts to deliver it, the first one first.
    pub attempts: Vec<Attempt>,
    /// Its data center.
    pub data_center: Option<DataCenter>,
    /// How its data center stands.
    pub sending: Option<SendingState>,
    /// Who looks may do something about it.
    pub may_act: bool,
}

/// What a message says; `None` when its content was dropped.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn message_preview(id: MessageId) -> Result<Option<Mail>, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::preview(&id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

/// Some messages, from a place in the list on.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn message_list(
    filter: MessageFilter,
    cursor: Option<MessageId>,
) -> Result<MessageList, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::list(&filter, cursor.as_ref()).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere((filter, cursor)).await
}

/// One message; `None` when there is none with this id.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn message_page(id: String) -> Result<Option<MessagePage>, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::page(&id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

#[cfg(feature = "ssr")]
pub use verbs::{AT_ONCE, read as read_message};

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{Mail, MessageFilter, MessageId, OutboxOverview, Role};
    use mail::{MailError, Mailer};

    use super::{MessageList, MessagePage};
    use crate::{
        api::context::{mailer, may, request, set_status},
        error::ApiError,
        paths,
    };

    /// Messages on one page of the list.
    pub const AT_ONCE: u32 = 50;

    pub async fn list(
        filter: &MessageFilter,
        cursor: Option<&MessageId>,
    ) -> Result<MessageList, ApiError> {
        let mailer = mailer()?;
        let page = mailer.messages(filter, cursor, AT_ONCE).await?;
        let redirect = request()?.redirect_url.to_string();
        let origin = redirect.strip_suffix(paths::OAuthCallback::PATH);
        Ok(MessageList {
            messages: page.messages,
            next: page.next,
            overview: mailer.outbox_overview().await?,
            origin: origin.unwrap_or_default().to_owned(),
        })
    }

    pub async fn page(id: &str) -> Result<Option<MessagePage>, ApiError> {
        let page = match MessageId::parse(id) {
            Ok(id) => {
                let mailer = mailer()?;
                let overview = mailer.outbox_overview().await?;
                let page = read(&mailer, &id, &overview).await?;
                let may_act = may(Role::Operator);
                page.map(|page| MessagePage { may_act, ..page })
            }
            Err(_) => None,
        };
        if page.is_none() {
            set_status(http::StatusCode::NOT_FOUND);
        }
        Ok(page)
    }

    pub async fn preview(id: &MessageId) -> Result<Option<Mail>, ApiError> {
        Ok(mailer()?.message_preview(id).await?)
    }

    /// A message with all that its page shows to somebody who may only look at it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(
        mailer: &Mailer,
        id: &MessageId,
        overview: &OutboxOverview,
    ) -> Result<Option<MessagePage>, MailError> {
        let Some(message) = mailer.message(id).await? else {
            return Ok(None);
        };
        let mut states = overview.data_centers.iter();
        let sending = states.find(|state| state.data_center.id == message.data_center);
        let sending = sending.cloned();
        Ok(Some(MessagePage {
            attempts: mailer.message_attempts(id).await?,
            data_center: sending.as_ref().map(|state| state.data_center.clone()),
            sending,
            message,
            may_act: false,
        }))
    }
}
