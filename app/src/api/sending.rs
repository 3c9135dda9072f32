//! Data of the page about sending. Only the server renders it.

use domain::{DataCenter, DataCenterId, Provider, SendingSettings};

use crate::error::ApiError;

/// Data of the page about sending.
#[derive(Clone, Debug)]
pub struct SendingPage {
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
    /// Data center of the page.
    pub data_center: DataCenterId,
    /// Saved settings.
    pub saved: SendingSettings,
    /// Provider of the data center; `None` without SMTP settings.
    pub provider: Option<Provider>,
    /// From address of the SMTP settings, which is always allowed; empty without SMTP settings.
    pub from: String,
}

/// Loads the data of the page about sending.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`; `Offline` in the browser.
pub async fn sending_page(data_center: String) -> Result<SendingPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page(&data_center).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(data_center).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use super::SendingPage;
    use crate::{
        error::ApiError,
        request::context::{data_center_id, mailer},
    };

    pub async fn page(data_center: &str) -> Result<SendingPage, ApiError> {
        let mailer = mailer()?;
        let id = data_center_id(data_center)?;
        let settings = mailer.settings.get(&id).await?.settings;
        let from = settings.as_ref().map(|settings| settings.from.to_string());
        Ok(SendingPage {
            data_centers: mailer.settings.data_centers().await?,
            saved: mailer.outbox.settings(&id).await?,
            provider: settings.map(|settings| settings.provider),
            from: from.unwrap_or_default(),
            data_center: id,
        })
    }
}
