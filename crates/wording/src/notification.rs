//! Notifications about alerts, and failures of webhooks.

use domain::{
    AlertFacts, AlertKind, AlertSubject, Notification, NotificationEvent, NotificationFailure,
    WebhookFailure, paths, untrusted,
};

use crate::{alert_kind_help, alert_path, explain, server_facts};

/// Longest line, and longest text: characters.
const MAX_LINE: usize = 500;
const MAX_TEXT: usize = 4_000;

/// The text of a notification, the same for each kind of channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationText {
    /// The problem in one line.
    pub title: String,
    /// The cause and the fix.
    pub text: String,
    /// Names and values of facts.
    pub facts: Vec<(&'static str, String)>,
    /// The page about it, as a path of this server.
    pub path: String,
}

impl NotificationText {
    /// Makes the texts safe to display in other programs, because they contain names and values
    /// from untrusted sources.
    #[must_use]
    pub fn displayable(self) -> Self {
        let facts = self.facts.into_iter();
        let facts = facts.map(|(name, value)| (name, untrusted::line(&value, MAX_TEXT)));
        Self {
            title: untrusted::line(&self.title, MAX_LINE),
            text: untrusted::lines(&self.text, MAX_TEXT),
            facts: facts.collect(),
            path: self.path,
        }
    }
}

/// Returns the text of a notification about the data center, server, or sender with this name.
pub fn notification(notification: &Notification, name: &str) -> NotificationText {
    let condition = &notification.condition;
    let path = alert_path(&condition.subject);
    let subject = subject_label(&condition.subject);
    let since = ("Since", condition.since.to_string());
    match notification.event {
        NotificationEvent::Test => NotificationText {
            title: "Mailgrant: test alert".to_owned(),
            text: "This is a test. Alerts reach this channel.".to_owned(),
            facts: vec![("Sent", notification.created_at.to_string())],
            path: paths::AlertSettings::PATH.to_owned(),
        },
        NotificationEvent::Began => {
            let mut facts = vec![(subject, name.to_owned()), since];
            let (ends_at, waiting) = (condition.facts.ends_at, condition.facts.waiting_since);
            facts.extend(ends_at.map(|at| ("Ends", at.to_string())));
            facts.extend(waiting.map(|at| ("Waiting since", at.to_string())));
            let silent = condition.facts.silent_since;
            facts.extend(silent.map(|at| ("Last message", at.to_string())));
            facts.extend(server_facts(&condition.facts));
            let text = match &condition.facts.finding {
                Some(finding) => {
                    let explained = explain(finding);
                    facts.push(("Finding", finding.code.code().to_owned()));
                    [&*explained.cause, " ", &explained.fix].concat()
                }
                None => alert_kind_help(condition.kind).to_owned(),
            };
            NotificationText {
                title: format!("Mailgrant, {name}: {}", began(condition.kind)),
                text,
                facts,
                path,
            }
        }
        NotificationEvent::Ended => NotificationText {
            title: format!(
                "Mailgrant, {name}: {}",
                ended(condition.kind, &condition.facts)
            ),
            text: format!(
                "Resolved after {}.",
                lasting(notification.created_at.since(condition.since))
            ),
            facts: vec![
                (subject, name.to_owned()),
                since,
                ("Until", notification.created_at.to_string()),
            ],
            path,
        },
    }
}

fn subject_label(subject: &AlertSubject) -> &'static str {
    match subject {
        AlertSubject::DataCenter(_) => "Data center",
        AlertSubject::Server(_) => "Server",
        AlertSubject::Sender { .. } => "Sender",
    }
}

fn began(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => "mail waits for a new authorization",
        AlertKind::TestingEnds | AlertKind::UnusedEnds => "the grant ends soon",
        AlertKind::ClientSecretExpires => "the client secret expires soon",
        AlertKind::OutboxOld => "messages have waited too long",
        AlertKind::CheckFails => "the daily check failed",
        AlertKind::DiskSpaceLow => "disk space is low",
        AlertKind::DiskFull => "the disk is full, new mail is refused",
        AlertKind::DiskReadOnly => "the data directory is read-only, new mail is refused",
        AlertKind::ClockDiffers => "the clock is wrong, no mail is delivered",
        AlertKind::SenderSilent => "the sender is silent",
    }
}

