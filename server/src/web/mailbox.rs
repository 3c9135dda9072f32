//! Responses of the mailbox that are not pages: HTML for the frame, attachments, and message
//! sources.

use super::frame;
use app::mailbox_query::MailboxQuery;
use axum::{
    extract::{Query, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use domain::{DataCenterId, FolderName, MailId};
use mail::{MailboxError, Mailer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The policy of files: even opened in a tab, they cannot load or run anything.
const FILE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Characters to encode in `filename*` (RFC 8187 §3.2.1).
const NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns the HTML of a message as a separate document.
pub async fn html(State(mailer): State<Mailer>, Query(query): Query<MailboxQuery>) -> Response {
    let Some((id, folder, requested)) = message_of(&query) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mail = match mailer.mailboxes.message(&id, &folder, requested).await {
        Ok(mail) => mail,
        Err(error) => return failed(&error),
    };
    let Some(html) = mail.html else {
        return StatusCode::NOT_FOUND.into_response();
    };
    frame::document(&html)
}

/// Returns an attachment.
pub async fn attachment(
    State(mailer): State<Mailer>,
    Query(query): Query<MailboxQuery>,
) -> Response {
    let number = query.attachment.parse().ok();
    let Some(((id, folder, requested), number)) = message_of(&query).zip(number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer
        .mailboxes
        .attachment(&id, &folder, requested, number)
        .await
    {
        Ok(found) => file(&found.name, "application/octet-stream", found.bytes),
        Err(error) => failed(&error),
    }
}

/// Returns the source of a message.
pub async fn source(State(mailer): State<Mailer>, Query(query): Query<MailboxQuery>) -> Response {
    let Some((id, folder, requested)) = message_of(&query) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.mailboxes.source(&id, &folder, requested).await {
        Ok(bytes) => file("mail.eml", "application/octet-stream", bytes),
        Err(error) => failed(&error),
    }
}

/// Returns a file that browsers save and never display.
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

fn message_of(query: &MailboxQuery) -> Option<(DataCenterId, FolderName, MailId)> {
    let id = query.data_center().ok()?;
    Some((id, query.folder().ok()?, query.mail().ok()?))
}

/// Returns an error response. The page itself explains the problem; this covers embedded content
/// only.
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
            tracing::error!(error, "mail could not be read");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let reported = match status {
        StatusCode::NOT_FOUND => "This item does not exist.\n",
        StatusCode::UNPROCESSABLE_ENTITY => "The message is too large to be read here.\n",
        _ => "The mailbox cannot be read right now.\n",
    };
    (status, reported).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_one_encoded_value() {
        for name in [
            "invoice.pdf",
            "../../etc/passwd",
            "a\"; filename=\"evil.exe",
            "a\r\nSet-Cookie: a=b",
            "Rechnung für Zoë.pdf",
            "\u{202e}fdp.exe",
            "a\0b",
            "%0d%0a",
            &"x".repeat(5_000),
        ] {
            let answer = file(name, "text/html\r\nX-Evil: 1", Vec::new());
            let disposition = answer.headers()[CONTENT_DISPOSITION].to_str().unwrap();
            let encoded = disposition
                .strip_prefix("attachment; filename*=UTF-8''")
                .unwrap();
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%".contains(&b);
            assert!(encoded.bytes().all(is_plain), "{disposition}");
            let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8();
            assert_eq!(decoded.unwrap(), name);
            assert_eq!(answer.headers()[CONTENT_TYPE], "application/octet-stream");
        }
        let answer = file("", "text/plain", Vec::new());
        let disposition = answer.headers()[CONTENT_DISPOSITION].to_str().unwrap();
        assert!(disposition.ends_with("''attachment"), "{disposition}");
    }
}
