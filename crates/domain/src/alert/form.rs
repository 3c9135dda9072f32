//! The forms about alerts: what was typed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AlertKind, AlertNotes, AlertSettings, RouteKind};
use crate::{
    DataCenterId, EmailAddress, FieldError, FormErrors, TypedSecret, UnixTime, WebhookSecret,
    WebhookUrl,
};

/// A field of these forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertField {
    /// The shape of a route.
    Kind,
    /// The URL of a webhook.
    Url,
    /// What a webhook is signed with.
    Secret,
    /// The data center that mail goes through.
    Via,
    /// Who gets the mail.
    Recipient,
    /// Which conditions are told.
    Kinds,
    /// After how many minutes a message is too old.
    OutboxMinutes,
    /// How many days before the end it is told.
    DaysBefore,
    /// The day on which a client secret expires.
    ClientSecretExpires,
}

impl AlertField {
    /// Every field.
    pub const ALL: &[Self] = &[
        Self::Kind,
        Self::Url,
        Self::Secret,
        Self::Via,
        Self::Recipient,
        Self::Kinds,
        Self::OutboxMinutes,
        Self::DaysBefore,
        Self::ClientSecretExpires,
    ];

    /// The name of its input.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Url => "url",
            Self::Secret => "secret",
            Self::Via => "via",
            Self::Recipient => "recipient",
            Self::Kinds => "kinds",
            Self::OutboxMinutes => "outbox_minutes",
            Self::DaysBefore => "days_before",
            Self::ClientSecretExpires => "client_secret_expires",
        }
    }
}

/// Adding a route, or changing one. The URL is a secret as a whole, so it is never sent back to the browser.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RouteForm {
    /// The code of its shape.
    pub kind: String,
    /// The URL; empty keeps the saved one.
    pub url: TypedSecret,
    /// The signing secret; empty keeps the saved one.
    pub secret: TypedSecret,
    /// The id of the data center that mail goes through.
    pub via: String,
    /// Who gets the mail.
    pub recipient: String,
}

/// A new route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRoute {
    /// Its shape.
    pub kind: RouteKind,
    /// Where to.
    pub target: Target,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a URL.
    Post {
        /// The URL.
        url: WebhookUrl,
        /// What is signed with; always there in our own shape, never in that of a chat.
        secret: Option<WebhookSecret>,
    },
    /// To somebody, by mail.
    Mail {
        /// The data center that the mail goes through.
        via: DataCenterId,
        /// Who gets it.
        recipient: EmailAddress,
    },
}

/// What becomes of a saved route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetEdit {
    /// `None` keeps what is saved.
    Post {
        /// The URL.
        url: Option<WebhookUrl>,
        /// What is signed with.
        secret: Option<WebhookSecret>,
    },
    /// By mail.
    Mail {
        /// The data center that the mail goes through.
        via: DataCenterId,
        /// Who gets it.
        recipient: EmailAddress,
    },
}

impl RouteForm {
    /// The route that is to be added.
    ///
    /// # Errors
    /// Codes per field.
    pub fn parse(&self) -> Result<NewRoute, FormErrors<AlertField>> {
        let kind = RouteKind::from_code(&self.kind).ok_or_else(|| {
            let error = if self.kind.is_empty() {
                FieldError::Required
            } else {
                FieldError::UnknownChoice
            };
            FormErrors::one(AlertField::Kind, error)
        })?;
        let mut errors = FormErrors::default();
        let target = match kind {
            RouteKind::Mail => self
                .mail(&mut errors)
                .map(|(via, recipient)| Target::Mail { via, recipient }),
            RouteKind::Webhook => {
                let url = errors.check(AlertField::Url, WebhookUrl::parse(self.url.expose()));
                let secret = WebhookSecret::parse(self.secret.expose());
                let secret = errors.check(AlertField::Secret, secret);
                url.zip(secret).map(|(url, secret)| Target::Post {
                    url,
                    secret: Some(secret),
                })
            }
            RouteKind::Slack | RouteKind::Teams | RouteKind::Mattermost => errors
                .check(AlertField::Url, WebhookUrl::parse(self.url.expose()))
                .map(|url| Target::Post { url, secret: None }),
        };
        target.map(|target| NewRoute { kind, target }).ok_or(errors)
    }

