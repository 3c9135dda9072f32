//! Notification of a webhook about new mail, at least once per message.

use domain::{DataCenterId, UnixTime, WebhookSecret, WebhookUrl, untrusted};
use imap::MessageSummary;
use message::HeaderSummary;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::look::{Broken, Reading};
use crate::{MailError, Mailer, Webhook, error::readable};

/// Maximum length in characters of a header value in the notification.
const TEXT_AT_MOST: usize = 500;

/// The notification about a new message. It does not contain the body, which programs read through
/// the API.
#[derive(Debug, Serialize)]
struct NewMail<'a> {
    r#type: &'static str,
    timestamp: String,
    data: Told<'a>,
}

#[derive(Debug, Serialize)]
struct Told<'a> {
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

impl Mailer {
    /// Notifies the webhook of one message. Any failure is retried, and later messages wait for it.
    pub(super) async fn tell(
        &self,
        reading: &Reading<'_>,
        uid_validity: u32,
        headline: &MessageSummary,
        hook: &Webhook,
    ) -> Result<(), Broken> {
        let now = self.now();
        let told = told(reading.id, uid_validity, headline);
        let told = NewMail {
            r#type: "mail.received",
            timestamp: now.rfc3339(),
            data: told,
        };
        let Ok(json) = serde_json::to_string(&told) else {
            return Ok(());
        };
        // A repeated notification has the same ID, so the receiver can detect duplicates.
        let id = format!("mail_{}_{uid_validity}_{}", reading.id, headline.uid);
        let posted = self.post_webhook(hook, &id, &json).await;
        let failure = posted.as_ref().err().map(|failure| failure.code());
        self.store()
            .note_mail_hook(reading.id, failure, now)
            .await?;
        posted.map_err(Broken::Webhook)
    }

    /// Returns the webhook of a data center.
    pub(super) async fn hook_of(&self, id: &DataCenterId) -> Result<Option<Webhook>, MailError> {
        // An unreadable webhook must not stop the processing of bounces.
        let stored = readable(self.store().stored_mail_hook(id).await)?;
        let Ok(Some(stored)) = stored else {
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

fn told<'a>(id: &'a DataCenterId, uid_validity: u32, headline: &MessageSummary) -> Told<'a> {
    let header = HeaderSummary::parse(&headline.header);
    let short = |text: String| untrusted::line(&text, TEXT_AT_MOST);
    Told {
        data_center: id,
        folder: "INBOX",
        uid_validity,
        uid: headline.uid.get(),
        message_id: header.message_id.map(|id| short(format!("<{id}>"))),
        from: header.from.map(short),
        subject: header.subject.map(short),
        size: headline.size,
        received_at: headline.received_at.map(UnixTime::rfc3339),
    }
}
