//! What differs between saved and new settings, as the audit tells it.

use std::collections::BTreeMap;

use domain::{
    Authentication, Change, SecretField, Security, SmtpField, SmtpSettings,
    smtp_form::{BASIC, OAUTH},
    smtp_parse::secret_form_field,
};
use secrecy::{ExposeSecret, SecretString};

type Settings = SmtpSettings<SecretString>;

/// One change for each field that differs, by the names of the form and in its order. Of a secret only that it changed.
pub(crate) fn changes(old: Option<&Settings>, new: &Settings) -> Vec<Change> {
    let (before, after) = (old.map(values).unwrap_or_default(), values(new));
    SmtpField::ALL
        .iter()
        .filter_map(|field| {
            let secret = |secret: &&SecretField| secret_form_field(**secret) == *field;
            if let Some(secret) = SecretField::ALL.iter().find(secret) {
                let old = old.and_then(|old| old.secret(*secret));
                return (!is_same(old, new.secret(*secret))).then(|| Change::secret(field.name()));
            }
            let (old, new) = (before.get(field).cloned(), after.get(field).cloned());
            (old != new).then(|| Change::of(field.name(), old, new))
        })
        .collect()
}

fn is_same(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.map(ExposeSecret::expose_secret) == b.map(ExposeSecret::expose_secret)
}

/// The values of all fields that are no secrets.
fn values(settings: &Settings) -> BTreeMap<SmtpField, String> {
    use SmtpField as Field;
    let encrypted = settings.security != Security::Plaintext;
    let mut values = BTreeMap::from([
        (Field::Provider, settings.provider.code().into()),
        (Field::SmtpHost, settings.host.to_string()),
        (Field::SmtpPort, settings.port.to_string()),
        (Field::FromAddress, settings.from.to_string()),
        (
            Field::EnableSsl,
            if encrypted { "on" } else { "off" }.into(),
        ),
        (Field::TlsMinimum, settings.tls_minimum.code().into()),
    ]);
    if encrypted {
        values.insert(Field::Security, settings.security.code().into());
    }
    if let Some(mailbox) = &settings.mailbox {
        values.extend([
            (Field::MailboxEmail, mailbox.email.to_string()),
            (Field::MailboxSignIn, mailbox.sign_in.code().into()),
            (Field::MailboxHost, mailbox.host.to_string()),
            (Field::MailboxPort, mailbox.port.to_string()),
            (Field::MailboxSecurity, mailbox.security.code().into()),
        ]);
    }
    let kind = match &settings.authentication {
        Authentication::None => "none",
        Authentication::Basic { username, .. } => {
            values.insert(Field::Username, username.clone());
            BASIC
        }
        Authentication::OAuth { username, client } => {
            values.extend([
                (Field::Username, username.clone()),
                (Field::RedirectUrl, client.redirect_url.to_string()),
                (Field::ClientId, client.client_id.clone()),
                (
                    Field::AuthorizationEndpoint,
                    client.authorization_endpoint.to_string(),
                ),
                (Field::TokenEndpoint, client.token_endpoint.to_string()),
                (Field::Scope, client.scope.to_string()),
            ]);
            OAUTH
        }
    };
    values.insert(Field::AuthenticationType, kind.into());
    values
}
