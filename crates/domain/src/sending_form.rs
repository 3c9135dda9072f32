//! Unchecked input of the form for sending settings.

mod error;

use serde::{Deserialize, Serialize};

pub use error::SendingFormError;

use crate::{
    EmailAddress, FormErrors, NumberError, SendingLimits, SendingSettings,
    address::split_outside_quotes, number::whole,
};

/// Field of the form, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendingField {
    /// Sender addresses that programs may use.
    AllowedFrom,
    /// Messages in any period of 60 seconds.
    PerMinute,
    /// Messages in any period of 24 hours.
    PerDay,
    /// Concurrent connections.
    Connections,
    /// Recipients per SMTP transaction.
    Recipients,
    /// Checkbox that deletes the content of delivered messages.
    DropContent,
    /// Days that finished messages are kept.
    RetentionDays,
}

impl SendingField {
    /// Every field, in the order of the page.
    pub const ALL: &[Self] = &[
        Self::AllowedFrom,
        Self::PerMinute,
        Self::PerDay,
        Self::Connections,
        Self::Recipients,
        Self::DropContent,
        Self::RetentionDays,
    ];

    /// Returns the name of the field's input element, which the audit uses as well.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllowedFrom => "allowed_from",
            Self::PerMinute => "messages_per_minute",
            Self::PerDay => "messages_per_day",
            Self::Connections => "connections",
            Self::Recipients => "recipients_per_transaction",
            Self::DropContent => "drop_content",
            Self::RetentionDays => "retention_days",
        }
    }

    /// Returns the maximum of a number. The minimum is 1.
    pub fn max_value(self) -> u32 {
        match self {
            Self::PerMinute => 100_000,
            Self::PerDay => 100_000_000,
            Self::Connections => 64,
            Self::Recipients => 10_000,
            _ => 3_650,
        }
    }
}

/// Form for sending settings. Browsers do not send checkboxes that are off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendingForm {
    /// ID of the data center.
    pub data_center: String,
    /// Version of the settings that the form was opened with.
    pub version: i64,
    /// Newer version that the user agreed to overwrite. Empty if there is none.
    pub over: String,
    /// Sender addresses, one per line.
    pub allowed_from: String,
    /// Number of messages. Empty uses the provider's limit.
    pub messages_per_minute: String,
    /// Number of messages. Empty uses the provider's limit.
    pub messages_per_day: String,
    /// Number of connections. Empty uses the provider's limit.
    pub connections: String,
    /// Number of recipients. Empty uses the provider's limit.
    pub recipients_per_transaction: String,
    /// `on` to delete the content of delivered messages.
    pub drop_content: String,
    /// Number of days. Empty means [`SendingSettings::RETENTION_DAYS`].
    pub retention_days: String,
}

impl SendingForm {
    /// Maximum number of allowed addresses.
    pub const MAX_ADDRESSES: usize = 500;

    /// Returns the form filled with saved settings.
    pub fn open(data_center: &str, saved: &SendingSettings) -> Self {
        let number = |number: Option<u32>| number.map_or_else(String::new, |one| one.to_string());
        let addresses: Vec<_> = saved
            .allowed_from
            .iter()
            .map(EmailAddress::as_str)
            .collect();
        Self {
            data_center: data_center.to_owned(),
            version: saved.version,
            over: String::new(),
            allowed_from: addresses.join("\n"),
            messages_per_minute: number(saved.limits.per_minute),
            messages_per_day: number(saved.limits.per_day),
            connections: number(saved.limits.connections),
            recipients_per_transaction: number(saved.limits.recipients),
            drop_content: if saved.drop_content { "on" } else { "" }.to_owned(),
            retention_days: number(saved.retention_days),
        }
    }

    /// Returns the text of a field.
    pub fn text(&self, field: SendingField) -> &str {
        match field {
            SendingField::AllowedFrom => &self.allowed_from,
            SendingField::PerMinute => &self.messages_per_minute,
            SendingField::PerDay => &self.messages_per_day,
            SendingField::Connections => &self.connections,
            SendingField::Recipients => &self.recipients_per_transaction,
            SendingField::DropContent => &self.drop_content,
            SendingField::RetentionDays => &self.retention_days,
        }
    }