fn ended(kind: AlertKind, facts: &AlertFacts) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => "authorized again",
        AlertKind::TestingEnds | AlertKind::UnusedEnds => "the grant no longer ends soon",
        AlertKind::ClientSecretExpires => "the client secret no longer expires soon",
        AlertKind::OutboxOld => "no message waits too long anymore",
        AlertKind::CheckFails => "the daily check succeeds again",
        AlertKind::DiskSpaceLow => "there is enough disk space again",
        AlertKind::DiskFull | AlertKind::DiskReadOnly => "new mail is accepted again",
        AlertKind::ClockDiffers => "the clock is right again",
        AlertKind::SenderSilent if facts.sent_again_at.is_some() => "the sender sends again",
        // Removed, expired, or with another number of hours.
        AlertKind::SenderSilent => "its silence is no longer a problem",
    }
}

/// Returns a duration in one unit.
fn lasting(seconds: i64) -> String {
    let (number, unit) = match seconds.max(0) {
        seconds @ ..120 => return format!("{seconds} seconds"),
        seconds @ 120..7_200 => (seconds / 60, "minutes"),
        seconds @ 7_200..172_800 => (seconds / 3_600, "hours"),
        seconds => (seconds / 86_400, "days"),
    };
    format!("{number} {unit}")
}

/// Returns the name of an event.
pub fn notification_event(event: NotificationEvent) -> &'static str {
    match event {
        NotificationEvent::Began => "started",
        NotificationEvent::Ended => "resolved",
        NotificationEvent::Test => "test",
    }
}

/// Returns why a notification was not delivered.
pub fn notification_failure(failure: NotificationFailure) -> String {
    let webhook = match failure {
        NotificationFailure::NoSettings => {
            return "The data center that sends the mail has no settings.".to_owned();
        }
        NotificationFailure::Unavailable => {
            return "Mailgrant could not send it. Its log contains the cause.".to_owned();
        }
        NotificationFailure::Webhook(failure) => failure,
    };
    match webhook {
        WebhookFailure::NotFound => "The host of the URL cannot be resolved.",
        WebhookFailure::AddressDenied => {
            "The host resolves to a network that Mailgrant never connects to."
        }
        WebhookFailure::Unreachable => "Could not connect to the host.",
        WebhookFailure::Timeout => "The host did not respond in time.",
        WebhookFailure::Certificate => {
            "The certificate of the host is not trusted, or is for another name."
        }
        WebhookFailure::Redirected => "The host responded with a redirect, which Mailgrant does not follow.",
        WebhookFailure::Plaintext => "The URL is not encrypted and belongs to another machine.",
        WebhookFailure::NotARequest => "The URL is invalid. Save it again.",
        WebhookFailure::Status(status @ (401 | 403 | 404 | 410)) => {
            return format!(
                "The host responded with status {status}. The URL is not, or no longer, that of a webhook."
            );
        }
        WebhookFailure::Status(status) => return format!("The host responded with status {status}."),
    }
    .to_owned()
}

/// Returns why a webhook did not accept new mail, by the code that was stored.
pub fn webhook_failure(code: &str) -> String {
    WebhookFailure::from_code(code).map_or_else(
        || "The host rejected the request.".to_owned(),
        |failure| notification_failure(NotificationFailure::Webhook(failure)),
    )
}

#[cfg(test)]
mod tests {
    use domain::{
        AlertCondition, AlertId, ChannelId, DataCenterId, FindingCode, NotificationId,
        NotificationState, SenderId, UnixTime, paths,
    };

    use super::*;

    fn sample(event: NotificationEvent, kind: AlertKind, facts: AlertFacts) -> Notification {
        let since = UnixTime(1_800_000_000);
        Notification {
            id: NotificationId::parse("t").unwrap(),
            channel: ChannelId::parse("r").unwrap(),
            event,
            condition: AlertCondition {
                id: AlertId::parse("a").unwrap(),
                subject: AlertSubject::DataCenter(DataCenterId::default()),
                kind,
                facts,
                since,
            },
            created_at: since.plus(7_200),
            state: NotificationState::Waiting,
            attempts: 0,
            due_at: since,
            finished_at: None,
            failure: None,
        }
    }

