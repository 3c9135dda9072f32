//! The mailbox and folder that a request addresses.

use axum::{
    Extension,
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
};
use domain::{ApiKey, DataCenterId, FolderName};
use mail::Mailer;
use serde::Deserialize;

use super::refused::Refused;
use crate::web::{Web, problem::Problem};

/// The parameters that all mailbox requests have in common.
pub struct MailboxRequest {
    /// Reads the mailbox.
    pub mailer: Mailer,
    /// The data center whose mailbox is read.
    pub id: DataCenterId,
    /// The folder; INBOX by default.
    pub folder: FolderName,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    data_center: String,
    folder: String,
}

impl FromRequestParts<Web> for MailboxRequest {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refused> {
        let unreadable = || {
            let detail = "The query of the request is malformed.";
            Refused::from(Problem::new(StatusCode::BAD_REQUEST, detail))
        };
        let Query(written) =
            Query::<Written>::try_from_uri(&parts.uri).map_err(|_| unreadable())?;
        // The permission check has rejected requests without a key.
        let Extension(key) = Extension::<ApiKey>::from_request_parts(parts, web)
            .await
            .map_err(|_| Refused::no_data_center())?;
        Ok(Self {
            mailer: web.mailer.clone(),
            id: data_center(&written.data_center, &key)?,
            folder: folder(&written.folder)?,
        })
    }
}

/// Returns the requested data center, or that of the key if the key is limited to one.
fn data_center(request: &str, key: &ApiKey) -> Result<DataCenterId, Refused> {
    let own = key.data_center.as_ref();
    let id = match (request, own) {
        ("", Some(own)) => return Ok(own.clone()),
        ("", None) => return Ok(DataCenterId::default()),
        (request, _) => DataCenterId::parse(request).map_err(|_| Refused::no_data_center())?,
    };
    // Data centers outside of the key's limit look as if they did not exist.
    if own.is_none_or(|own| *own == id) {
        Ok(id)
    } else {
        Err(Refused::no_data_center())
    }
}

fn folder(request: &str) -> Result<FolderName, Refused> {
    match request {
        "" => Ok(FolderName::default()),
        name => FolderName::parse(name).map_err(|_| {
            Refused::field("folder", "The name of a folder, as in the list of folders.")
        }),
    }
}
