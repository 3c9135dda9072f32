//! What the browser has in the form before WASM takes it over: typed while it was loading, or
//! restored after a reload.

use domain::{SecretField, SmtpField, SmtpForm};

use crate::ui::{browser, form_state};

/// The form with what the browser has in its fields.
pub fn typed_before_start(rendered: &SmtpForm) -> SmtpForm {
    let mut form = rendered.clone();
    for field in SmtpField::ALL {
        let value = match field {
            SmtpField::Security
            | SmtpField::TlsMinimum
            | SmtpField::MailboxSignIn
            | SmtpField::MailboxSecurity
            | SmtpField::AuthenticationType => browser::chosen(field.name()),
            // Its select is not part of this form.
            SmtpField::DataCenter => None,
            field => browser::value(field.name()),
        };
        if let Some(value) = value {
            form_state::set_text(&mut form, *field, value);
        }
    }
    for secret in SecretField::ALL {
        if let Some(value) = browser::value(form_state::field_of(*secret).name()) {
            form_state::set_secret(&mut form, *secret, value);
        }
    }
    for (id, switch) in [
        ("enable_ssl", &mut form.enable_ssl),
        ("mailbox_enabled", &mut form.mailbox_enabled),
        ("authentication_required", &mut form.authentication_required),
    ] {
        *switch = browser::is_checked(id).unwrap_or(*switch);
    }
    form
}
