//! Data of the guide that adds a device. Only the server renders it.

use std::sync::Arc;

use domain::{DataCenter, SubmissionService};

use crate::error::ApiError;

/// Data of the guide.
#[derive(Clone, Debug)]
pub struct DevicePage {
    /// All data centers, each with the From address of its SMTP settings, if it has any.
    pub data_centers: Vec<(DataCenter, Option<String>)>,
    /// The listeners that devices can reach.
    pub submission: Arc<SubmissionService>,
}

/// Loads the data of the guide.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn device_page() -> Result<DevicePage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page().await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(()).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use super::DevicePage;
    use crate::{
        error::ApiError,
        request::context::{mailer, submission},
    };

    pub async fn page() -> Result<DevicePage, ApiError> {
        let mailer = mailer()?;
        let mut data_centers = Vec::new();
        for data_center in mailer.settings.data_centers().await? {
            let saved = mailer.settings.get(&data_center.id).await?;
            let from = saved.settings.map(|settings| settings.from.to_string());
            data_centers.push((data_center, from));
        }
        Ok(DevicePage {
            data_centers,
            submission: submission()?,
        })
    }
}
