//! Unchecked input of the form about a sender.

use serde::{Deserialize, Serialize};

use super::{
    AllowedFrom, Network, NullSender, OtherFrom, SenderFormError, SenderLimits, SenderName,
    SenderRules, SenderSettings, SenderUser,
};
use crate::{
    DataCenterId, FormErrors, FromAddress, Host, UnixTime, address::split_outside_quotes,
    number::whole, one_line::one_line,
};

/// Field of the form about a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SenderField {
    /// Name of the sender.
    Name,
    /// Checkbox: the sender has SMTP credentials.
    Credentials,
    /// User name of the SMTP credentials.
    User,
    /// Addresses and networks.
    Networks,
    /// Checkbox: networks may be reachable from the internet.
    ConfirmNetworks,
    /// Data center.
    DataCenter,
    /// Messages in one minute.
    PerMinute,
    /// Messages in 24 hours.
    PerDay,
    /// Last day on which the sender is valid.
    Expires,
    /// Hours without a message after which an alert is raised.
    SilentAfter,
    /// Allowed From addresses and domains.
    AllowedFrom,
    /// Handling of another From address.
    OtherFrom,
    /// Display name of every message.
    DisplayName,
    /// Default From address.
    DefaultFrom,
    /// Handling of the null sender.
    NullSender,
    /// Allowed domains of recipients.
    AllowedRecipients,
    /// Checkbox: the sender may read the mailbox.
    ReadMailbox,
}

impl SenderField {
    /// Every field, in the order of the form.
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Credentials,
        Self::User,
        Self::Networks,
        Self::ConfirmNetworks,
        Self::DataCenter,
        Self::PerMinute,
        Self::PerDay,
        Self::Expires,
        Self::SilentAfter,
        Self::AllowedFrom,
        Self::OtherFrom,
        Self::DisplayName,
        Self::DefaultFrom,
        Self::NullSender,
        Self::AllowedRecipients,
        Self::ReadMailbox,
    ];

    /// Returns the name of the field in the form, the API, and the audit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Credentials => "credentials",
            Self::User => "user",
            Self::Networks => "networks",
            Self::ConfirmNetworks => "confirm_networks",
            Self::DataCenter => "data_center",
            Self::PerMinute => "messages_per_minute",
            Self::PerDay => "messages_per_day",
            Self::Expires => "expires",
            Self::SilentAfter => "silent_after_hours",
            Self::AllowedFrom => "allowed_from",
            Self::OtherFrom => "other_from",
            Self::DisplayName => "display_name",
            Self::DefaultFrom => "default_from",
            Self::NullSender => "null_sender",
            Self::AllowedRecipients => "allowed_recipients",
            Self::ReadMailbox => "read_mailbox",
        }
    }

    /// Returns the maximum of a number. The minimum is 1.
    pub fn max_value(self) -> u32 {
        match self {
            Self::PerMinute => 100_000,
            Self::SilentAfter => 8_760,
            _ => 100_000_000,
        }
    }
}

/// Form about a sender. Browsers do not send checkboxes that are off. Lists have one entry per line;
/// commas and semicolons separate entries as well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SenderForm {
    /// Name of the sender.
    pub name: String,
    /// `on` if the sender has SMTP credentials.
    pub credentials: String,
    /// User name of the SMTP credentials. Empty for one that is derived from the name.
    pub user: String,
    /// Addresses and networks.
    pub networks: String,
    /// `on` if networks may be reachable from the internet, or an address may be that of a gateway.
    pub confirm_networks: String,
    /// ID of the data center. Empty means the default one.
    pub data_center: String,
    /// Number of messages. Empty means no limit.
    pub messages_per_minute: String,
    /// Number of messages. Empty means no limit.
    pub messages_per_day: String,
    /// Last day on which the sender is valid. Empty means that it does not expire.
    pub expires: String,
    /// Number of hours. Empty means that silence raises no alert.
    pub silent_after_hours: String,
    /// Addresses and domains. Empty for those that the data center allows.
    pub allowed_from: String,
    /// Code of [`OtherFrom`]. Empty means `reject`.
    pub other_from: String,
    /// Display name. Empty keeps that of the message.
    pub display_name: String,
    /// From address. Empty for that of the data center.
    pub default_from: String,
    /// Code of [`NullSender`]. Empty means `map`.
    pub null_sender: String,
    /// Domains of recipients. Empty for all.
    pub allowed_recipients: String,
    /// `on` if the sender may read the mailbox of the data center over IMAP.
    pub read_mailbox: String,
}

