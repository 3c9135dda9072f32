//! Macro that declares a form and its fields in one table.

use crate::TypedSecret;

/// Declares a form: a struct with the typed values, an enum of its fields, their names, and access
/// to a value by its field.
///
/// The first part lists values that are not fields. Each row of the second part is `name: Type =
/// Variant, mandatory|optional`. The name is used everywhere: in the form, the database, and the
/// audit.
macro_rules! form_table {
    (
        $(#[$form_doc:meta])* $form:ident { $($(#[$extra_doc:meta])* $extra:ident: $extra_type:ty,)* }
        $(#[$field_doc:meta])* $field:ident {
            $($(#[$doc:meta])* $name:ident: $type:ty = $variant:ident, $presence:ident;)*
        }
    ) => {
        $(#[$form_doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $form {
            $($(#[$extra_doc])* pub $extra: $extra_type,)*
            $($(#[$doc])* pub $name: $type,)*
        }

        $(#[$field_doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $field { $($(#[$doc])* $variant,)* }

        impl $field {
            /// Every field, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the name that the field has in the form, in the database, and in the audit.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name),)* }
            }

            /// Returns true if the field must not be empty while its section is switched on.
            pub fn is_mandatory(self) -> bool {
                match self { $(Self::$variant => $crate::smtp_form::table::is_mandatory!($presence),)* }
            }
        }

        impl $form {
            /// Returns the value of a field.
            pub fn value(&self, field: $field) -> $crate::smtp_form::FieldValue<'_> {
                match field { $($field::$variant => (&self.$name).into(),)* }
            }

            /// Returns the value of a field, to change it.
            pub fn value_mut(&mut self, field: $field) -> $crate::smtp_form::FieldValueMut<'_> {
                match field { $($field::$variant => (&mut self.$name).into(),)* }
            }
        }
    };
}
pub(super) use form_table;

macro_rules! is_mandatory {
    (mandatory) => {
        true
    };
    (optional) => {
        false
    };
}
pub(super) use is_mandatory;

/// Value of a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldValue<'a> {
    /// Text, or the code of a choice.
    Text(&'a str),
    /// Switch that is on or off.
    Switch(bool),
    /// Typed secret.
    Secret(&'a TypedSecret),
}

impl<'a> From<&'a String> for FieldValue<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<&bool> for FieldValue<'_> {
    fn from(is_on: &bool) -> Self {
        Self::Switch(*is_on)
    }
}

impl<'a> From<&'a TypedSecret> for FieldValue<'a> {
    fn from(secret: &'a TypedSecret) -> Self {
        Self::Secret(secret)
    }
}

/// Mutable value of a field.
#[derive(Debug)]
pub enum FieldValueMut<'a> {
    /// Text, or the code of a choice.
    Text(&'a mut String),
    /// Switch that is on or off.
    Switch(&'a mut bool),
    /// Typed secret.
    Secret(&'a mut TypedSecret),
}

impl<'a> From<&'a mut String> for FieldValueMut<'a> {
    fn from(text: &'a mut String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a mut bool> for FieldValueMut<'a> {
    fn from(is_on: &'a mut bool) -> Self {
        Self::Switch(is_on)
    }
}

impl<'a> From<&'a mut TypedSecret> for FieldValueMut<'a> {
    fn from(secret: &'a mut TypedSecret) -> Self {
        Self::Secret(secret)
    }
}
