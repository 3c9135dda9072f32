//! What of a mail is no page: its HTML for the frame, its files, itself as it came.

use std::sync::LazyLock;

use app::mailbox_query::MailboxQuery;
use axum::{
    extract::{Query, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    },
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{DataCenterId, FolderName, MailId};
use mail::{MailboxError, Mailer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

/// How the frame looks. Mail brings no styles of its own.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
table{border-collapse:collapse;max-width:100%}\
td,th{padding:.125rem .25rem;text-align:start;vertical-align:top}\
pre{white-space:pre-wrap}\
blockquote{margin:0 0 0 .5rem;padding-inline-start:.75rem;border-inline-start:2px solid GrayText}\
a{color:LinkText}";

/// Nothing is loaded and nothing runs, whatever stands in the document; even links only open another tab. The style is the
/// one above, by its hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
});

/// As files are answered: not even shown in a tab they could do anything.
const FILE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// What may stand in `filename*` as it is (RFC 8187 §3.2.1).
const NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The HTML of a mail, a document of its own.
pub async fn html(State(mailer): State<Mailer>, Query(query): Query<MailboxQuery>) -> Response {
    let Some((id, folder, asked)) = which(&query) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mail = match mailer.mail(&id, &folder, asked).await {
        Ok(mail) => mail,
        Err(error) => return failed(&error),
    };
    let Some(html) = mail.html else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let document = format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Mail</title><style>{STYLE}</style></head>\
         <body>{html}</body></html>"
    );
    let mut response = document.into_response();
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A file that came with a mail.
pub async fn attachment(
    State(mailer): State<Mailer>,
    Query(query): Query<MailboxQuery>,
) -> Response {
    let number = query.attachment.parse().ok();
    let Some(((id, folder, asked), number)) = which(&query).zip(number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.mail_attachment(&id, &folder, asked, number).await {
        Ok(found) => file(&found.name, "application/octet-stream", found.bytes),
        Err(error) => failed(&error),
    }
}

/// A mail as it came.
pub async fn source(State(mailer): State<Mailer>, Query(query): Query<MailboxQuery>) -> Response {
    let Some((id, folder, asked)) = which(&query) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.mail_source(&id, &folder, asked).await {
        Ok(bytes) => file("mail.eml", "application/octet-stream", bytes),
        Err(error) => failed(&error),
    }
}

/// A file to be saved, never to be shown.
pub fn file(name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    let name = if name.is_empty() { "attachment" } else { name };
    let encoded = utf8_percent_encode(name, NAME);
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(media_type);
    let unknown = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, media_type.unwrap_or(unknown));
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    let policy = HeaderValue::from_static(FILE_POLICY);
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn which(query: &MailboxQuery) -> Option<(DataCenterId, FolderName, MailId)> {
    let id = query.data_center().ok()?;
    Some((id, query.folder().ok()?, query.mail().ok()?))
}

/// The page tells why; this is for what it shows only.
fn failed(error: &MailboxError) -> Response {
    let status = match error {
        MailboxError::Mail(mail::MailError::UnknownDataCenter)
        | MailboxError::Off
        | MailboxError::NoFolder
        | MailboxError::NoMail
        | MailboxError::NoAttachment
        | MailboxError::Renumbered { .. } => StatusCode::NOT_FOUND,
        MailboxError::TooLarge => StatusCode::UNPROCESSABLE_ENTITY,
        MailboxError::Failed(_) => StatusCode::BAD_GATEWAY,
        MailboxError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        MailboxError::Mail(error) => {
            let error: &dyn std::error::Error = error;
            tracing::error!(error, "a mail could not be read");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let told = match status {
        StatusCode::NOT_FOUND => "It is not there, or not any more.\n",
        StatusCode::UNPROCESSABLE_ENTITY => "It is larger than is read here.\n",
        _ => "The mailbox cannot be read at the moment.\n",
    };
    (status, told).into_response()
}
