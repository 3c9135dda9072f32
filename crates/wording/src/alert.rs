//! Alert conditions, and the forms of their page.

use domain::{
    AlertFacts, AlertKind, AlertSubject,
    alert::{
        AlertField, AlertFormProblem, AlertSettingsError, ChannelFormError, ChannelKind,
        InboundWebhookFormError,
    },
    paths,
};

use crate::{Words, field_error, request_problem, words};

/// Returns the path of the page about a data center, server, or sender.
pub fn alert_path(subject: &AlertSubject) -> String {
    match subject {
        AlertSubject::DataCenter(id) => paths::SmtpSettings::of(id.as_str()),
        AlertSubject::Server(_) | AlertSubject::Sender { .. } => {
            paths::AlertSettings::PATH.to_owned()
        }
    }
}

/// Returns names and values of the facts that only conditions of a server have.
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

/// Returns the name of a condition.
pub fn alert_kind(kind: AlertKind) -> &'static str {
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
        AlertKind::SenderSilent => "A sender is silent",
    }
}

/// Returns the meaning of a condition and its fix.
pub fn alert_kind_help(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::NeedsAuthorization => {
            "The grant has ended. Messages wait until an administrator authorizes again."
        }
        AlertKind::TestingEnds => {
            "The OAuth client is in \u{201c}Testing\u{201d} at Google, which ends its grants seven days after the \
             sign-in. Authorize again before then, or publish the client. The alert is raised two days before."
        }
        AlertKind::UnusedEnds => {
            "The grant has not been refreshed for nearly 90 days, after which providers end it. Find out why it is not \
             refreshed, or authorize again."
        }
        AlertKind::ClientSecretExpires => {
            "The date is the one entered below. Create a new secret at the provider and save it before then."
        }
        AlertKind::OutboxOld => {
            "A message that is due has waited longer than the limit below. See the messages page for the reason."
        }
        AlertKind::CheckFails => {
            "Each data center is checked once a day, without a test email. Check the connection to see each step."
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
        AlertKind::SenderSilent => {
            "The sender has sent nothing for the number of hours in its settings. Check that the program or device \
             runs, and that its host, port, user name, and password are right."
        }
    }
}

/// Returns the name of a kind of channel.
pub fn channel_kind(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Webhook => "Webhook",
        ChannelKind::Slack => "Slack",
        ChannelKind::Teams => "Microsoft Teams",
        ChannelKind::Mattermost => "Mattermost",
        ChannelKind::Mail => "Email through another data center",
    }
}

/// Returns the label of a field.
pub fn alert_field_label(field: AlertField) -> &'static str {
    match field {
        AlertField::Kind => "Kind",
        AlertField::Url => "URL",
        AlertField::Secret => "Signing secret",
        AlertField::Via => "Data center that sends it",
        AlertField::Recipient => "Recipient",
        AlertField::Kinds => "Conditions",
        AlertField::OutboxMinutes => "Messages wait too long after (minutes)",
        AlertField::DaysBefore => "Days of notice before an end",
        AlertField::ClientSecretExpires => "Client secret expires",
    }
}

/// Returns the text of an error at a field of the alert settings.
pub fn alert_settings_error(field: AlertField, error: AlertSettingsError) -> Words {
    match (field, error) {
        (AlertField::OutboxMinutes, AlertSettingsError::NotANumber) => words(
            "This is not a number of minutes from 1 to 10080.",
            "Enter a whole number.",
        ),
        (AlertField::DaysBefore, AlertSettingsError::NotANumber) => words(
            "This is not a number of days from 1 to 90.",
            "Enter a whole number.",
        ),
        (_, AlertSettingsError::Required) => field_error::REQUIRED,
        (_, AlertSettingsError::NotANumber) => field_error::NOT_A_NUMBER,
        (_, AlertSettingsError::NotADate) => field_error::NOT_A_DATE,
    }
}

/// Returns the text of an error at a field of a channel.
pub fn channel_error(field: AlertField, error: ChannelFormError) -> Words {
    match error {
        ChannelFormError::Required => match field {
            AlertField::Kind => words("No kind is selected.", "Select one."),
            AlertField::Via => words(
                "No data center is selected.",
                "Select one. If there is only one data center, add another first.",
            ),
            _ => field_error::REQUIRED,
        },
        ChannelFormError::TooLong => field_error::TOO_LONG,
        ChannelFormError::NotAUrl => field_error::NOT_A_URL,
        ChannelFormError::UrlNotHttps => field_error::URL_NOT_HTTPS,
        ChannelFormError::UrlHasFragment => field_error::URL_HAS_FRAGMENT,
        ChannelFormError::UrlHasCredentials => field_error::URL_HAS_CREDENTIALS,
        ChannelFormError::NotAWebhookSecret => field_error::NOT_A_WEBHOOK_SECRET,
        ChannelFormError::NotAnAddress => field_error::NOT_AN_ADDRESS,
        ChannelFormError::SeveralAddresses => field_error::SEVERAL_ADDRESSES,
        ChannelFormError::UnknownChoice => field_error::UNKNOWN_CHOICE,
        ChannelFormError::SecretBelongsElsewhere => words(
            "The saved signing secret belongs to another host.",
            "Enter it again, or enter a new one.",
        ),
        ChannelFormError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
    }
}

/// Returns the text of an error at a field of a webhook for new mail.
pub fn inbound_webhook_error(error: InboundWebhookFormError) -> Words {
    match error {
        InboundWebhookFormError::Required => field_error::REQUIRED,
        InboundWebhookFormError::TooLong => field_error::TOO_LONG,
        InboundWebhookFormError::NotAUrl => field_error::NOT_A_URL,
        InboundWebhookFormError::UrlNotHttps => field_error::URL_NOT_HTTPS,
        InboundWebhookFormError::UrlHasFragment => field_error::URL_HAS_FRAGMENT,
        InboundWebhookFormError::UrlHasCredentials => field_error::URL_HAS_CREDENTIALS,
        InboundWebhookFormError::NotAWebhookSecret => field_error::NOT_A_WEBHOOK_SECRET,
    }
}

/// Returns why a form was refused, when the reason belongs to none of its fields.
pub fn alert_form_problem(problem: AlertFormProblem) -> Words {
    match problem {
        AlertFormProblem::Gone => words(
            "This item no longer exists.",
            "Another administrator may have removed it. This page shows the current state.",
        ),
        AlertFormProblem::Conflict => words(
            "Another administrator saved in the meantime.",
            "Your input is shown below. Save again to overwrite their changes.",
        ),
        AlertFormProblem::Unavailable => words(
            "Mailgrant cannot do this right now.",
            "Its log contains the cause. Try again later.",
        ),
    }
}