    /// What becomes of a saved route of this shape, which stays.
    ///
    /// # Errors
    /// Codes per field.
    pub fn parse_edit(&self, kind: RouteKind) -> Result<TargetEdit, FormErrors<AlertField>> {
        let mut errors = FormErrors::default();
        if kind == RouteKind::Mail {
            return self
                .mail(&mut errors)
                .map(|(via, recipient)| TargetEdit::Mail { via, recipient })
                .ok_or(errors);
        }
        let url = typed(&self.url).map(|typed| WebhookUrl::parse(typed.expose()));
        let url = url.and_then(|url| errors.check(AlertField::Url, url));
        let secret = typed(&self.secret).filter(|_| kind == RouteKind::Webhook);
        let secret = secret.map(|typed| WebhookSecret::parse(typed.expose()));
        let secret = secret.and_then(|secret| errors.check(AlertField::Secret, secret));
        if errors.is_empty() {
            Ok(TargetEdit::Post { url, secret })
        } else {
            Err(errors)
        }
    }

    fn mail(&self, errors: &mut FormErrors<AlertField>) -> Option<(DataCenterId, EmailAddress)> {
        let via = match &*self.via {
            "" => Err(FieldError::Required),
            id => DataCenterId::parse(id),
        };
        let via = errors.check(AlertField::Via, via);
        let recipient = EmailAddress::parse(&self.recipient);
        let recipient = errors.check(AlertField::Recipient, recipient);
        via.zip(recipient)
    }
}

fn typed(secret: &TypedSecret) -> Option<TypedSecret> {
    let secret = secret.trimmed();
    (!secret.is_empty()).then_some(secret)
}

/// What is told, and when. A checkbox that is off is not sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AlertSettingsForm {
    /// The version that was seen: a number.
    pub version: String,
    /// `on` for each kind that is told, by its code.
    pub needs_authorization: String,
    /// The same.
    pub testing_ends: String,
    /// The same.
    pub unused_ends: String,
    /// The same.
    pub client_secret_expires: String,
    /// The same.
    pub outbox_old: String,
    /// The same.
    pub check_fails: String,
    /// After how many minutes a message is too old.
    pub outbox_minutes: String,
    /// How many days before the end it is told.
    pub days_before: String,
    /// `on`: every data center is checked once a day.
    pub daily_check: String,
    /// What is noted of data centers: `expires:ID` with a day, `testing:ID` with `on`.
    #[serde(flatten)]
    pub notes: BTreeMap<String, String>,
}

impl AlertSettingsForm {
    /// Where the day of a data center's secret stands.
    pub const EXPIRES: &str = "expires:";
    /// Where it stands that a data center's OAuth client is in "Testing".
    pub const TESTING: &str = "testing:";

    /// Whether a kind is told.
    pub fn tells(&self, kind: AlertKind) -> bool {
        let typed = match kind {
            AlertKind::NeedsAuthorization => &self.needs_authorization,
            AlertKind::TestingEnds => &self.testing_ends,
            AlertKind::UnusedEnds => &self.unused_ends,
            AlertKind::ClientSecretExpires => &self.client_secret_expires,
            AlertKind::OutboxOld => &self.outbox_old,
            AlertKind::CheckFails => &self.check_fails,
        };
        !typed.is_empty()
    }

    /// The settings.
    ///
    /// # Errors
    /// Codes per field.
    pub fn parse(&self) -> Result<AlertSettings, FormErrors<AlertField>> {
        let mut errors = FormErrors::default();
        let minutes = number(&self.outbox_minutes, 1..=10_080);
        let minutes = errors.check(AlertField::OutboxMinutes, minutes);
        let days = number(&self.days_before, 1..=90);
        let days = errors.check(AlertField::DaysBefore, days);
        let mut notes = BTreeMap::<DataCenterId, AlertNotes>::new();
        for (name, typed) in &self.notes {
            let typed = typed.trim();
            if let Some(id) = name.strip_prefix(Self::EXPIRES)
                && let Ok(id) = DataCenterId::parse(id)
                && !typed.is_empty()
            {
                let day = UnixTime::of_day(typed).ok_or(FieldError::NotADate);
                let day = errors.check(AlertField::ClientSecretExpires, day);
                notes.entry(id).or_default().client_secret_expires = day;
            } else if let Some(id) = name.strip_prefix(Self::TESTING)
                && let Ok(id) = DataCenterId::parse(id)
                && !typed.is_empty()
            {
                notes.entry(id).or_default().in_testing = true;
            }
        }
        match (minutes, days) {
            (Some(outbox_minutes), Some(days_before)) if errors.is_empty() => Ok(AlertSettings {
                version: self.version.trim().parse().unwrap_or_default(),
                kinds: AlertKind::ALL
                    .iter()
                    .copied()
                    .filter(|kind| self.tells(*kind))
                    .collect(),
                outbox_minutes,
                days_before,
                daily_check: !self.daily_check.is_empty(),
                notes,
            }),
            _ => Err(errors),
        }
    }
}

