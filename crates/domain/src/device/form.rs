//! Unchecked input of the guide that adds a device.

use serde::{Deserialize, Serialize};

use super::DeviceKind;
use crate::{FormErrors, SenderField, SenderForm, SenderFormError, codes::codes};

codes! {
    /// The way a new device is recognized.
    SignInWay {
        /// By a user name and a password.
        Password = "password",
        /// By its address.
        Address = "address",
    }
}

/// Field of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceField {
    /// Name of the sender.
    Name,
    /// Data center.
    DataCenter,
    /// The way it is recognized.
    SignIn,
    /// Addresses and networks.
    Networks,
    /// Checkbox: networks may be reachable from the internet.
    ConfirmNetworks,
    /// From address.
    From,
}

impl DeviceField {
    /// Returns the name of the input.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::DataCenter => "data_center",
            Self::SignIn => "sign_in",
            Self::Networks => "networks",
            Self::ConfirmNetworks => "confirm_networks",
            Self::From => "default_from",
        }
    }

    /// Returns the field of a sender that this field fills in.
    pub fn sender_field(self) -> SenderField {
        match self {
            Self::Name => SenderField::Name,
            Self::DataCenter => SenderField::DataCenter,
            Self::SignIn => SenderField::Credentials,
            Self::Networks => SenderField::Networks,
            Self::ConfirmNetworks => SenderField::ConfirmNetworks,
            Self::From => SenderField::DefaultFrom,
        }
    }

    /// Returns the field that explains an error of a sender. The user name is derived from the name.
    fn of(field: SenderField) -> Self {
        match field {
            SenderField::DataCenter => Self::DataCenter,
            SenderField::Networks => Self::Networks,
            SenderField::ConfirmNetworks => Self::ConfirmNetworks,
            SenderField::DefaultFrom => Self::From,
            SenderField::Credentials => Self::SignIn,
            _ => Self::Name,
        }
    }
}

/// Form of the guide. Browsers do not send checkboxes that are off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceForm {
    /// Code of the [`DeviceKind`].
    pub kind: String,
    /// Name of the sender.
    pub name: String,
    /// ID of the data center. Empty means the default one.
    pub data_center: String,
    /// Code of the [`SignInWay`]. Empty means `password`.
    pub sign_in: String,
    /// Addresses and networks.
    pub networks: String,
    /// `on` if networks may be reachable from the internet.
    pub confirm_networks: String,
    /// From address. Empty for that of the data center.
    pub default_from: String,
}

type Errors = FormErrors<DeviceField, SenderFormError>;

impl DeviceForm {
    /// Returns the kind. An unknown one is `Other`.
    pub fn kind(&self) -> DeviceKind {
        DeviceKind::from_code(&self.kind).unwrap_or(DeviceKind::Other)
    }

    /// Returns how the device is recognized.
    pub fn sign_in(&self) -> SignInWay {
        SignInWay::from_code(&self.sign_in).unwrap_or(SignInWay::Password)
    }

    /// Returns the values by the names of their inputs.
    pub fn values(&self) -> [(&'static str, &str); 6] {
        [
            (DeviceField::Name.name(), &self.name),
            (DeviceField::DataCenter.name(), &self.data_center),
            (DeviceField::SignIn.name(), &self.sign_in),
            (DeviceField::Networks.name(), &self.networks),
            (DeviceField::ConfirmNetworks.name(), &self.confirm_networks),
            (DeviceField::From.name(), &self.default_from),
        ]
    }

    /// Returns the form of the sender, with the rules for its kind. `own_from` is the From address
    /// of its data center; a sender with the same one follows its changes.
    ///
    /// # Errors
    /// `Required` at the networks of a device that is known by its address, and at the From address
    /// if the data center has none.
    pub fn sender(&self, own_from: Option<&str>) -> Result<SenderForm, Errors> {
        let by_address = self.sign_in() == SignInWay::Address;
        if by_address && self.networks.trim().is_empty() {
            let required = SenderFormError::Required;
            return Err(FormErrors::one(DeviceField::Networks, required));
        }
        let from = self.default_from.trim();
        if from.is_empty() && own_from.is_none() {
            let required = SenderFormError::Required;
            return Err(FormErrors::one(DeviceField::From, required));
        }
        let from = if own_from == Some(from) { "" } else { from };
        let only = |is_used: bool, text: &str| {
            if is_used {
                text.to_owned()
            } else {
                String::new()
            }
        };
        Ok(SenderForm {
            name: self.name.clone(),
            credentials: only(!by_address, "on"),
            networks: only(by_address, &self.networks),
            confirm_networks: only(by_address, &self.confirm_networks),
            data_center: self.data_center.clone(),
            other_from: self.kind().other_from().code().to_owned(),
            default_from: from.to_owned(),
            ..SenderForm::default()
        })
    }

    /// Returns the errors of the sender at the fields of this form.
    pub fn errors(errors: &FormErrors<SenderField, SenderFormError>) -> Errors {
        let mut own = Errors::default();
        for (field, error) in errors.iter() {
            own.add(DeviceField::of(field), error);
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OtherFrom, UnixTime};

    fn form() -> DeviceForm {
        DeviceForm {
            kind: "printer".into(),
            name: "Printer".into(),
            networks: "192.168.1.20".into(),
            default_from: "Office <office@example.com>".into(),
            ..DeviceForm::default()
        }
    }

    #[test]
    fn the_sender_gets_the_rules_of_its_kind() {
        let own = "Office <office@example.com>";
        let sender = form().sender(Some(own)).unwrap();
        let sender = sender.parse(UnixTime(0)).unwrap();
        assert!(sender.credentials);
        // A device with a password is not also known by an address that was typed before.
        assert_eq!(sender.settings.networks, []);
        assert_eq!(sender.settings.rules.other_from, OtherFrom::Rewrite);
        assert_eq!(sender.settings.rules.default_from, None);
        let other = form().sender(Some("other@example.com")).unwrap();
        assert_eq!(other.default_from, own);
    }

    #[test]
    fn a_device_that_does_not_sign_in_needs_its_address() {
        let by_address = DeviceForm {
            sign_in: "address".into(),
            ..form()
        };
        let sender = by_address.sender(None).unwrap();
        assert_eq!(
            (&*sender.credentials, &*sender.networks),
            ("", "192.168.1.20")
        );
        let without = DeviceForm {
            networks: " ".into(),
            ..by_address
        };
        let errors = without.sender(None).unwrap_err();
        let required = Some(SenderFormError::Required);
        assert_eq!(errors.get(DeviceField::Networks), required);
    }

    #[test]
    fn the_from_address_may_be_empty_only_if_the_data_center_has_one() {
        let empty = DeviceForm {
            default_from: String::new(),
            ..form()
        };
        assert!(empty.sender(Some("office@example.com")).is_ok());
        let errors = empty.sender(None).unwrap_err();
        assert_eq!(
            errors.get(DeviceField::From),
            Some(SenderFormError::Required)
        );
    }
}
