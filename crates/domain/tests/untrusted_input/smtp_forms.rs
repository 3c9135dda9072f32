//! Form for SMTP settings.

use domain::{
    Authentication, EmailAddress, EndpointUrl, FromAddress, Host, RedirectUrl, SavedSecret, Scope,
    SecretEdit, SecretField, Security, SmtpForm, SmtpSettings, TypedSecret,
};
use proptest::prelude::*;
use serde::Deserialize;

use crate::{CASES, is_one_line};
use fuzz::{cases, hostile};

/// Request body as a page sends it: the form below a name.
#[derive(Deserialize)]
struct Body {
    form: SmtpForm,
}

fn good() -> SmtpForm {
    SmtpForm {
        data_center: "default".into(),
        provider: "other".into(),
        smtp_host: "smtp.example.com".into(),
        smtp_port: "587".into(),
        from_address: "Example <noreply@example.com>".into(),
        enable_ssl: true,
        security: "starttls".into(),
        tls_minimum: "1.2".into(),
        mailbox_enabled: true,
        mailbox_email: "noreply@example.com".into(),
        mailbox_password: TypedSecret::new("mailbox-password"),
        mailbox_host: "imap.example.com".into(),
        mailbox_port: "993".into(),
        authentication_required: true,
        authentication_type: "oauth".into(),
        redirect_url: "https://mail.example.com/oauth/callback".into(),
        client_id: "client".into(),
        client_secret: TypedSecret::new("client-secret"),
        authorization_endpoint: "https://id.example.com/authorize".into(),
        token_endpoint: "https://id.example.com/token".into(),
        scope: "mail".into(),
        username: "noreply@example.com".into(),
        password: TypedSecret::new("a-password"),
        ..SmtpForm::default()
    }
}

/// Puts a text into one of the fields.
fn put(form: &mut SmtpForm, field: usize, text: String) {
    match field {
        0 => form.data_center = text,
        1 => form.provider = text,
        2 => form.smtp_host = text,
        3 => form.smtp_port = text,
        4 => form.from_address = text,
        5 => form.security = text,
        6 => form.tls_minimum = text,
        7 => form.mailbox_email = text,
        8 => form.mailbox_password = TypedSecret::new(text),
        9 => form.mailbox_host = text,
        10 => form.mailbox_port = text,
        11 => form.authentication_type = text,
        12 => form.redirect_url = text,
        13 => form.client_id = text,
        14 => form.client_secret = TypedSecret::new(text),
        15 => form.authorization_endpoint = text,
        16 => form.token_endpoint = text,
        17 => form.scope = text,
        18 => form.username = text,
        19 => form.mailbox_sign_in = text,
        20 => form.mailbox_security = text,
        21 => form.ehlo_name = text,
        _ => form.password = TypedSecret::new(text),
    }
}

/// Generates a valid form with hostile text in one or two fields.
fn any_form() -> impl Strategy<Value = SmtpForm> {
    let fields = prop::collection::vec((0_usize..23, hostile()), 1..3);
    (fields, any::<[bool; 4]>()).prop_map(|(fields, [ssl, mailbox, required, basic])| {
        let mut form = SmtpForm {
            enable_ssl: ssl,
            mailbox_enabled: mailbox,
            authentication_required: required,
            authentication_type: if basic { "basic" } else { "oauth" }.into(),
            ..good()
        };
        for (field, text) in fields {
            put(&mut form, field, text);
        }
        form
    })
}