    /// Parses the form. The version of the result is the one that the save may overwrite.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse(&self) -> Result<SendingSettings, FormErrors<SendingField, SendingFormError>> {
        let mut errors = FormErrors::default();
        let mut number = |field| errors.check(field, self.number(field)).flatten();
        let limits = SendingLimits {
            per_minute: number(SendingField::PerMinute),
            per_day: number(SendingField::PerDay),
            connections: number(SendingField::Connections),
            recipients: number(SendingField::Recipients),
        };
        let retention_days = number(SendingField::RetentionDays);
        let allowed_from = errors.check(SendingField::AllowedFrom, self.addresses());
        match allowed_from {
            Some(allowed_from) if errors.is_empty() => Ok(SendingSettings {
                version: self.over.parse().unwrap_or(self.version),
                allowed_from,
                limits,
                drop_content: !self.drop_content.is_empty(),
                retention_days,
            }),
            _ => Err(errors),
        }
    }

    /// Returns the first line that is not an email address.
    pub fn first_wrong_address(&self) -> Option<&str> {
        self.lines().find(|line| EmailAddress::parse(line).is_err())
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        split_outside_quotes(&self.allowed_from, &['\n', '\r', ',', ';'])
    }

    fn addresses(&self) -> Result<Vec<EmailAddress>, SendingFormError> {
        let mut addresses: Vec<EmailAddress> = Vec::new();
        for line in self.lines() {
            let address = EmailAddress::parse(line)?;
            let is_known =
                |known: &EmailAddress| known.as_str().eq_ignore_ascii_case(address.as_str());
            if !addresses.iter().any(is_known) {
                addresses.push(address);
            }
            if addresses.len() > Self::MAX_ADDRESSES {
                return Err(SendingFormError::TooLong);
            }
        }
        Ok(addresses)
    }

    fn number(&self, field: SendingField) -> Result<Option<u32>, SendingFormError> {
        match whole(self.text(field), 1..=field.max_value()) {
            Ok(number) => Ok(Some(number)),
            Err(NumberError::Required) => Ok(None),
            Err(NumberError::NotANumber) => Err(SendingFormError::NotANumber),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl FnOnce(&mut SendingForm)) -> SendingForm {
        let mut form = SendingForm::default();
        change(&mut form);
        form
    }

    #[test]
    fn nothing_typed_means_the_defaults() {
        assert_eq!(
            SendingForm::default().parse(),
            Ok(SendingSettings::default())
        );
    }

    #[test]
    fn saved_settings_open_and_parse_to_the_same() {
        let saved = SendingSettings {
            version: 7,
            allowed_from: ["a@example.com", "b@example.com"]
                .map(|one| EmailAddress::parse(one).unwrap())
                .to_vec(),
            limits: SendingLimits {
                per_minute: Some(30),
                per_day: None,
                connections: Some(2),
                recipients: Some(100),
            },
            drop_content: true,
            retention_days: Some(14),
        };
        let opened = SendingForm::open("default", &saved);
        assert_eq!(opened.parse(), Ok(saved));
    }

    #[test]
    fn a_newer_version_is_replaced_only_when_that_was_asked_for() {
        for (over, version) in [("", 3), ("5", 5), ("x", 3)] {
            let typed = form(|form| (form.version, form.over) = (3, over.into()));
            assert_eq!(typed.parse().unwrap().version, version);
        }
    }

    #[test]
    fn addresses_stand_on_lines_or_between_commas_and_each_counts_once() {
        let typed = form(|form| {
            form.allowed_from =
                " a@example.com\r\n\n b@example.com, A@EXAMPLE.com;\"c,d;\"@example.com".into();
        });
        let parsed = typed.parse().unwrap();
        let addresses: Vec<_> = parsed
            .allowed_from
            .iter()
            .map(EmailAddress::as_str)
            .collect();
        let expected = ["a@example.com", "b@example.com", "\"c,d;\"@example.com"];
        assert_eq!(addresses, expected);
    }

    #[test]
    fn the_line_that_is_no_address_is_known() {
        let typed = form(|form| form.allowed_from = "a@example.com\nnobody\nb".into());
        let errors = typed.parse().unwrap_err();
        let error = errors.get(SendingField::AllowedFrom);
        assert_eq!(error, Some(SendingFormError::NotAnAddress));
        assert_eq!(typed.first_wrong_address(), Some("nobody"));
        let typed = form(|form| form.allowed_from = "\"nobody\na@example.com".into());
        assert_eq!(typed.first_wrong_address(), Some("\"nobody"));
        let many = form(|form| {
            let numbers = 0..=SendingForm::MAX_ADDRESSES;
            let lines: Vec<_> = numbers
                .map(|number| format!("a{number}@example.com"))
                .collect();
            form.allowed_from = lines.join("\n");
        });
        let errors = many.parse().unwrap_err();
        assert_eq!(
            errors.get(SendingField::AllowedFrom),
            Some(SendingFormError::TooLong)
        );
    }

    #[test]
    fn numbers_are_whole_and_within_their_range() {
        for text in ["0", "-1", "+1", "1.5", "ten", "65", "4294967296", "1 0"] {
            let errors = form(|form| form.connections = text.into())
                .parse()
                .unwrap_err();
            let error = errors.get(SendingField::Connections);
            assert_eq!(error, Some(SendingFormError::NotANumber), "{text}");
            assert_eq!(errors.iter().count(), 1);
        }
        for (text, number) in [("1", 1), (" 64 ", 64), ("007", 7)] {
            let parsed = form(|form| form.connections = text.into()).parse().unwrap();
            assert_eq!(parsed.limits.connections, Some(number));
        }
    }
}
