//! Changes between saved and new settings, for the audit log.

use domain::{
    Change, SecretField, SmtpField, SmtpForm, SmtpSettings, smtp_form::secret_form_field,
};
use secrecy::{ExposeSecret, SecretString};

type Settings = SmtpSettings<SecretString>;

/// Returns one change for each field that differs, in the order of the form. A secret only shows
/// that it changed.
pub(crate) fn changes(old: Option<&Settings>, new: &Settings) -> Vec<Change> {
    let (before, after) = (old.map(SmtpForm::of), SmtpForm::of(new));
    SmtpField::ALL
        .iter()
        .filter_map(|field| {
            let secret = |secret: &&SecretField| secret_form_field(**secret) == *field;
            if let Some(secret) = SecretField::ALL.iter().find(secret) {
                let old = old.and_then(|old| old.secret(*secret));
                return (!is_same(old, new.secret(*secret))).then(|| Change::secret(field.name()));
            }
            let old = before.as_ref().and_then(|form| value(form, *field));
            let new = value(&after, *field);
            (old != new).then(|| Change::of(field.name(), old, new))
        })
        .collect()
}

fn is_same(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.map(ExposeSecret::expose_secret) == b.map(ExposeSecret::expose_secret)
}

/// Returns the value of a field that is not a secret, as the audit log shows it.
fn value(form: &SmtpForm, field: SmtpField) -> Option<String> {
    let text = match field {
        SmtpField::EnableSsl if form.enable_ssl => "on",
        SmtpField::EnableSsl => "off",
        SmtpField::Security if !form.enable_ssl => "",
        SmtpField::AuthenticationType if !form.authentication_required => "none",
        field => form.text(field),
    };
    (!text.is_empty()).then(|| text.to_owned())
}
