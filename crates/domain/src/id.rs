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
            /// Returns the ID that consists of these bytes, as hexadecimal digits.
            pub fn from_bytes<const BYTES: usize>(bytes: [u8; BYTES]) -> Self {
                const { assert!(1 <= BYTES && BYTES <= 32, "parsing it must succeed") };
                let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
                let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                Self(digits.map(digit).collect())
            }

            /// Parses an ID of 1 to 64 letters, digits, hyphens, and underscores.
            ///
            /// # Errors
            /// If the length is wrong, or there is any other character.
            pub fn parse(text: &str) -> Result<Self, $crate::InvalidId> {
                let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                if (1..=64).contains(&text.len()) && text.bytes().all(is_allowed) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::InvalidId)
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
