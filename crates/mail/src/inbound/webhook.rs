//! Notification of a webhook about new mail, at least once per message.

use domain::{DataCenterId, UnixTime, WebhookSecret, WebhookUrl, untrusted};
use imap::MessageSummary;
use message::HeaderSummary;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::{
    Inbound,
    poll::{Interruption, Reading},
};
use crate::{MailError, Webhook, error::readable_or_missing};

/// Maximum length in characters of a header value in the notification.
const MAX_TEXT: usize = 500;

/// The notification about a new message. It does not contain the body, which programs read through
/// the API.
#[derive(Debug, Serialize)]
struct NewMail<'a> {
    r#type: &'static str,
    timestamp: String,
    data: MessageData<'a>,
}

#[derive(Debug, Serialize)]
struct MessageData<'a> {
    data_center: &'a DataCenterId,
    folder: &'static str,
    uid_validity: u32,
    uid: u32,
    message_id: Option<String>,
    from: Option<String>,
    subject: Option<String>,
    size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    received_at: Option<String>,
}

impl Inbound {
    /// Notifies the webhook of one message. Any failure is retried, and later messages wait for it.
    pub(super) async fn notify_webhook(
        &self,
        reading: &Reading<'_>,
        uid_validity: u32,
        summary: &MessageSummary,
        webhook: &Webhook,
    ) -> Result<(), Interruption> {
        let now = self.clock.now();
        let notification = NewMail {
            r#type: "mail.received",
            timestamp: now.rfc3339(),
            data: message_data(reading.id, uid_validity, summary),
        };
        let Ok(json) = serde_json::to_string(&notification) else {
            return Ok(());
        };
        // A repeated notification has the same ID, so the receiver can detect duplicates.
        let id = format!("mail_{}_{uid_validity}_{}", reading.id, summary.uid);
        let posted = self.webhooks.post(webhook, &id, &json).await;
        let failure = posted.as_ref().err().map(|failure| failure.code());
        self.store
            .note_inbound_webhook(reading.id, failure, now)
            .await?;
        posted.map_err(Interruption::Webhook)
    }

    /// Returns the webhook of a data center.
    pub(super) async fn webhook_of(&self, id: &DataCenterId) -> Result<Option<Webhook>, MailError> {
        // An unreadable webhook must not stop the processing of bounces.
        let Some(stored) = readable_or_missing(self.store.stored_inbound_webhook(id).await)? else {
            return Ok(None);
        };
        let url = WebhookUrl::parse(stored.url.expose_secret());
        let secret = WebhookSecret::parse(stored.secret.expose_secret());
        Ok(url.ok().zip(secret.ok()).map(|(url, secret)| Webhook {
            url,
            secret: Some(secret),
        }))
    }
}

fn message_data<'a>(
    id: &'a DataCenterId,
    uid_validity: u32,
    summary: &MessageSummary,
) -> MessageData<'a> {
    let header = HeaderSummary::parse(&summary.header);
    let short = |text: String| untrusted::line(&text, MAX_TEXT);
    MessageData {
        data_center: id,
        folder: "INBOX",
        uid_validity,
        uid: summary.uid.get(),
        message_id: header.message_id.map(|id| short(format!("<{id}>"))),
        from: header.from.map(short),
        subject: header.subject.map(short),
        size: summary.size,
        received_at: summary.received_at.map(UnixTime::rfc3339),
    }
}