fn number(typed: &str, range: std::ops::RangeInclusive<u32>) -> Result<u32, FieldError> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number
        .filter(|number| range.contains(number))
        .ok_or(FieldError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn route(kind: &str, url: &str, secret: &str) -> RouteForm {
        RouteForm {
            kind: kind.into(),
            url: TypedSecret::new(url),
            secret: TypedSecret::new(secret),
            via: "second".into(),
            recipient: "ops@example.com".into(),
        }
    }

    #[test]
    fn our_own_shape_is_signed_and_that_of_a_chat_is_not() {
        let url = "https://hooks.example.com/x";
        for kind in RouteKind::ALL {
            let new = route(kind.code(), url, SECRET).parse().unwrap();
            assert_eq!(new.kind, *kind);
            match (kind, new.target) {
                (RouteKind::Mail, Target::Mail { via, recipient }) => {
                    assert_eq!(
                        (via.as_str(), recipient.as_str()),
                        ("second", "ops@example.com")
                    );
                }
                (RouteKind::Mail, _) | (_, Target::Mail { .. }) => panic!("{kind:?}"),
                (_, Target::Post { secret, .. }) => {
                    assert_eq!(secret.is_some(), *kind == RouteKind::Webhook);
                }
            }
        }
    }

    #[test]
    fn errors_stand_at_their_fields() {
        let error = |form: RouteForm, field| form.parse().unwrap_err().get(field);
        for (form, field, expected) in [
            (route("", "", ""), AlertField::Kind, FieldError::Required),
            (
                route("irc", "", ""),
                AlertField::Kind,
                FieldError::UnknownChoice,
            ),
            (
                route("slack", "", ""),
                AlertField::Url,
                FieldError::Required,
            ),
            (
                route("webhook", "x", SECRET),
                AlertField::Url,
                FieldError::NotAUrl,
            ),
            (
                route("webhook", "", ""),
                AlertField::Secret,
                FieldError::Required,
            ),
            (
                route("webhook", "", "hunter2"),
                AlertField::Secret,
                FieldError::NotAWebhookSecret,
            ),
        ] {
            assert_eq!(error(form, field), Some(expected));
        }
        let mail = RouteForm {
            kind: "mail".into(),
            ..RouteForm::default()
        };
        assert_eq!(
            error(mail.clone(), AlertField::Via),
            Some(FieldError::Required)
        );
        assert_eq!(
            error(mail, AlertField::Recipient),
            Some(FieldError::Required)
        );
    }

    #[test]
    fn what_is_left_empty_is_kept() {
        let kept = route("", " ", "").parse_edit(RouteKind::Webhook).unwrap();
        let none = TargetEdit::Post {
            url: None,
            secret: None,
        };
        assert_eq!(kept, none);
        let wrong = route("", "x", "y")
            .parse_edit(RouteKind::Webhook)
            .unwrap_err();
        assert_eq!(wrong.get(AlertField::Url), Some(FieldError::NotAUrl));
        assert_eq!(
            wrong.get(AlertField::Secret),
            Some(FieldError::NotAWebhookSecret)
        );
    }

    #[test]
    fn reads_what_is_told_and_when() {
        let notes = [
            ("expires:default", "2027-01-31"),
            ("testing:second", "on"),
            ("x", "y"),
        ];
        let form = AlertSettingsForm {
            version: "3".into(),
            outbox_old: "on".into(),
            outbox_minutes: " 45 ".into(),
            days_before: "7".into(),
            notes: notes
                .map(|(name, typed)| (name.into(), typed.into()))
                .into(),
            ..AlertSettingsForm::default()
        };
        let settings = form.parse().unwrap();
        assert_eq!(settings.kinds, [AlertKind::OutboxOld].into());
        assert_eq!(
            (
                settings.version,
                settings.outbox_minutes,
                settings.days_before
            ),
            (3, 45, 7)
        );
        assert!(!settings.daily_check);
        let of = |id| settings.notes_of(&DataCenterId::parse(id).unwrap());
        assert_eq!(
            of("default").client_secret_expires,
            UnixTime::of_day("2027-01-31")
        );
        assert!(of("second").in_testing && !of("default").in_testing);
        let wrong = AlertSettingsForm {
            outbox_minutes: "0".into(),
            ..form.clone()
        };
        let errors = wrong.parse().unwrap_err();
        assert_eq!(
            errors.get(AlertField::OutboxMinutes),
            Some(FieldError::OutOfRange)
        );
        let notes = [("expires:default".to_owned(), "2027-02-30".to_owned())].into();
        let errors = AlertSettingsForm { notes, ..form }.parse().unwrap_err();
        assert_eq!(
            errors.get(AlertField::ClientSecretExpires),
            Some(FieldError::NotADate)
        );
    }
}