    #[test]
    fn every_condition_has_words_for_its_beginning_and_its_end() {
        for kind in AlertKind::ALL {
            for event in NotificationEvent::ALL {
                let words = notification(&sample(*event, *kind, AlertFacts::default()), "Berlin");
                assert!(words.text.ends_with('.'), "{words:?}");
                assert!(words.title.starts_with("Mailgrant"), "{words:?}");
                assert!(!words.title.contains('\n'));
            }
        }
    }

    #[test]
    fn contains_the_cause_the_fix_and_the_duration() {
        let facts = AlertFacts {
            finding: Some(FindingCode::GrantMissing.into()),
            ..AlertFacts::default()
        };
        let kind = AlertKind::NeedsAuthorization;
        let began = notification(&sample(NotificationEvent::Began, kind, facts), "Berlin");
        assert_eq!(
            began.title,
            "Mailgrant, Berlin: mail waits for a new authorization"
        );
        assert!(began.facts.iter().any(|(name, _)| *name == "Finding"));
        let facts = AlertFacts::default();
        let ended = notification(&sample(NotificationEvent::Ended, kind, facts), "Berlin");
        assert_eq!(ended.text, "Resolved after 2 hours.");
    }

    #[test]
    fn an_alert_about_a_server_names_the_server_and_shows_its_facts() {
        let facts = AlertFacts {
            free_bytes: Some(42_500_000),
            clock_ahead_seconds: Some(-600),
            ..AlertFacts::default()
        };
        let mut started = sample(NotificationEvent::Began, AlertKind::DiskFull, facts);
        started.condition.subject = AlertSubject::Server("web-1:3000".into());
        let words = notification(&started, "web-1:3000");
        assert_eq!(
            words.title,
            "Mailgrant, web-1:3000: the disk is full, new mail is refused"
        );
        assert_eq!(words.path, paths::AlertSettings::PATH);
        for fact in [
            ("Server", "web-1:3000"),
            ("Free disk space", "42 MB"),
            ("Clock", "600 seconds behind"),
        ] {
            let shown = words.facts.iter().map(|(name, value)| (*name, &**value));
            assert!(shown.into_iter().any(|shown| shown == fact), "{fact:?}");
        }
    }

    #[test]
    fn an_alert_about_a_sender_names_its_last_message_and_how_the_silence_ended() {
        let kind = AlertKind::SenderSilent;
        let silent_since = Some(UnixTime(1_799_900_000));
        let words = |event, sent_again_at| {
            let facts = AlertFacts {
                silent_since,
                sent_again_at,
                ..AlertFacts::default()
            };
            let mut sample = sample(event, kind, facts);
            sample.condition.subject = AlertSubject::Sender {
                id: SenderId::parse("0f").unwrap(),
                name: "Printer".into(),
            };
            notification(&sample, "Printer")
        };
        let began = words(NotificationEvent::Began, None);
        assert_eq!(began.title, "Mailgrant, Printer: the sender is silent");
        assert_eq!(began.facts[0], ("Sender", "Printer".to_owned()));
        assert!(began.facts.iter().any(|(name, _)| *name == "Last message"));
        let ended = words(NotificationEvent::Ended, silent_since);
        assert_eq!(ended.title, "Mailgrant, Printer: the sender sends again");
        let removed = words(NotificationEvent::Ended, None);
        assert!(!removed.title.contains("sends again"), "{removed:?}");
    }

    #[test]
    fn a_notification_is_fit_to_be_displayed_by_other_programs() {
        let notification = NotificationText {
            title: "a\u{202e}b\nc".into(),
            text: "שלום\u{2066}\nd\u{1b}".into(),
            facts: vec![("Fact", "e\u{2069}\r\nf".into())],
            path: String::new(),
        };
        let displayed = notification.displayable();
        assert_eq!((&*displayed.title, &*displayed.text), ("ab c", "שלום\nd"));
        assert_eq!(displayed.facts, [("Fact", "e  f".to_owned())]);
    }
}
