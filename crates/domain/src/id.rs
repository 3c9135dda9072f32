//! Random identifiers.

/// Declares an identifier: random but not secret, because it does not grant access.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Parses an ID of 1 to 64 letters, digits, hyphens, and underscores.
            ///
            /// # Errors
            /// `UnknownChoice`.
            pub fn parse(text: &str) -> Result<Self, $crate::FieldError> {
                let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                if (1..=64).contains(&text.len()) && text.bytes().all(good) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::FieldError::UnknownChoice)
                }
            }

            /// Returns the ID as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

pub(crate) use random_id;
