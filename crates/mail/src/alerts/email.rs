//! Alerts as email, sent through another data center.

use std::fmt::Write as _;

use domain::{
    Arrival, ArrivalProtocol, DataCenterId, EmailAddress, Notification, NotificationFailure,
    Principal,
};
use message::Notice;
use store::Idempotency;
use wording::NotificationText;

use super::Alerts;
use crate::Submission;

impl Alerts {
    /// Submits an alert to the outbox of a data center. A repeated call for the same notification
    /// submits nothing.
    pub(super) async fn send_email(
        &self,
        notification: &Notification,
        words: &NotificationText,
        url: Option<&str>,
        via: &DataCenterId,
        recipient: &EmailAddress,
    ) -> Result<(), NotificationFailure> {
        let settings = self.store.settings_view(via).await;
        let settings = settings.map_err(|error| unavailable(&error))?;
        let (_, settings) = settings.ok_or(NotificationFailure::NoSettings)?;
        let message_id = format!(
            "<alert-{}@{}>",
            notification.id.as_str(),
            settings.from.address.domain()
        );
        let notice = Notice {
            from: &settings.from,
            to: recipient,
            subject: &words.title,
            text: text(words, url),
            message_id,
            date: notification.created_at,
        };
        let submission = Submission {
            data_center: via.clone(),
            message: notice.compose().ok_or(NotificationFailure::Unavailable)?,
            submitted_by: Principal::Mailgrant,
            arrival: Arrival::over(ArrivalProtocol::Alert),
            idempotency: Some(Idempotency {
                owner: "alerts".into(),
                key: notification.id.as_str().into(),
                request_hash: clock::random::hash(notification.id.as_str()),
            }),
            due_at: None,
            counts_for: None,
        };
        let submitted = self.outbox.submit(submission).await;
        submitted.map(|_| ()).map_err(|error| unavailable(&error))
    }
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> NotificationFailure {
    tracing::error!(error, "alert email not submitted");
    NotificationFailure::Unavailable
}

/// Formats title, text, facts, and link as the body of an email.
fn text(words: &NotificationText, url: Option<&str>) -> String {
    let mut body = format!("{}\r\n\r\n{}\r\n", words.title, words.text);
    if !words.facts.is_empty() {
        body.push_str("\r\n");
    }
    // Writing to a `String` cannot fail.
    for (name, value) in &words.facts {
        let _ = write!(body, "{name}: {value}\r\n");
    }
    if let Some(url) = url {
        let _ = write!(body, "\r\n{url}\r\n");
    }
    body
}
