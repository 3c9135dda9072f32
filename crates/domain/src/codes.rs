//! Enums whose values have codes, and conversions between those that are errors.

use std::fmt;

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// Declares an enum whose values have codes, used in the database, in forms, in the API, and in
/// URLs.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize,
        )]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the code of the value.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Returns the value of a code, or `None` if the code is unknown.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        // Derived, it would be a parser of its own for each enum, which is a large part of the WASM.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const CODES: &[&str] = &[$($code,)*];
                let index = $crate::codes::read_index(deserializer, CODES)?;
                let value = Self::ALL.get(index).copied();
                value.ok_or_else(|| serde::de::Error::custom("unknown code"))
            }
        }
    };
}
pub(crate) use codes;

/// Reads a code and returns its index among `codes`.
pub(crate) fn read_index<'de, D: Deserializer<'de>>(
    deserializer: D,
    codes: &'static [&'static str],
) -> Result<usize, D::Error> {
    deserializer.deserialize_str(CodeVisitor { codes })
}

struct CodeVisitor {
    codes: &'static [&'static str],
}

impl Visitor<'_> for CodeVisitor {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code")
    }

    fn visit_str<E: Error>(self, code: &str) -> Result<usize, E> {
        let index = self.codes.iter().position(|known| *known == code);
        index.ok_or_else(|| E::unknown_variant(code, self.codes))
    }
}

/// Converts errors of values into an error that has cases of the same names. Errors without cases
/// follow after a semicolon, each with the case that it becomes.
macro_rules! errors_include {
    (
        $error:ident:
        $($value:ident { $($case:ident),+ $(,)? })*
        $(; $($unit:ident => $unit_case:ident),+)?
    ) => {
        $(impl From<$value> for $error {
            fn from(error: $value) -> Self {
                match error { $($value::$case => Self::$case,)+ }
            }
        })*
        $($(impl From<$unit> for $error {
            fn from(_: $unit) -> Self {
                Self::$unit_case
            }
        })+)?
    };
}
pub(crate) use errors_include;
