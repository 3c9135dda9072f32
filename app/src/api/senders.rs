//! Data of the pages about senders. Only the server renders them.

use domain::{ApiKey, DataCenter, Sender, UnixTime};

use crate::{
    error::ApiError,
    smtp_listeners::{ListenerCertificate, SmtpListener},
};

/// Senders, and the listeners of the SMTP server.
#[derive(Clone, Debug)]
pub struct SendersPage {
    /// All senders, ordered by name.
    pub senders: Vec<Sender>,
    /// All API keys; some belong to a sender.
    pub keys: Vec<ApiKey>,
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
    /// Listeners of the SMTP server.
    pub listeners: Vec<SmtpListener>,
    /// Certificate of the SMTP server.
    pub certificate: Option<ListenerCertificate>,
    /// Time of the request.
    pub now: UnixTime,
    /// True if the user may change senders.
    pub may_edit: bool,
}

/// One sender, or the form for a new one.
#[derive(Clone, Debug)]
pub struct SenderPage {
    /// The sender; `None` for a new one.
    pub sender: Option<Sender>,
    /// Names of its API keys.
    pub keys: Vec<String>,
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
    /// Time of the request.
    pub now: UnixTime,
}

/// Loads the data of the page about senders.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn senders_page() -> Result<SendersPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page().await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(()).await
}

/// Loads a sender for its form, or the data of an empty form without an ID. Returns `None` if the
/// sender does not exist.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn sender_page(id: Option<String>) -> Result<Option<SenderPage>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::one(id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{Role, SenderId};

    use super::{SenderPage, SendersPage};
    use crate::{
        error::ApiError,
        request::context::{access, mailer, may, signed_in, smtp_listeners},
    };

    pub async fn page() -> Result<SendersPage, ApiError> {
        signed_in()?;
        let (mailer, access) = (mailer()?, access()?);
        let listeners = smtp_listeners();
        let may_edit = may(Role::Administrator);
        Ok(SendersPage {
            senders: access.senders().await?,
            keys: access.api_keys().await?,
            data_centers: mailer.settings.data_centers().await?,
            listeners: listeners.all(),
            certificate: listeners.certificate(),
            now: mailer.clock.now(),
            may_edit,
        })
    }

    pub async fn one(id: Option<String>) -> Result<Option<SenderPage>, ApiError> {
        signed_in()?;
        let (mailer, access) = (mailer()?, access()?);
        let mut page = SenderPage {
            sender: None,
            keys: Vec::new(),
            data_centers: mailer.settings.data_centers().await?,
            now: mailer.clock.now(),
        };
        let Some(id) = id else {
            return Ok(Some(page));
        };
        let Ok(id) = SenderId::parse(&id) else {
            return Ok(None);
        };
        let Some(sender) = access.sender(&id).await? else {
            return Ok(None);
        };
        let keys = access.api_keys().await?.into_iter();
        let keys = keys.filter(|key| key.sender.as_ref() == Some(&id));
        page.keys = keys.map(|key| key.name.to_string()).collect();
        page.sender = Some(sender);
        Ok(Some(page))
    }
}
