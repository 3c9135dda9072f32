//! Data centers: named places that mail is sent from.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FieldError, one_line::one_line};

/// Names a data center in URLs and in the database; it stays when the data center is renamed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataCenterId(String);

impl DataCenterId {
    /// The id of the data center that exists from the start.
    pub const DEFAULT: &str = "default";

    /// Reads an id: 1 to 64 lower-case letters, digits and hyphens.
    ///
    /// # Errors
    /// `UnknownDataCenter`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::UnknownDataCenter)
        }
    }

    /// An id made from a name: its letters and digits, the rest hyphens; `number` tells apart names that
    /// would give the same id.
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

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the data center that exists from the start.
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

/// The name of a data center as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataCenterName(String);

impl DataCenterName {
    /// Reads a name of 1 to 64 characters; white space around it goes.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `ControlCharacter`.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        one_line(typed, 64).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What has to differ between two data centers: the name without regard to case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for DataCenterName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A named place mail is sent from; each has its own SMTP settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCenter {
    /// Its id.
    pub id: DataCenterId,
    /// Its name.
    pub name: DataCenterName,
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
        assert_eq!(DataCenterName::parse("  "), Err(FieldError::Required));
        assert_eq!(
            DataCenterName::parse("a\nb"),
            Err(FieldError::ControlCharacter)
        );
        assert_eq!(
            DataCenterName::parse(&"x".repeat(65)),
            Err(FieldError::TooLong)
        );
        for id in ["", "Default", "a b", "../x", &"x".repeat(65)] {
            assert_eq!(
                DataCenterId::parse(id),
                Err(FieldError::UnknownDataCenter),
                "{id}"
            );
        }
    }
}
