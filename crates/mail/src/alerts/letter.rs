//! An alert as a message that goes out through another data center.

use std::{
    fmt::Write as _,
    time::{Duration, UNIX_EPOCH},
};

use ::message::AutoSubmitted;
use domain::{
    DataCenterId, EmailAddress, FromAddress, Recipient, RecipientKind, Telling, TellingFailure, Who,
};
use lettre::{Address, Message, message::Mailbox};
use store::Idempotency;
use wording::Notification;

use crate::{Mailer, Submission};

impl Mailer {
    /// Puts it into the outbox of a data center. The same telling is put there once.
    pub(super) async fn mail_alert(
        &self,
        telling: &Telling,
        words: &Notification,
        url: Option<&str>,
        via: &DataCenterId,
        recipient: &EmailAddress,
    ) -> Result<(), TellingFailure> {
        let settings = self.store().settings_view(via).await;
        let settings = settings.map_err(|error| unavailable(&error))?;
        let (_, settings) = settings.ok_or(TellingFailure::NoSettings)?;
        let message_id = format!(
            "<alert-{}@{}>",
            telling.id.as_str(),
            settings.from.address.domain()
        );
        let content = message(telling, words, url, &settings.from, recipient, &message_id);
        let content = content.ok_or(TellingFailure::Unavailable)?;
        let submission = Submission {
            data_center: via.clone(),
            sender: settings.from.address.clone(),
            recipients: vec![Recipient::new(recipient.clone(), RecipientKind::To)],
            message_id,
            from: settings.from.to_string(),
            subject: words.title.clone(),
            content,
            by: Who::Mailgrant,
            idempotency: Some(Idempotency {
                owner: "alerts".into(),
                key: telling.id.as_str().into(),
                request_hash: clock::random::hash(telling.id.as_str()),
            }),
            due_at: None,
        };
        let submitted = self.submit(submission).await;
        submitted.map(|_| ()).map_err(|error| unavailable(&error))
    }
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> TellingFailure {
    tracing::error!(error, "an alert could not be mailed");
    TellingFailure::Unavailable
}

/// `None` when the mail library does not accept an address that we do.
fn message(
    telling: &Telling,
    words: &Notification,
    url: Option<&str>,
    from: &FromAddress,
    to: &EmailAddress,
    message_id: &str,
) -> Option<Vec<u8>> {
    let sender: Address = from.address.as_str().parse().ok()?;
    let recipient: Address = to.as_str().parse().ok()?;
    let date = UNIX_EPOCH + Duration::from_secs(u64::try_from(telling.created_at.0).ok()?);
    let mut body = format!("{}\r\n\r\n{}\r\n", words.title, words.text);
    if !words.facts.is_empty() {
        body.push_str("\r\n");
    }
    // Writing to a text cannot fail.
    for (name, value) in &words.facts {
        let _ = write!(body, "{name}: {value}\r\n");
    }
    if let Some(url) = url {
        let _ = write!(body, "\r\n{url}\r\n");
    }
    let message = Message::builder()
        .from(Mailbox::new(from.name.clone(), sender))
        .to(Mailbox::new(None, recipient))
        .subject(&*words.title)
        .date(date)
        .message_id(Some(message_id.to_owned()))
        // RFC 3834 §5: keeps vacation notices from answering.
        .header(AutoSubmitted)
        .body(body)
        .ok()?;
    Some(message.formatted())
}
