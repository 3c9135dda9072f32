//! Unchecked input of the forms about accounts, passwords, and API keys.

use serde::{Deserialize, Serialize};

use super::{AccountName, ApiKeyName, KeyScope, NewAccountError, NewKeyError, Role};
use crate::{DataCenterId, FormErrors, SenderName, TypedSecret, UnixTime};

/// Field of a form about access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessField {
    /// User name, or name of an API key.
    Name,
    /// Current password.
    Current,
    /// New password, or the password of a sign-in.
    Password,
    /// Repetition of the new password.
    Repeated,
    /// Role of an account.
    Role,
    /// Permissions of an API key.
    Scopes,
    /// Data center that an API key is limited to.
    DataCenter,
    /// Sender that an API key belongs to.
    Sender,
    /// Last day on which an API key is valid.
    Expires,
}

impl AccessField {
    /// Every field, in the order of the forms.
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Current,
        Self::Password,
        Self::Repeated,
        Self::Role,
        Self::Scopes,
        Self::DataCenter,
        Self::Sender,
        Self::Expires,
    ];

    /// Returns the `name` attribute of the field's input element.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Current => "current",
            Self::Password => "password",
            Self::Repeated => "repeated",
            Self::Role => "role",
            Self::Scopes => "scopes",
            Self::DataCenter => "data_center",
            Self::Sender => "sender",
            Self::Expires => "expires",
        }
    }
}

/// Sign-in form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// User name.
    pub name: String,
    /// Password.
    pub password: TypedSecret,
    /// Path to redirect to after the sign-in. Paths on other servers are ignored.
    pub next: String,
}

/// Form that creates the first administrator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SetupForm {
    /// Token of the one-use setup link.
    pub token: TypedSecret,
    /// User name.
    pub name: String,
    /// New password.
    pub password: TypedSecret,
    /// Repetition of the new password.
    pub repeated: TypedSecret,
}

/// Form that sets a password with a one-use link.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// Token of the one-use link.
    pub token: TypedSecret,
    /// New password.
    pub password: TypedSecret,
    /// Repetition of the new password.
    pub repeated: TypedSecret,
}

/// Form with which users change their own password.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChangePasswordForm {
    /// Current password.
    pub current: TypedSecret,
    /// New password.
    pub password: TypedSecret,
    /// Repetition of the new password.
    pub repeated: TypedSecret,
}

/// Form that adds an account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewAccountForm {
    /// User name.
    pub name: String,
    /// Code of a role.
    pub role: String,
}

impl NewAccountForm {
    /// Parses the name and the role.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse(&self) -> Result<(AccountName, Role), FormErrors<AccessField, NewAccountError>> {
        let mut errors = FormErrors::default();
        let name = errors.check(AccessField::Name, AccountName::parse(&self.name));
        let role = Role::from_code(&self.role).ok_or(NewAccountError::UnknownChoice);
        let role = errors.check(AccessField::Role, role);
        match (name, role) {
            (Some(name), Some(role)) => Ok((name, role)),
            _ => Err(errors),
        }
    }
}

/// Form that creates an API key. Browsers do not send checkboxes that are off.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewKeyForm {
    /// Name of the key.
    pub name: String,
    /// `on` for the scope `send`.
    pub send: String,
    /// `on` for the scope `messages`.
    pub messages: String,
    /// `on` for the scope `mailbox`.
    pub mailbox: String,
    /// `on` for the scope `metrics`.
    pub metrics: String,
    /// `on` for the scope `senders`.
    pub senders: String,
    /// ID of a data center. Empty means all data centers.
    pub data_center: String,
    /// Name of the sender that the key belongs to. Empty if there is none.
    pub sender: String,
    /// Last day on which the key is valid, such as `2027-01-31`. Empty means that the key does not
    /// expire.
    pub expires: String,
}

/// Validated input for a new API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Name of the key.
    pub name: ApiKeyName,
    /// Permissions of the key; never empty.
    pub scopes: Vec<KeyScope>,
    /// Data center that the key is limited to. `None` allows all data centers.
    pub data_center: Option<DataCenterId>,
    /// Name of the sender that the key belongs to.
    pub sender: Option<SenderName>,
    /// Time at which the key expires: the first second (UTC) after its last day.
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
            KeyScope::Senders => &self.senders,
        }
    }

    /// Parses the form. `now` is the current time, before which no key may expire.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse(&self, now: UnixTime) -> Result<NewKey, FormErrors<AccessField, NewKeyError>> {
        let mut errors = FormErrors::default();
        let name = errors.check(AccessField::Name, ApiKeyName::parse(&self.name));
        let scopes: Vec<_> = KeyScope::ALL
            .iter()
            .copied()
            .filter(|scope| !self.scope(*scope).is_empty())
            .collect();
        if scopes.is_empty() {
            errors.add(AccessField::Scopes, NewKeyError::Required);
        }
        let data_center = match &*self.data_center {
            "" => Some(None),
            id => errors
                .check(AccessField::DataCenter, DataCenterId::parse(id))
                .map(Some),
        };
        let sender = match self.sender.trim() {
            "" => Some(None),
            name => errors
                .check(AccessField::Sender, SenderName::parse(name))
                .map(Some),
        };
        let expires_at = match self.expires.trim() {
            "" => Some(None),
            day => errors
                .check(AccessField::Expires, end_of_day(day, now))
                .map(Some),
        };
        match (name, data_center, sender, expires_at) {
            (Some(name), Some(data_center), Some(sender), Some(expires_at))
                if errors.is_empty() =>
            {
                Ok(NewKey {
                    name,
                    scopes,
                    data_center,
                    sender,
                    expires_at,
                })
            }
            _ => Err(errors),
        }
    }
}

fn end_of_day(day: &str, now: UnixTime) -> Result<UnixTime, NewKeyError> {
    let end = UnixTime::of_day(day)
        .ok_or(NewKeyError::NotADate)?
        .plus(86_400);
    if end > now {
        Ok(end)
    } else {
        Err(NewKeyError::InThePast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_795_465_380);

    #[test]
    fn a_key_needs_a_name_and_a_scope() {
        let errors = NewKeyForm::default().parse(NOW).unwrap_err();
        assert_eq!(errors.get(AccessField::Name), Some(NewKeyError::Required));
        assert_eq!(errors.get(AccessField::Scopes), Some(NewKeyError::Required));
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
            ("2026-11-22", NewKeyError::InThePast),
            ("2026-02-29", NewKeyError::NotADate),
            ("tomorrow", NewKeyError::NotADate),
        ] {
            let errors = form(expires).parse(NOW).unwrap_err();
            assert_eq!(errors.get(AccessField::Expires), Some(error), "{expires}");
        }
    }
}
