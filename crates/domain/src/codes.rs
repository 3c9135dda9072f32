//! Enums whose values have codes, and conversions between those that are errors.

/// Declares an enum whose values have codes, used in the database, in forms, in the API, and in
/// URLs.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
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
    };
}
pub(crate) use codes;

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
