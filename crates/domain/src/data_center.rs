//! Data centers: named sets of SMTP settings.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    TextError, UnknownDataCenter,
    codes::{codes, errors_include},
    one_line::one_line,
};

/// ID of a data center in URLs and in the database. It stays the same when the data center is
/// renamed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataCenterId(String);

impl DataCenterId {
    /// ID of the data center that every installation starts with.
    pub const DEFAULT: &str = "default";

    /// Parses an ID of 1 to 64 lower-case letters, digits, and hyphens.
    ///
    /// # Errors
    /// `UnknownDataCenter`.
    pub fn parse(text: &str) -> Result<Self, UnknownDataCenter> {
        let is_allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnknownDataCenter)
        }
    }

    /// Derives an ID from a name by replacing everything but letters and digits with hyphens.
    /// `number` distinguishes names that would result in the same ID.
    pub fn from_name(name: &DataCenterName, number: usize) -> Self {
        let mut slug = String::new();
        for character in name.as_str().chars() {
            if character.is_ascii_alphanumeric() {
                slug.push(character.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(48);
        let slug = slug.trim_matches('-');
        let slug = if slug.is_empty() { "data-center" } else { slug };
        Self(if number == 0 {
            slug.to_owned()
        } else {
            format!("{slug}-{}", number + 1)
        })
    }

    /// Returns the ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true for the data center that every installation starts with.
    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }
}

impl Default for DataCenterId {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl fmt::Display for DataCenterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Display name of a data center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataCenterName(String);

impl DataCenterName {
    /// Parses a name of 1 to 64 characters. Surrounding white space is removed.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `ControlCharacter`.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        one_line(typed, 64).map(Self)
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the lower-case name, which must be unique among all data centers.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for DataCenterName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Data center: a name that SMTP settings belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCenter {
    /// Stable ID.
    pub id: DataCenterId,
    /// Display name.
    pub name: DataCenterName,
}

codes! {
    /// Reason why a data center was not added, renamed, or removed.
    DataCenterFormError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The name is already in use.
        NameTaken = "name_taken",
        /// The data center has settings, so it cannot be removed.
        DataCenterInUse = "data_center_in_use",
        /// The data center has waiting mail, so it cannot be removed.
        DataCenterHasMail = "data_center_has_mail",
        /// The default data center cannot be removed.
        DataCenterIsDefault = "data_center_is_default",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
    }
}

errors_include! {
    DataCenterFormError:
    TextError { Required, TooLong, ControlCharacter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_an_id_from_a_name() {
        for (name, number, id) in [
            ("Frankfurt 2", 0, "frankfurt-2"),
            ("Frankfurt 2", 1, "frankfurt-2-2"),
            ("  Île-de-France ", 0, "le-de-france"),
            ("東京", 0, "data-center"),
        ] {
            let id_made = DataCenterId::from_name(&DataCenterName::parse(name).unwrap(), number);
            assert_eq!(id_made.as_str(), id);
            assert_eq!(DataCenterId::parse(id), Ok(id_made));
        }
    }

    #[test]
    fn refuses_names_and_ids_that_are_none() {
        assert_eq!(DataCenterName::parse("  "), Err(TextError::Required));
        assert_eq!(
            DataCenterName::parse("a\nb"),
            Err(TextError::ControlCharacter)
        );
        assert_eq!(
            DataCenterName::parse(&"x".repeat(65)),
            Err(TextError::TooLong)
        );
        for id in ["", "Default", "a b", "../x", &"x".repeat(65)] {
            assert_eq!(DataCenterId::parse(id), Err(UnknownDataCenter), "{id}");
        }
    }
}
