//! Alerts in words: for whoever is told, and for their page.

use domain::{
    AlertFacts, AlertKind, AlertSubject, FieldError, Telling, TellingEvent, TellingFailure,
    UnixTime, WebhookFailure,
    alert::{AlertField, RouteKind},
};

use super::{Words, explain, field_error, words};

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertWords {
    /// What is the matter, in one line.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
    /// Facts: their names and values.
    pub facts: Vec<(&'static str, String)>,
    /// Where to look, as a path of this server.
    pub path: String,
}

/// Returns the text of a notification about the data center or server with this name.
pub fn alert_words(telling: &Telling, name: &str) -> AlertWords {
    let condition = &telling.condition;
    let path = subject_path(&condition.subject);
    let subject = subject_label(&condition.subject);
    let since = ("Since", condition.since.to_string());
    match telling.event {
        TellingEvent::Test => AlertWords {
            title: "Mailgrant: test alert".to_owned(),
            text: "Alerts reach this place. Nothing is wrong.".to_owned(),
            facts: vec![("Sent", telling.created_at.to_string())],
            path: "/settings/alerts".to_owned(),
        },
        TellingEvent::Began => {
            let mut facts = vec![(subject, name.to_owned()), since];
            let (ends_at, waiting) = (condition.facts.ends_at, condition.facts.waiting_since);
            facts.extend(ends_at.map(|at| ("Ends", at.to_string())));
            facts.extend(waiting.map(|at| ("Waiting since", at.to_string())));
            facts.extend(server_facts(&condition.facts));
            let text = match &condition.facts.finding {
                Some(finding) => {
                    let explained = explain(finding);
                    facts.push(("Finding", finding.code.as_str()));
                    [&*explained.cause, " ", &explained.fix].concat()
                }
                None => kind_help(condition.kind).to_owned(),
            };
            AlertWords {
                title: format!("Mailgrant, {name}: {}", began(condition.kind)),
                text,
                facts,
                path,
            }
        }
        TellingEvent::Ended => AlertWords {
            title: format!("Mailgrant, {name}: {}", ended(condition.kind)),
            text: format!(
                "It was so for {}.",
                lasting(telling.created_at.since(condition.since))
            ),
            facts: vec![
                (subject, name.to_owned()),
                since,
                ("Until", telling.created_at.to_string()),
            ],
            path,
        },
    }
}

/// The page to look at when something is wrong with a data center or server.
pub fn subject_path(subject: &AlertSubject) -> String {
    match subject {
        AlertSubject::DataCenter(id) => ["/settings/smtp?data_center=", id.as_str()].concat(),
        AlertSubject::Server(_) => "/settings/alerts".to_owned(),
    }
}

fn subject_label(subject: &AlertSubject) -> &'static str {
    match subject {
        AlertSubject::DataCenter(_) => "Data center",
        AlertSubject::Server(_) => "Server",
    }
}

/// The names and values of the facts that only conditions of a server have.
pub fn server_facts(facts: &AlertFacts) -> Vec<(&'static str, String)> {
    let free = facts.free_bytes.map(|bytes| {
        let megabytes = bytes / 1_000_000;
        ("Free disk space", format!("{megabytes} MB"))
    });
    let clock = facts.clock_ahead_seconds.map(|seconds| {
        let direction = if seconds < 0 { "behind" } else { "ahead" };
        let seconds = seconds.unsigned_abs();
        ("Clock", format!("{seconds} seconds {direction}"))
    });
    free.into_iter().chain(clock).collect()
}

fn began(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => "mail waits until somebody authorizes again",
        AlertKind::TestingEnds | AlertKind::UnusedEnds => "the grant ends soon",
        AlertKind::ClientSecretExpires => "the client secret expires soon",
        AlertKind::OutboxOld => "messages have waited too long",
        AlertKind::CheckFails => "the daily check failed",
        AlertKind::DiskSpaceLow => "disk space is low",
        AlertKind::DiskFull => "the disk is full, new mail is refused",
        AlertKind::DiskReadOnly => "the data directory is read-only, new mail is refused",
        AlertKind::ClockDiffers => "the clock is wrong, no mail is delivered",
    }
}

fn ended(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => "authorized again",
        AlertKind::TestingEnds | AlertKind::UnusedEnds => "the grant no longer ends soon",
        AlertKind::ClientSecretExpires => "the client secret no longer expires soon",
        AlertKind::OutboxOld => "no message has waited too long any more",
        AlertKind::CheckFails => "the check goes well again",
        AlertKind::DiskSpaceLow => "there is enough disk space again",
        AlertKind::DiskFull | AlertKind::DiskReadOnly => "new mail is accepted again",
        AlertKind::ClockDiffers => "the clock is right again",
    }
}