/// Validated input for a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSender {
    /// Name of the sender.
    pub name: SenderName,
    /// True if the sender has SMTP credentials.
    pub credentials: bool,
    /// The chosen user name, if any.
    pub user: Option<SenderUser>,
    /// Data center that its mail is sent from.
    pub data_center: DataCenterId,
    /// Everything else.
    pub settings: SenderSettings,
}

type Errors = FormErrors<SenderField, SenderFormError>;

impl SenderForm {
    /// Maximum number of entries of a list.
    pub const MAX_ENTRIES: usize = 500;

    /// Parses the form. `now` is the current time, before which no sender may expire.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse(&self, now: UnixTime) -> Result<NewSender, Errors> {
        let mut errors = Errors::default();
        let name = errors.check(SenderField::Name, SenderName::parse(&self.name));
        let user = errors.check(SenderField::User, self.user()).flatten();
        let networks = errors.check(SenderField::Networks, self.networks());
        let data_center = match self.data_center.trim() {
            "" => Some(DataCenterId::default()),
            id => errors.check(SenderField::DataCenter, DataCenterId::parse(id)),
        };
        let limits = SenderLimits {
            per_minute: number(
                SenderField::PerMinute,
                &self.messages_per_minute,
                &mut errors,
            ),
            per_day: number(SenderField::PerDay, &self.messages_per_day, &mut errors),
        };
        let expires_at = errors
            .check(SenderField::Expires, self.expires_at(now))
            .flatten();
        let silent_after_hours = number(
            SenderField::SilentAfter,
            &self.silent_after_hours,
            &mut errors,
        );
        let rules = self.rules(&mut errors);
        // The address alone would let every program on a device read and delete mail.
        if !self.read_mailbox.is_empty() && self.credentials.is_empty() {
            errors.add(SenderField::ReadMailbox, SenderFormError::NeedsPassword);
        }
        match (name, networks, data_center, rules) {
            (Some(name), Some(networks), Some(data_center), Some(rules)) if errors.is_empty() => {
                Ok(NewSender {
                    name,
                    credentials: !self.credentials.is_empty(),
                    user,
                    data_center,
                    settings: SenderSettings {
                        networks_confirmed: !self.confirm_networks.is_empty()
                            && !networks.is_empty(),
                        networks,
                        limits,
                        expires_at,
                        silent_after_hours,
                        rules,
                        read_mailbox: !self.read_mailbox.is_empty(),
                    },
                })
            }
            _ => Err(errors),
        }
    }

    fn user(&self) -> Result<Option<SenderUser>, SenderFormError> {
        if self.user.trim().is_empty() {
            return Ok(None);
        }
        let user = SenderUser::parse(&self.user);
        user.map(Some).ok_or(SenderFormError::NotAUserName)
    }

    fn networks(&self) -> Result<Vec<Network>, SenderFormError> {
        let networks = list(&self.networks, Network::parse)?;
        let is_confirmed = !self.confirm_networks.is_empty();
        if is_confirmed || networks.iter().all(|network| network.is_private()) {
            Ok(networks)
        } else {
            Err(SenderFormError::NetworkNotPrivate)
        }
    }

    fn expires_at(&self, now: UnixTime) -> Result<Option<UnixTime>, SenderFormError> {
        let day = self.expires.trim();
        if day.is_empty() {
            return Ok(None);
        }
        let end = UnixTime::of_day(day).ok_or(SenderFormError::NotADate)?;
        let end = end.plus(86_400);
        if end > now {
            Ok(Some(end))
        } else {
            Err(SenderFormError::InThePast)
        }
    }

    fn rules(&self, errors: &mut Errors) -> Option<SenderRules> {
        let allowed_from = list(&self.allowed_from, AllowedFrom::parse);
        let allowed_from = errors.check(SenderField::AllowedFrom, allowed_from);
        let other_from = choice(&self.other_from, OtherFrom::Reject, OtherFrom::from_code);
        let other_from = errors.check(SenderField::OtherFrom, other_from);
        let display_name = match self.display_name.trim() {
            "" => Some(None),
            name => errors
                .check(SenderField::DisplayName, one_line(name, 128))
                .map(Some),
        };
        let default_from = match self.default_from.trim() {
            "" => Some(None),
            from => errors
                .check(SenderField::DefaultFrom, FromAddress::parse(from))
                .map(Some),
        };
        let null_sender = choice(&self.null_sender, NullSender::Map, NullSender::from_code);
        let null_sender = errors.check(SenderField::NullSender, null_sender);
        let domain = |text: &str| {
            let host = Host::parse(text.strip_prefix('@').unwrap_or(text));
            host.ok()
                .filter(|host| host.ip().is_none())
                .ok_or(SenderFormError::NotADomain)
        };
        let allowed_recipients = list(&self.allowed_recipients, domain);
        let allowed_recipients = errors.check(SenderField::AllowedRecipients, allowed_recipients);
        Some(SenderRules {
            allowed_from: allowed_from?,
            other_from: other_from?,
            display_name: display_name?,
            default_from: default_from?,
            null_sender: null_sender?,
            allowed_recipients: allowed_recipients?,
        })
    }
}

