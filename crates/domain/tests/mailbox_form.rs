//! Email box in the SMTP form.
#![cfg(test)]

use domain::{
    FieldWarning, MailboxSecurity, MailboxSignIn, SecretField, SmtpField, SmtpForm, SmtpFormError,
    TypedSecret,
};

const MICROSOFT_SMTP: &str = "https://outlook.office.com/SMTP.Send offline_access";
const MICROSOFT_BOTH: &str = "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All offline_access";

fn form() -> SmtpForm {
    SmtpForm {
        data_center: "default".into(),
        provider: "microsoft365".into(),
        smtp_host: "smtp.office365.com".into(),
        smtp_port: "587".into(),
        from_address: "noreply@example.com".into(),
        enable_ssl: true,
        security: "starttls".into(),
        tls_minimum: "1.2".into(),
        mailbox_enabled: true,
        mailbox_email: "noreply@example.com".into(),
        mailbox_sign_in: "same_authorization".into(),
        mailbox_host: "outlook.office365.com".into(),
        mailbox_port: "993".into(),
        mailbox_security: "implicit_tls".into(),
        authentication_required: true,
        authentication_type: "oauth".into(),
        redirect_url: "http://127.0.0.1:3000/oauth/callback".into(),
        client_id: "client".into(),
        client_secret: TypedSecret::new("secret"),
        authorization_endpoint:
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize".into(),
        token_endpoint: "https://login.microsoftonline.com/organizations/oauth2/v2.0/token".into(),
        scope: MICROSOFT_SMTP.into(),
        username: "noreply@example.com".into(),
        ..SmtpForm::default()
    }
}

fn with_password(form: SmtpForm) -> SmtpForm {
    SmtpForm {
        mailbox_sign_in: "password".into(),
        mailbox_password: TypedSecret::new("imap"),
        ..form
    }
}

fn scope_of(form: &SmtpForm) -> String {
    let binding = form.parse(None).unwrap().grant_binding().unwrap();
    binding.scope.to_string()
}

#[test]
fn the_same_authorization_needs_no_password() {
    let settings = form().parse(None).unwrap();
    assert!(settings.secret(SecretField::MailboxPassword).is_none());
    let mailbox = settings.mailbox.unwrap();
    assert_eq!(mailbox.sign_in, MailboxSignIn::SameAuthorization);
    assert_eq!(mailbox.security, MailboxSecurity::ImplicitTls);
}

#[test]
fn the_same_authorization_needs_one() {
    for without in [
        SmtpForm {
            authentication_required: false,
            ..form()
        },
        SmtpForm {
            authentication_type: "basic".into(),
            password: TypedSecret::new("smtp"),
            ..form()
        },
    ] {
        let errors = without.parse(None).unwrap_err();
        let errors: Vec<_> = errors.iter().collect();
        assert_eq!(
            errors,
            [(SmtpField::MailboxSignIn, SmtpFormError::NeedsOAuth)]
        );
    }
}

#[test]
fn forms_without_choices_use_a_password_and_the_usual_security_of_the_port() {
    for (port, security) in [
        ("993", MailboxSecurity::ImplicitTls),
        ("143", MailboxSecurity::StartTls),
        ("1993", MailboxSecurity::StartTls),
    ] {
        let form = SmtpForm {
            mailbox_sign_in: String::new(),
            mailbox_security: String::new(),
            mailbox_port: port.into(),
            ..with_password(form())
        };
        let mailbox = form.parse(None).unwrap().mailbox.unwrap();
        assert!(matches!(mailbox.sign_in, MailboxSignIn::Password(_)));
        assert_eq!(mailbox.security, security, "{port}");
    }
}

#[test]
fn the_imap_scope_is_only_requested_with_the_same_authorization() {
    assert_eq!(scope_of(&form()), MICROSOFT_BOTH);
    assert_eq!(scope_of(&with_password(form())), MICROSOFT_SMTP);
    let off = SmtpForm {
        mailbox_enabled: false,
        ..form()
    };
    assert_eq!(scope_of(&off), MICROSOFT_SMTP);
}

#[test]
fn a_choice_shows_the_scope_that_it_asks_for() {
    let mut form = form();
    form.follow_mailbox_sign_in();
    assert_eq!(form.scope, MICROSOFT_BOTH);
    form.mailbox_sign_in = "password".into();
    form.follow_mailbox_sign_in();
    assert_eq!(form.scope, MICROSOFT_SMTP);
    form.scope = "nothing \"that\" is one".into();
    form.follow_mailbox_sign_in();
    assert_eq!(form.scope, "nothing \"that\" is one");
}

#[test]
fn a_saved_password_does_not_come_back_after_another_way_to_sign_in() {
    let saved = form().parse(None).unwrap().without_secrets();
    let errors = with_password(form())
        .without_secrets()
        .parse(Some(&saved))
        .unwrap_err();
    assert_eq!(
        errors.get(SmtpField::MailboxPassword),
        Some(SmtpFormError::Required)
    );
}

#[test]
fn a_grant_is_bound_to_the_imap_host_it_opens() {
    let binding = |form: SmtpForm| form.parse(None).unwrap().grant_binding().unwrap();
    let reads = binding(form());
    let elsewhere = binding(SmtpForm {
        mailbox_host: "evil.example".into(),
        ..form()
    });
    let other_port = binding(SmtpForm {
        mailbox_port: "143".into(),
        mailbox_security: "starttls".into(),
        ..form()
    });
    let mut sends = reads.clone();
    sends.imap_host = None;
    assert!(reads.covers(&reads) && reads.covers(&other_port));
    assert!(!reads.covers(&elsewhere) && !elsewhere.covers(&reads));
    // For sending alone, the token goes to fewer servers.
    assert!(reads.covers(&sends));
    assert!(!sends.covers(&reads));
    let mut other_smtp = sends.clone();
    other_smtp.smtp_host = reads.imap_host.clone().unwrap();
    assert!(!reads.covers(&other_smtp));
}

#[test]
fn a_binding_of_before_reads_as_one_for_sending() {
    let binding = with_password(form()).parse(None).unwrap().grant_binding();
    let json = serde_json::to_string(&binding).unwrap();
    assert!(!json.contains("imap_host"), "{json}");
    assert_eq!(serde_json::from_str::<Option<_>>(&json).unwrap(), binding);
}

#[test]
fn port_and_security_of_the_email_box_move_together() {
    let mut form = form();
    form.mailbox_port = "143".into();
    form.follow_mailbox_port();
    assert_eq!(form.mailbox_security, "starttls");
    form.mailbox_security = "implicit_tls".into();
    form.follow_mailbox_security();
    assert_eq!(form.mailbox_port, "993");
    form.mailbox_port = "1143".into();
    form.follow_mailbox_port();
    form.mailbox_security = "implicit_tls".into();
    form.follow_mailbox_security();
    assert_eq!(form.mailbox_port, "1143");
}

#[test]
fn an_unusual_pair_of_port_and_security_is_warned_of() {
    for (port, security, warning) in [
        ("993", "implicit_tls", None),
        (
            "993",
            "starttls",
            Some(FieldWarning::MailboxImplicitTlsIsUsual),
        ),
        ("143", "implicit_tls", Some(FieldWarning::StartTlsIsUsual)),
        ("1143", "implicit_tls", None),
    ] {
        let form = SmtpForm {
            mailbox_port: port.into(),
            mailbox_security: security.into(),
            ..form()
        };
        assert_eq!(form.warning(SmtpField::MailboxSecurity), warning);
    }
}
