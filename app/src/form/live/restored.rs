//! Values that the browser has in the form before WASM takes over: typed while it was loading, or
//! restored after a reload.

use domain::{SmtpField, SmtpForm, TypedSecret, smtp_form::FieldValueMut};

use crate::ui::browser;

/// Returns the form with the values that the browser has in its fields.
pub fn typed_before_start(rendered: &SmtpForm) -> SmtpForm {
    let mut form = rendered.clone();
    for field in SmtpField::ALL {
        let id = field.name();
        match form.value_mut(*field) {
            // Its select is not part of this form.
            FieldValueMut::Text(_) if *field == SmtpField::DataCenter => {}
            FieldValueMut::Text(text) => {
                if let Some(value) = browser::value(id).or_else(|| browser::chosen(id)) {
                    *text = value;
                }
            }
            FieldValueMut::Secret(secret) => {
                if let Some(value) = browser::value(id) {
                    *secret = TypedSecret::new(value);
                }
            }
            FieldValueMut::Switch(is_on) => {
                *is_on = browser::is_checked(id).unwrap_or(*is_on);
            }
        }
    }
    for (id, switch) in [
        ("mailbox_enabled", &mut form.mailbox_enabled),
        ("authentication_required", &mut form.authentication_required),
    ] {
        *switch = browser::is_checked(id).unwrap_or(*switch);
    }
    form
}