/// Collects every text in a JSON value, however deep.
fn texts(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        serde_json::Value::Object(map) => map.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// Checks properties of valid settings, regardless of the form that they came from.
fn promises(settings: SmtpSettings<SecretEdit>) -> Result<(), TestCaseError> {
    for field in SecretField::ALL {
        if let Some(SecretEdit::Replace(secret)) = settings.secret(*field) {
            prop_assert!(is_one_line(secret.expose()) && secret.expose().len() <= 4_096);
            prop_assert!(!secret.is_empty());
        }
    }
    let settings: SmtpSettings<SavedSecret> = settings.without_secrets();
    let mut stored = SmtpForm::of(&settings);
    stored.data_center = "default".into();
    for field in SecretField::ALL {
        stored.set_secret(*field, TypedSecret::new("sealed"));
    }
    prop_assert_eq!(stored.restore(), Ok(settings.clone()));
    let mut found = Vec::new();
    texts(&serde_json::to_value(&settings).unwrap(), &mut found);
    for text in &found {
        prop_assert!(is_one_line(text), "{text:?}");
        prop_assert!(text.len() <= 4_096, "{} bytes", text.len());
    }
    prop_assert!(settings.port != 0);
    let host = &settings.host;
    prop_assert_eq!(&Host::parse(host.as_str()).unwrap(), host);
    prop_assert!(host.as_str().is_ascii());
    let from = &settings.from;
    prop_assert_eq!(&FromAddress::parse(&from.to_string()).unwrap(), from);
    let address = from.address.as_str();
    prop_assert_eq!(&EmailAddress::parse(address).unwrap(), &from.address);
    prop_assert!(from.address.domain().is_ascii());
    let is_quoted = from.address.local_part().starts_with('"');
    prop_assert!(is_quoted || !address.contains([' ', '<', '>', ',', ';', '"']));
    if let Some(mailbox) = &settings.mailbox {
        let email = &mailbox.email;
        prop_assert_eq!(&EmailAddress::parse(email.as_str()).unwrap(), email);
        prop_assert_eq!(&Host::parse(mailbox.host.as_str()).unwrap(), &mailbox.host);
    }
    let clear = settings.security == Security::Plaintext;
    let authenticates = !matches!(settings.authentication, Authentication::None);
    prop_assert!(!(clear && authenticates) || host.is_loopback());
    if let Authentication::OAuth { client, .. } = &settings.authentication {
        for endpoint in [&client.authorization_endpoint, &client.token_endpoint] {
            let text = endpoint.as_str();
            prop_assert_eq!(&EndpointUrl::parse(text).unwrap(), endpoint);
            let (host, _) = domain::url::host_and_port(text).unwrap();
            let https = text.to_ascii_lowercase().starts_with("https://");
            prop_assert!(https || host.is_loopback(), "{text}");
            prop_assert!(
                text.bytes()
                    .all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'#')
            );
        }
        let redirect_url = &client.redirect_url;
        prop_assert_eq!(
            &RedirectUrl::parse(redirect_url.as_str()).unwrap(),
            redirect_url
        );
        prop_assert_eq!(&Scope::parse(client.scope.as_str()).unwrap(), &client.scope);
        prop_assert!(client.scope.tokens().all(|token| !token.is_empty()));
    }
    Ok(())
}

/// Returns the request body that a browser sends, including secrets.
fn body(form: &SmtpForm) -> String {
    serde_qs::to_string(&serde_json::json!({ "form": form })).unwrap()
}

#[test]
fn the_body_of_a_good_form_becomes_its_settings() {
    let Body { form } = serde_qs::from_str(&body(&good())).unwrap();
    assert_eq!(form, good());
    promises(form.parse(None).unwrap()).unwrap();
}

proptest! {
    #![proptest_config(cases(CASES))]

    #[test]
    fn settings_of_any_form_hold_no_line_break_and_read_back_to_themselves(form in any_form()) {
        let _ = form.warnings();
        if let Ok(settings) = form.parse(None) {
            promises(settings)?;
        }
    }

    #[test]
    fn a_url_encoded_body_never_becomes_settings_that_break_a_promise(
        field in 0_usize..23,
        text in hostile(),
        bytes in prop::collection::vec(any::<u8>(), 0..24),
    ) {
        let mut form = good();
        put(&mut form, field, text);
        let body = body(&form);
        let mut broken = body.clone().into_bytes();
        let at = bytes.first().map_or(0, |byte| usize::from(*byte) * broken.len() / 256);
        broken.splice(at..at, bytes);
        for body in [body.as_bytes(), broken.as_slice()] {
            if let Ok(Body { form }) = serde_qs::from_bytes::<Body>(body)
                && let Ok(settings) = form.parse(None)
            {
                promises(settings)?;
            }
        }
    }
}