/// The name of a condition.
pub fn kind_label(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => "A grant needs authorization",
        AlertKind::TestingEnds => "A grant in \u{201c}Testing\u{201d} ends soon",
        AlertKind::UnusedEnds => "A grant that is not used ends soon",
        AlertKind::ClientSecretExpires => "A client secret expires soon",
        AlertKind::OutboxOld => "Messages wait too long",
        AlertKind::CheckFails => "The daily check fails",
        AlertKind::DiskSpaceLow => "Disk space is low",
        AlertKind::DiskFull => "The disk is full",
        AlertKind::DiskReadOnly => "The data directory is read-only",
        AlertKind::ClockDiffers => "The server's clock differs from the database's",
    }
}

/// What a condition means, and what to do.
pub fn kind_help(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => {
            "The grant has ended. Messages wait, and go out after somebody has authorized again."
        }
        AlertKind::TestingEnds => {
            "The OAuth client is in \u{201c}Testing\u{201d} at Google, which ends its grants seven days after the \
             sign-in. Authorize again before, or publish the client. Told two days before."
        }
        AlertKind::UnusedEnds => {
            "The grant has not been renewed for nearly 90 days, after which providers end it. Look why it is not \
             renewed, or authorize again."
        }
        AlertKind::ClientSecretExpires => {
            "By the date that was noted. Make a new secret at the provider and save it before."
        }
        AlertKind::OutboxOld => {
            "A message that was due has waited longer than it should. Look at the messages and why they wait."
        }
        AlertKind::CheckFails => {
            "Once a day each data center is checked, without a test email. Check the connection to see each step."
        }
        AlertKind::DiskSpaceLow => {
            "The disk that holds the database is nearly full. Free some space, or add more. When less is left than \
             the configured minimum, Mailgrant refuses new mail."
        }
        AlertKind::DiskFull => {
            "The disk that holds the database has less free space than the configured minimum. Mailgrant refuses new \
             mail, and still delivers the mail it has accepted. Free some space, or add more."
        }
        AlertKind::DiskReadOnly => {
            "The directory that holds the database cannot be written. Mailgrant refuses new mail. Check its permissions \
             and whether its file system is mounted read-only, for example after a disk error."
        }
        AlertKind::ClockDiffers => {
            "The server's clock differs from the database's by more than 15 seconds. This server delivers no mail \
             until they agree. Synchronize both clocks, for example with NTP."
        }
    }
}

/// How long something lasted.
fn lasting(seconds: i64) -> String {
    let (number, unit) = match seconds.max(0) {
        seconds @ ..120 => return format!("{seconds} seconds"),
        seconds @ 120..7_200 => (seconds / 60, "minutes"),
        seconds @ 7_200..172_800 => (seconds / 3_600, "hours"),
        seconds => (seconds / 86_400, "days"),
    };
    format!("{number} {unit}")
}

/// The name of a shape.
pub fn route_kind(kind: RouteKind) -> &'static str {
    match kind {
        RouteKind::Webhook => "Webhook",
        RouteKind::Slack => "Slack",
        RouteKind::Teams => "Microsoft Teams",
        RouteKind::Mattermost => "Mattermost",
        RouteKind::Mail => "Email through another data center",
    }
}

/// What was told.
pub fn telling_event(event: TellingEvent) -> &'static str {
    match event {
        TellingEvent::Began => "began",
        TellingEvent::Ended => "well again",
        TellingEvent::Test => "test",
    }
}

/// Why a route did not take it.
pub fn telling_failure(failure: TellingFailure) -> String {
    let webhook = match failure {
        TellingFailure::NoSettings => {
            return "The data center that the mail goes through has no settings.".to_owned();
        }
        TellingFailure::Unavailable => {
            return "Mailgrant could not send it; its log says why.".to_owned();
        }
        TellingFailure::Webhook(failure) => failure,
    };
    match webhook {
        WebhookFailure::NotFound => "The host of the URL has no address.",
        WebhookFailure::AddressDenied => {
            "The host leads to a network that Mailgrant never connects to."
        }
        WebhookFailure::Unreachable => "There was no connection to the host.",
        WebhookFailure::Timeout => "The host did not answer in time.",
        WebhookFailure::Certificate => {
            "The certificate of the host is not trusted, or is for another name."
        }
        WebhookFailure::Redirected => "The host led elsewhere. Redirects are not followed.",
        WebhookFailure::Plaintext => "It would have gone in the clear to another machine.",
        WebhookFailure::NotARequest => "No request could be made of the URL. Save it again.",
        WebhookFailure::Status(status @ (401 | 403 | 404 | 410)) => {
            return format!(
                "The host answered {status}: the URL is not, or no longer, that of a webhook."
            );
        }
        WebhookFailure::Status(status) => return format!("The host answered {status}."),
    }
    .to_owned()
}

/// Why a webhook did not take new mail, by the code that was kept.
pub fn mail_hook_failure(code: &str) -> String {
    WebhookFailure::from_code(code).map_or_else(
        || "The host answered that it does not take it.".to_owned(),
        |failure| telling_failure(TellingFailure::Webhook(failure)),
    )
}

