//! Data of the pages about SMTP sessions. Only the server renders them.

use domain::{SenderId, SenderName, SenderSession};

use crate::error::ApiError;

/// Sessions of a sender and of unknown clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderSessionsPage {
    /// ID in the path of the event stream: that of the sender, or [`paths::UNKNOWN_SENDERS`](crate::paths::UNKNOWN_SENDERS).
    pub subject: String,
    /// Sessions of the sender, newest first.
    pub own: Vec<SenderSession>,
    /// Sessions of unknown clients, newest first. Only the latest ones beside those of a sender.
    pub unknown: Vec<SenderSession>,
}

/// Loads the sessions of a sender, or only those of unknown clients.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn sender_sessions(sender: Option<SenderId>) -> Result<SenderSessionsPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::sessions(sender.as_ref()).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(sender).await
}

/// Loads the ID and name of a sender, or `None` if it does not exist.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn sender_name(id: String) -> Result<Option<(SenderId, SenderName)>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::name(&id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

#[cfg(feature = "ssr")]
pub use verbs::read as read_sender_sessions;

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{SenderId, SenderName};
    use mail::{MailError, Mailer};

    use super::SenderSessionsPage;
    use crate::{
        error::ApiError,
        paths,
        request::context::{access, mailer, set_status},
    };

    /// Number of sessions of unknown clients beside those of a sender.
    const UNKNOWN_BESIDE: usize = 5;

    pub async fn sessions(sender: Option<&SenderId>) -> Result<SenderSessionsPage, ApiError> {
        Ok(read(&mailer()?, sender).await?)
    }

    pub async fn name(id: &str) -> Result<Option<(SenderId, SenderName)>, ApiError> {
        let sender = match SenderId::parse(id) {
            Ok(id) => access()?.sender(&id).await?,
            Err(_) => None,
        };
        if sender.is_none() {
            set_status(http::StatusCode::NOT_FOUND);
        }
        Ok(sender.map(|sender| (sender.id, sender.name)))
    }

    /// Loads the sessions of a sender, or only those of unknown clients.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn read(
        mailer: &Mailer,
        sender: Option<&SenderId>,
    ) -> Result<SenderSessionsPage, MailError> {
        let mut unknown = mailer.sender_sessions.recent(None).await?;
        let own = match sender {
            Some(_) => {
                unknown.truncate(UNKNOWN_BESIDE);
                mailer.sender_sessions.recent(sender).await?
            }
            None => Vec::new(),
        };
        let subject = sender.map_or(paths::UNKNOWN_SENDERS, SenderId::as_str);
        Ok(SenderSessionsPage {
            subject: subject.to_owned(),
            own,
            unknown,
        })
    }
}
