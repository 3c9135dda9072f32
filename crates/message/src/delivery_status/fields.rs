//! The fields of a delivery status, grouped by recipient (RFC 3464 §2.1).

use domain::untrusted::is_displayable;

use super::MAX_TEXT;

/// Fields that name the recipient.
const NAMES: [&str; 2] = ["original-recipient", "final-recipient"];
/// Fields that are only about a recipient. The first one ends the fields about the message.
const ABOUT_RECIPIENT: [&str; 6] = [
    "original-recipient",
    "final-recipient",
    "action",
    "status",
    "diagnostic-code",
    "remote-mta",
];

/// The fields of a delivery status.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// The fields about the message.
    pub(super) message: Group,
    /// The fields about each recipient.
    pub(super) recipients: Vec<Group>,
}

/// Fields with names in lower case and unfolded values.
#[derive(Debug, Default)]
pub(super) struct Group(Vec<(String, String)>);

impl Fields {
    /// Reads the fields. Empty lines should separate the groups, but some servers leave them out,
    /// fill them with spaces, or write them within a group.
    pub(super) fn parse(text: &str) -> Self {
        let mut all = Self::default();
        let mut is_after_gap = false;
        let mut is_field = false;
        for line in text.lines() {
            let clean: String = line
                .chars()
                .map(|c| if is_displayable(c) { c } else { ' ' })
                .take(MAX_TEXT)
                .collect();
            if clean.trim().is_empty() {
                (is_after_gap, is_field) = (true, false);
            } else if clean.starts_with(' ') && is_field {
                all.last().fold(clean.trim());
            } else if let Some((name, value)) = clean.split_once(':') {
                let name = name.trim().to_ascii_lowercase();
                if all.begins_group(&name, is_after_gap) {
                    all.recipients.push(Group::default());
                }
                all.last().0.push((name, value.trim().to_owned()));
                (is_after_gap, is_field) = (false, true);
            }
        }
        all
    }

    fn last(&mut self) -> &mut Group {
        self.recipients.last_mut().unwrap_or(&mut self.message)
    }

    /// Returns true if a field is the first one about another recipient.
    fn begins_group(&self, name: &str, is_after_gap: bool) -> bool {
        let Some(last) = self.recipients.last() else {
            return ABOUT_RECIPIENT.contains(&name);
        };
        let is_complete = NAMES.iter().any(|name| last.has(name)) && last.has("action");
        let is_name = NAMES.contains(&name);
        let follows_name = last
            .0
            .last()
            .is_some_and(|(last, _)| NAMES.contains(&last.as_str()));
        let is_second = last.has(name) && (is_name || name == "action");
        is_second || is_complete && (is_after_gap || is_name && !follows_name)
    }
}

impl Group {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    fn fold(&mut self, line: &str) {
        if let Some((_, value)) = self.0.last_mut()
            && value.chars().count() < MAX_TEXT
        {
            value.push(' ');
            value.push_str(line);
        }
    }

    /// Returns names and values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter();
        fields.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the first field with this name, or an empty value if there is none.
    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Returns a value after its type: `smtp;`, `rfc822;`, or `dns;`.
    pub(super) fn typed(&self, name: &str) -> &str {
        untyped(self.value(name))
    }

    /// Returns the status code.
    pub(super) fn status(&self) -> &str {
        let mut words = self.value("status").split_whitespace();
        words.next().unwrap_or_default()
    }
}

/// Removes the type before a value. Only a single word before a semicolon is a type.
pub(super) fn untyped(value: &str) -> &str {
    let typed = value.split_once(';');
    let typed = typed.filter(|(kind, _)| !kind.trim().contains([' ', '"', '@']));
    typed.map_or(value, |(_, rest)| rest).trim()
}
