//! Data centers: adds, renames, and removes them.

use domain::{DataCenter, DataCenterName};
use leptos::prelude::*;

use crate::error::ApiError;

/// Adds a data center.
///
/// # Errors
/// `DataCenter`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "add_data_center")]
pub async fn add_data_center(name: String) -> Result<DataCenter, ApiError> {
    let answer = verbs::add(&name).await;
    if let Ok(added) = &answer {
        verbs::show(added.id.as_str())?;
    }
    crate::request::context::answer(answer)
}

/// Renames a data center. Returns the new name.
///
/// # Errors
/// `DataCenter`, `UnknownDataCenter`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "rename_data_center")]
pub async fn rename_data_center(
    data_center: String,
    name: String,
) -> Result<DataCenterName, ApiError> {
    let answer = verbs::rename(&data_center, &name).await;
    if answer.is_ok() {
        verbs::show(&data_center)?;
    }
    crate::request::context::answer(answer)
}

/// Removes a data center that has no settings.
///
/// # Errors
/// `DataCenter`, `UnknownDataCenter`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "remove_data_center")]
pub async fn remove_data_center(data_center: String) -> Result<(), ApiError> {
    let answer = verbs::remove(&data_center).await;
    if answer.is_ok() {
        verbs::show(domain::DataCenterId::DEFAULT)?;
    }
    crate::request::context::answer(answer)
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{DataCenter, DataCenterName};

    use crate::{
        error::ApiError,
        paths,
        request::context::{self, data_center_id, mailer},
    };

    pub async fn add(name: &str) -> Result<DataCenter, ApiError> {
        Ok(mailer()?
            .settings
            .add_data_center(name, &context::request()?.actor)
            .await?)
    }

    pub async fn rename(data_center: &str, name: &str) -> Result<DataCenterName, ApiError> {
        let id = data_center_id(data_center)?;
        mailer()?
            .settings
            .rename_data_center(&id, name, &context::request()?.actor)
            .await?;
        DataCenterName::parse(name).map_err(|error| ApiError::DataCenter(error.into()))
    }

    pub async fn remove(data_center: &str) -> Result<(), ApiError> {
        let id = data_center_id(data_center)?;
        Ok(mailer()?
            .settings
            .remove_data_center(&id, &context::request()?.actor)
            .await?)
    }

    /// Redirects a browser without WASM to the page of a data center.
    pub fn show(data_center: &str) -> Result<(), ApiError> {
        if context::request()?.wants_html {
            context::redirect(&paths::SmtpSettings::of(data_center))?;
        }
        Ok(())
    }
}
