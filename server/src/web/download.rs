//! A file that is generated for each request.

use axum::{
    body::Body,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use mail::MailError;

/// A file that browsers save and do not display.
pub struct Download {
    /// The file name, with characters that need no quoting.
    pub name: String,
    pub media_type: &'static str,
    pub content: Body,
}

impl Download {
    /// Returns the file, or an error response if it cannot be loaded.
    pub fn answer(found: Result<Option<Self>, MailError>) -> Response {
        match found {
            Ok(Some(file)) => {
                let disposition = format!("attachment; filename=\"{}\"", file.name);
                let headers = [
                    (CONTENT_TYPE, file.media_type.to_owned()),
                    (CONTENT_DISPOSITION, disposition),
                ];
                (headers, file.content).into_response()
            }
            Ok(None) => StatusCode::NOT_FOUND.into_response(),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "download failed");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    }
}