/// The name of a field.
pub fn alert_label(field: AlertField) -> &'static str {
    match field {
        AlertField::Kind => "Told by",
        AlertField::Url => "URL",
        AlertField::Secret => "Signing secret",
        AlertField::Via => "Data center that sends it",
        AlertField::Recipient => "Recipient",
        AlertField::Kinds => "Tell of",
        AlertField::OutboxMinutes => "Messages wait too long after (minutes)",
        AlertField::DaysBefore => "Told before an end (days)",
        AlertField::ClientSecretExpires => "Client secret expires",
    }
}

/// The words of an error at a field.
pub fn alert_error(field: AlertField, error: FieldError) -> Words {
    match (field, error) {
        (AlertField::Kind, FieldError::Required) => words("Nothing is chosen.", "Choose one."),
        (AlertField::Via, FieldError::Required) => words(
            "No data center is chosen.",
            "Choose one. Add another data center first when there is only one.",
        ),
        (AlertField::OutboxMinutes, FieldError::NotANumber) => words(
            "This is no number of minutes from 1 to 10080.",
            "Write a whole number.",
        ),
        (AlertField::DaysBefore, FieldError::NotANumber) => words(
            "This is no number of days from 1 to 90.",
            "Write a whole number.",
        ),
        (_, FieldError::NotADate) => words("This is not a day.", "Write it like 2027-01-31."),
        (_, FieldError::NotAWebhookSecret) => words(
            "This is no signing secret of Standard Webhooks.",
            "It is whsec_ and the base64 of 24 to 64 random bytes.",
        ),
        (AlertField::Secret, FieldError::SecretBelongsElsewhere) => words(
            "The saved signing secret belongs to another host.",
            "Type it again, or type a new one.",
        ),
        (_, error) => field_error(error, None),
    }
}

/// A day of UTC as an input takes it.
pub fn day(at: UnixTime) -> String {
    at.rfc3339().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        AlertCondition, AlertId, DataCenterId, FindingCode, RouteId, TellingId, TellingState,
    };

    use super::*;

    fn telling(event: TellingEvent, kind: AlertKind, facts: AlertFacts) -> Telling {
        let since = UnixTime(1_800_000_000);
        Telling {
            id: TellingId::parse("t").unwrap(),
            route: RouteId::parse("r").unwrap(),
            event,
            condition: AlertCondition {
                id: AlertId::parse("a").unwrap(),
                subject: AlertSubject::DataCenter(DataCenterId::default()),
                kind,
                facts,
                since,
            },
            created_at: since.plus(7_200),
            state: TellingState::Waiting,
            attempts: 0,
            due_at: since,
            finished_at: None,
            failure: None,
        }
    }

    #[test]
    fn every_condition_has_words_for_its_beginning_and_its_end() {
        for kind in AlertKind::ALL {
            for event in TellingEvent::ALL {
                let words = alert_words(&telling(*event, *kind, AlertFacts::default()), "Berlin");
                assert!(words.text.ends_with('.'), "{words:?}");
                assert!(words.title.starts_with("Mailgrant"), "{words:?}");
                assert!(!words.title.contains('\n'));
            }
        }
    }

    #[test]
    fn says_why_and_what_to_do_and_how_long_it_was() {
        let facts = AlertFacts {
            finding: Some(FindingCode::GrantMissing.into()),
            ..AlertFacts::default()
        };
        let kind = AlertKind::NeedsAuthorization;
        let began = alert_words(&telling(TellingEvent::Began, kind, facts), "Berlin");
        assert_eq!(
            began.title,
            "Mailgrant, Berlin: mail waits until somebody authorizes again"
        );
        assert!(began.facts.iter().any(|(name, _)| *name == "Finding"));
        let facts = AlertFacts::default();
        let ended = alert_words(&telling(TellingEvent::Ended, kind, facts), "Berlin");
        assert_eq!(ended.text, "It was so for 2 hours.");
    }

    #[test]
    fn an_alert_about_a_server_names_the_server_and_shows_its_facts() {
        let facts = AlertFacts {
            free_bytes: Some(42_500_000),
            clock_ahead_seconds: Some(-600),
            ..AlertFacts::default()
        };
        let mut telling = telling(TellingEvent::Began, AlertKind::DiskFull, facts);
        telling.condition.subject = AlertSubject::Server("web-1:3000".into());
        let words = alert_words(&telling, "web-1:3000");
        assert_eq!(
            words.title,
            "Mailgrant, web-1:3000: the disk is full, new mail is refused"
        );
        assert_eq!(words.path, "/settings/alerts");
        for fact in [
            ("Server", "web-1:3000"),
            ("Free disk space", "42 MB"),
            ("Clock", "600 seconds behind"),
        ] {
            let shown = words.facts.iter().map(|(name, value)| (*name, &**value));
            assert!(shown.into_iter().any(|shown| shown == fact), "{fact:?}");
        }
    }
}
