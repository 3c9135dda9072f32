//! The form about a sender with the values of one that exists.

use super::{Sender, SenderField, SenderForm, SenderRules, SenderSettings, SenderUser};

impl SenderForm {
    /// Returns the form with the values of a sender.
    pub fn of(sender: &Sender) -> Self {
        // All fields are named, so that a new one is not forgotten here.
        let SenderSettings {
            networks,
            networks_confirmed,
            limits,
            expires_at,
            silent_after_hours,
            rules,
            read_mailbox,
        } = &sender.settings;
        let SenderRules {
            allowed_from,
            other_from,
            display_name,
            default_from,
            null_sender,
            allowed_recipients,
        } = rules;
        let user = sender.user.as_ref().map(SenderUser::as_str);
        Self {
            name: sender.name.to_string(),
            credentials: switch(user.is_some()),
            user: user.unwrap_or_default().to_owned(),
            networks: lines(networks),
            confirm_networks: switch(*networks_confirmed),
            data_center: sender.data_center.to_string(),
            messages_per_minute: optional(limits.per_minute),
            messages_per_day: optional(limits.per_day),
            // It expires at the end of its last day.
            expires: optional(expires_at.map(|end| end.plus(-1).date())),
            silent_after_hours: optional(*silent_after_hours),
            allowed_from: lines(allowed_from),
            other_from: other_from.code().to_owned(),
            display_name: display_name.clone().unwrap_or_default(),
            default_from: optional(default_from.as_ref()),
            null_sender: null_sender.code().to_owned(),
            allowed_recipients: lines(allowed_recipients),
            read_mailbox: switch(*read_mailbox),
        }
    }

    /// Returns the text of a field.
    pub fn text(&self, field: SenderField) -> &str {
        match field {
            SenderField::Name => &self.name,
            SenderField::Credentials => &self.credentials,
            SenderField::User => &self.user,
            SenderField::Networks => &self.networks,
            SenderField::ConfirmNetworks => &self.confirm_networks,
            SenderField::DataCenter => &self.data_center,
            SenderField::PerMinute => &self.messages_per_minute,
            SenderField::PerDay => &self.messages_per_day,
            SenderField::Expires => &self.expires,
            SenderField::SilentAfter => &self.silent_after_hours,
            SenderField::AllowedFrom => &self.allowed_from,
            SenderField::OtherFrom => &self.other_from,
            SenderField::DisplayName => &self.display_name,
            SenderField::DefaultFrom => &self.default_from,
            SenderField::NullSender => &self.null_sender,
            SenderField::AllowedRecipients => &self.allowed_recipients,
            SenderField::ReadMailbox => &self.read_mailbox,
        }
    }
}

fn switch(is_on: bool) -> String {
    if is_on { "on" } else { "" }.to_owned()
}

fn optional<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn lines<T: ToString>(list: &[T]) -> String {
    let lines: Vec<_> = list.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DataCenterId, SenderId, SenderName, UnixTime};

    const NOW: UnixTime = UnixTime(1_795_465_380);

    #[test]
    fn the_form_of_a_sender_leads_to_the_same_sender() {
        let typed = SenderForm {
            name: "Printer".into(),
            credentials: "on".into(),
            user: "printer1".into(),
            networks: "192.168.1.0/24\n198.51.100.7".into(),
            confirm_networks: "on".into(),
            data_center: "eu".into(),
            messages_per_minute: "10".into(),
            messages_per_day: "1000".into(),
            expires: "2026-11-30".into(),
            silent_after_hours: "24".into(),
            allowed_from: "example.com\nalerts@example.org".into(),
            other_from: "rewrite".into(),
            display_name: "Printer, 2nd floor".into(),
            default_from: "Printer <printer@example.com>".into(),
            null_sender: "reject".into(),
            allowed_recipients: "example.com\nexample.org".into(),
            read_mailbox: "on".into(),
        };
        let parsed = typed.parse(NOW).unwrap();
        let sender = Sender {
            id: SenderId::parse("a").unwrap(),
            name: parsed.name,
            user: parsed.user,
            data_center: parsed.data_center,
            settings: parsed.settings,
            passwords: Vec::new(),
            created_at: NOW,
            last_seen_at: None,
            accepted: 0,
            rejected: 0,
        };
        assert_eq!(SenderForm::of(&sender), typed);
        for field in SenderField::ALL {
            assert_ne!(typed.text(*field), "", "{field:?}");
        }

        let sender = Sender {
            name: SenderName::parse("Scanner").unwrap(),
            user: None,
            data_center: DataCenterId::default(),
            settings: SenderSettings::default(),
            ..sender
        };
        let parsed = SenderForm::of(&sender).parse(NOW).unwrap();
        assert_eq!(parsed.settings, sender.settings);
        assert!(!parsed.credentials && parsed.user.is_none());
    }
}
