//! The forms about accounts, passwords and API keys: what was typed.

use serde::{Deserialize, Serialize};

use super::{AccountName, ApiKeyName, KeyScope, Role};
use crate::{DataCenterId, FieldError, FormErrors, TypedSecret, UnixTime};

/// A field of these forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessField {
    /// User name, or the name of a key.
    Name,
    /// The present password.
    Current,
    /// A password.
    Password,
    /// The same password again.
    Repeated,
    /// What an account may do.
    Role,
    /// What a key may be used for.
    Scopes,
    /// The data center of a key.
    DataCenter,
    /// The last day of a key.
    Expires,
}

impl AccessField {
    /// Every field.
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Current,
        Self::Password,
        Self::Repeated,
        Self::Role,
        Self::Scopes,
        Self::DataCenter,
        Self::Expires,
    ];

    /// The name of its input.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Current => "current",
            Self::Password => "password",
            Self::Repeated => "repeated",
            Self::Role => "role",
            Self::Scopes => "scopes",
            Self::DataCenter => "data_center",
            Self::Expires => "expires",
        }
    }
}

/// Signing in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// The user name.
    pub name: String,
    /// The password.
    pub password: TypedSecret,
    /// The page to go to; only one of this server is taken.
    pub next: String,
}

/// Making the first administrator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetupForm {
    /// The one-use token of the setup link.
    pub token: TypedSecret,
    /// The user name.
    pub name: String,
    /// The password.
    pub password: TypedSecret,
    /// The password again.
    pub repeated: TypedSecret,
}

/// Choosing a password by a one-use link.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The one-use token of the link.
    pub token: TypedSecret,
    /// The password.
    pub password: TypedSecret,
    /// The password again.
    pub repeated: TypedSecret,
}

/// Changing the own password.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChangePasswordForm {
    /// The present password.
    pub current: TypedSecret,
    /// The new one.
    pub password: TypedSecret,
    /// The new one again.
    pub repeated: TypedSecret,
}

/// Adding an account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewAccountForm {
    /// The user name.
    pub name: String,
    /// The code of the role.
    pub role: String,
}

impl NewAccountForm {
    /// The name and the role.
    ///
    /// # Errors
    /// Codes per field.
    pub fn parse(&self) -> Result<(AccountName, Role), FormErrors<AccessField>> {
        let mut errors = FormErrors::default();
        let name = errors.check(AccessField::Name, AccountName::parse(&self.name));
        let role = Role::from_code(&self.role).ok_or(FieldError::UnknownChoice);
        let role = errors.check(AccessField::Role, role);
        match (name, role) {
            (Some(name), Some(role)) => Ok((name, role)),
            _ => Err(errors),
        }
    }
}

/// Making an API key. A checkbox that is off is not sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewKeyForm {
    /// What it is for.
    pub name: String,
    /// `on` for the scope `send`.
    pub send: String,
    /// `on` for the scope `messages`.
    pub messages: String,
    /// `on` for the scope `mailbox`.
    pub mailbox: String,
    /// `on` for the scope `metrics`.
    pub metrics: String,
    /// The id of a data center; empty: all.
    pub data_center: String,
    /// The last day it is good, as `2027-01-31`; empty: it does not end by itself.
    pub expires: String,
}

/// An API key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for.
    pub name: ApiKeyName,
    /// What it may be used for; not empty.
    pub scopes: Vec<KeyScope>,
    /// The one data center it is good for; `None`: all.
    pub data_center: Option<DataCenterId>,
    /// When it ends by itself: the first second (UTC) after its last day.
    pub expires_at: Option<UnixTime>,
}

impl NewKeyForm {
    /// Returns the text of the checkbox of a scope; empty when it is off.
    pub fn scope(&self, scope: KeyScope) -> &str {
        match scope {
            KeyScope::Send => &self.send,
            KeyScope::Messages => &self.messages,
            KeyScope::Mailbox => &self.mailbox,
            KeyScope::Metrics => &self.metrics,
        }
    }

    /// The key that was asked for, as of `now`.
    ///
    /// # Errors
    /// Codes per field.
    pub fn parse(&self, now: UnixTime) -> Result<NewKey, FormErrors<AccessField>> {
        let mut errors = FormErrors::default();
        let name = errors.check(AccessField::Name, ApiKeyName::parse(&self.name));
        let scopes: Vec<_> = KeyScope::ALL
            .iter()
            .copied()
            .filter(|scope| !self.scope(*scope).is_empty())
            .collect();
        if scopes.is_empty() {
            errors.add(AccessField::Scopes, FieldError::Required);
        }
        let data_center = match &*self.data_center {
            "" => Some(None),
            id => errors
                .check(AccessField::DataCenter, DataCenterId::parse(id))
                .map(Some),
        };
        let expires_at = match self.expires.trim() {
            "" => Some(None),
            day => errors
                .check(AccessField::Expires, end_of_day(day, now))
                .map(Some),
        };
        match (name, data_center, expires_at) {
            (Some(name), Some(data_center), Some(expires_at)) if errors.is_empty() => Ok(NewKey {
                name,
                scopes,
                data_center,
                expires_at,
            }),
            _ => Err(errors),
        }
    }
}

fn end_of_day(day: &str, now: UnixTime) -> Result<UnixTime, FieldError> {
    let end = UnixTime::of_day(day)
        .ok_or(FieldError::NotADate)?
        .plus(86_400);
    if end > now {
        Ok(end)
    } else {
        Err(FieldError::InThePast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_795_465_380);

    #[test]
    fn a_key_needs_a_name_and_a_scope() {
        let errors = NewKeyForm::default().parse(NOW).unwrap_err();
        assert_eq!(errors.get(AccessField::Name), Some(FieldError::Required));
        assert_eq!(errors.get(AccessField::Scopes), Some(FieldError::Required));
        assert_eq!(errors.get(AccessField::Expires), None);
    }

    #[test]
    fn a_key_is_good_through_its_last_day() {
        let form = |expires: &str| NewKeyForm {
            name: "cron".into(),
            send: "on".into(),
            expires: expires.into(),
            ..NewKeyForm::default()
        };
        let key = form("2026-11-23").parse(NOW).unwrap();
        assert_eq!(key.expires_at.unwrap().rfc3339(), "2026-11-24T00:00:00Z");
        for (expires, error) in [
            ("2026-11-22", FieldError::InThePast),
            ("2026-02-29", FieldError::NotADate),
            ("tomorrow", FieldError::NotADate),
        ] {
            let errors = form(expires).parse(NOW).unwrap_err();
            assert_eq!(errors.get(AccessField::Expires), Some(error), "{expires}");
        }
    }
}