/// Parses a list and removes repeated entries.
fn list<T: PartialEq, E: Into<SenderFormError>>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, SenderFormError> {
    let mut entries = Vec::new();
    for text in split_outside_quotes(text, &['\n', '\r', ',', ';']) {
        let entry = parse(text).map_err(Into::into)?;
        if !entries.contains(&entry) {
            entries.push(entry);
        }
        if entries.len() > SenderForm::MAX_ENTRIES {
            return Err(SenderFormError::TooLong);
        }
    }
    Ok(entries)
}

fn choice<T>(
    code: &str,
    default: T,
    from_code: impl Fn(&str) -> Option<T>,
) -> Result<T, SenderFormError> {
    match code.trim() {
        "" => Ok(default),
        code => from_code(code).ok_or(SenderFormError::UnknownChoice),
    }
}

fn number(field: SenderField, text: &str, errors: &mut Errors) -> Option<u32> {
    if text.trim().is_empty() {
        return None;
    }
    errors.check(field, whole(text, 1..=field.max_value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_795_465_380);

    fn form(change: impl FnOnce(&mut SenderForm)) -> SenderForm {
        let mut form = SenderForm {
            name: "Printer".into(),
            ..SenderForm::default()
        };
        change(&mut form);
        form
    }

    fn error(field: SenderField, change: impl FnOnce(&mut SenderForm)) -> SenderFormError {
        let errors = form(change).parse(NOW).unwrap_err();
        assert_eq!(errors.iter().count(), 1);
        errors.get(field).unwrap()
    }

    #[test]
    fn a_name_is_enough_and_the_rest_has_defaults() {
        let sender = form(|_| {}).parse(NOW).unwrap();
        assert_eq!(sender.data_center, DataCenterId::default());
        assert_eq!(sender.settings, SenderSettings::default());
        assert!(!sender.credentials);
        let errors = SenderForm::default().parse(NOW).unwrap_err();
        assert_eq!(
            errors.get(SenderField::Name),
            Some(SenderFormError::Required)
        );
    }

    #[test]
    fn networks_that_are_not_private_need_a_confirmation_and_every_address_is_refused() {
        let private = form(|form| form.networks = "192.168.1.0/24\n10.0.0.7, fd00::/8".into());
        assert_eq!(private.parse(NOW).unwrap().settings.networks.len(), 3);
        for public in ["198.51.100.7", "192.168.1.1\n2001:db8::/32", "128.0.0.0/1"] {
            let found = error(SenderField::Networks, |form| form.networks = public.into());
            assert_eq!(found, SenderFormError::NetworkNotPrivate, "{public}");
            let confirmed = form(|form| {
                form.networks = public.into();
                form.confirm_networks = "on".into();
            });
            assert!(confirmed.parse(NOW).is_ok(), "{public}");
        }
        for every in ["0.0.0.0/0", "::/0"] {
            let found = error(SenderField::Networks, |form| {
                form.networks = every.into();
                form.confirm_networks = "on".into();
            });
            assert_eq!(found, SenderFormError::EveryAddress);
        }
    }

    #[test]
    fn all_fields_are_read() {
        let parsed = form(|form| {
            form.credentials = "on".into();
            form.user = "Printer1".into();
            form.data_center = "eu".into();
            form.messages_per_minute = "10".into();
            form.messages_per_day = "1000".into();
            form.expires = "2026-11-23".into();
            form.silent_after_hours = " 8760 ".into();
            form.allowed_from = "example.com; alerts@example.org".into();
            form.other_from = "rewrite".into();
            form.display_name = "Printer, 2nd floor".into();
            form.default_from = "Printer <printer@example.com>".into();
            form.null_sender = "reject".into();
            form.allowed_recipients = "example.com\n@example.org\nexample.com".into();
            form.read_mailbox = "on".into();
        });
        let parsed = parsed.parse(NOW).unwrap();
        assert!(parsed.credentials);
        assert_eq!(parsed.user.unwrap().as_str(), "printer1");
        assert_eq!(parsed.data_center.as_str(), "eu");
        let SenderSettings {
            limits,
            expires_at,
            silent_after_hours,
            rules,
            read_mailbox,
            ..
        } = parsed.settings;
        assert!(read_mailbox);
        assert_eq!((limits.per_minute, limits.per_day), (Some(10), Some(1_000)));
        assert_eq!(expires_at.unwrap().rfc3339(), "2026-11-24T00:00:00Z");
        assert_eq!(silent_after_hours, Some(8_760));
        assert_eq!(rules.allowed_from.len(), 2);
        assert_eq!(rules.other_from, OtherFrom::Rewrite);
        assert_eq!(rules.display_name.as_deref(), Some("Printer, 2nd floor"));
        assert_eq!(
            rules.default_from.unwrap().address.as_str(),
            "printer@example.com"
        );
        assert_eq!(rules.null_sender, NullSender::Reject);
        assert_eq!(rules.allowed_recipients.len(), 2);
    }

    #[test]
    fn each_mistake_is_reported_at_its_field() {
        use SenderField as Field;
        use SenderFormError as Error;
        let found = error(Field::User, |form| form.user = "a b".into());
        assert_eq!(found, Error::NotAUserName);
        let found = error(Field::PerMinute, |form| {
            form.messages_per_minute = "0".into();
        });
        assert_eq!(found, Error::NotANumber);
        for hours in ["0", "8761", "1.5", "-1", "soon"] {
            let found = error(Field::SilentAfter, |form| {
                form.silent_after_hours = hours.into();
            });
            assert_eq!(found, Error::NotANumber, "{hours}");
        }
        let found = error(Field::Expires, |form| form.expires = "2026-11-22".into());
        assert_eq!(found, Error::InThePast);
        let found = error(Field::Expires, |form| form.expires = "soon".into());
        assert_eq!(found, Error::NotADate);
        let found = error(Field::AllowedFrom, |form| form.allowed_from = "a b".into());
        assert_eq!(found, Error::NotAnAddress);
        let found = error(Field::OtherFrom, |form| form.other_from = "x".into());
        assert_eq!(found, Error::UnknownChoice);
        let found = error(Field::DisplayName, |form| form.display_name = "a\nb".into());
        assert_eq!(found, Error::ControlCharacter);
        let found = error(Field::DefaultFrom, |form| form.default_from = "a".into());
        assert_eq!(found, Error::NotAnAddress);
        let found = error(Field::NullSender, |form| form.null_sender = "x".into());
        assert_eq!(found, Error::UnknownChoice);
        let found = error(Field::AllowedRecipients, |form| {
            form.allowed_recipients = "a@b.c".into();
        });
        assert_eq!(found, Error::NotADomain);
        let found = error(Field::ReadMailbox, |form| form.read_mailbox = "on".into());
        assert_eq!(found, Error::NeedsPassword);
    }
}
