//! Rules of the SMTP form, one table row each, and properties of every form.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::{
    Authentication, DataCenter, DataCenterId, DataCenterName, FieldWarning, Preset, Provider,
    SavedSecret, SavedSettings, SecretEdit, Security, SmtpField, SmtpForm, SmtpFormError,
    SmtpSettings, TlsMinimum, TypedSecret,
};
use proptest::prelude::*;

fn oauth_form() -> SmtpForm {
    SmtpForm {
        data_center: "default".into(),
        provider: "google".into(),
        smtp_host: "smtp.gmail.com".into(),
        smtp_port: "587".into(),
        from_address: "Example <noreply@example.com>".into(),
        enable_ssl: true,
        security: "starttls".into(),
        tls_minimum: "1.2".into(),
        authentication_required: true,
        authentication_type: "oauth".into(),
        redirect_url: "http://127.0.0.1:3000/oauth/callback".into(),
        client_id: "client".into(),
        client_secret: TypedSecret::new("secret"),
        authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth".into(),
        token_endpoint: "https://oauth2.googleapis.com/token".into(),
        scope: "https://mail.google.com/".into(),
        username: "noreply@example.com".into(),
        ..SmtpForm::default()
    }
}

fn basic_form() -> SmtpForm {
    SmtpForm {
        authentication_type: "basic".into(),
        password: TypedSecret::new(" pass word "),
        ..oauth_form()
    }
}

fn with_mailbox(form: SmtpForm) -> SmtpForm {
    SmtpForm {
        mailbox_enabled: true,
        mailbox_email: "noreply@example.com".into(),
        mailbox_password: TypedSecret::new("imap"),
        mailbox_host: "imap.gmail.com".into(),
        mailbox_port: "993".into(),
        ..form
    }
}

fn saved(form: &SmtpForm) -> SmtpSettings<SavedSecret> {
    form.parse(None).unwrap().without_secrets()
}

fn saved_settings(settings: Option<SmtpSettings<SavedSecret>>) -> SavedSettings {
    SavedSettings {
        data_center: DataCenter {
            id: DataCenterId::default(),
            name: DataCenterName::parse("Default").unwrap(),
        },
        version: 3,
        settings,
    }
}

#[test]
fn a_complete_form_becomes_settings() {
    let settings = with_mailbox(oauth_form()).parse(None).unwrap();
    assert_eq!(settings.host.as_str(), "smtp.gmail.com");
    assert_eq!(
        (settings.port, settings.security),
        (587, Security::StartTls)
    );
    assert_eq!(settings.tls_minimum, TlsMinimum::Tls12);
    assert_eq!(settings.ehlo_name, None);
    assert_eq!(settings.mailbox.unwrap().port, 993);
    let Authentication::OAuth { username, client } = settings.authentication else {
        panic!()
    };
    assert_eq!(username, "noreply@example.com");
    assert_eq!(
        client.client_secret,
        SecretEdit::Replace(TypedSecret::new("secret"))
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_invalid_value_is_reported_at_its_field() {
    type Change = fn(&mut SmtpForm);
    let rows: &[(SmtpField, SmtpFormError, Change)] = &[
        (SmtpField::Provider, SmtpFormError::UnknownChoice, |f| {
            f.provider = "nobody".into();
        }),
        (SmtpField::SmtpHost, SmtpFormError::Required, |f| {
            f.smtp_host = " ".into();
        }),
        (SmtpField::SmtpHost, SmtpFormError::HostHasPort, |f| {
            f.smtp_host = "a.example:25".into();
        }),
        (SmtpField::SmtpPort, SmtpFormError::Required, |f| {
            f.smtp_port.clear();
        }),
        (SmtpField::SmtpPort, SmtpFormError::NotAPort, |f| {
            f.smtp_port = "65536".into();
        }),
        (
            SmtpField::DataCenter,
            SmtpFormError::UnknownDataCenter,
            |f| {
                f.data_center = "?".into();
            },
        ),
        (SmtpField::FromAddress, SmtpFormError::Required, |f| {
            f.from_address.clear();
        }),
        (SmtpField::FromAddress, SmtpFormError::NotAnAddress, |f| {
            f.from_address = "x".into();
        }),
        (SmtpField::Security, SmtpFormError::UnknownChoice, |f| {
            f.security = "plaintext".into();
        }),
        (SmtpField::TlsMinimum, SmtpFormError::UnknownChoice, |f| {
            f.tls_minimum = "1.1".into();
        }),
        (SmtpField::EhloName, SmtpFormError::NotAnEhloName, |f| {
            f.ehlo_name = "vm".into();
        }),
        (
            SmtpField::EnableSsl,
            SmtpFormError::CredentialInPlaintext,
            |f| f.enable_ssl = false,
        ),
        (SmtpField::MailboxEmail, SmtpFormError::Required, |f| {
            f.mailbox_email.clear();
        }),
        (SmtpField::MailboxPassword, SmtpFormError::Required, |f| {
            f.mailbox_password = TypedSecret::default();
        }),
        (
            SmtpField::MailboxSignIn,
            SmtpFormError::UnknownChoice,
            |f| {
                f.mailbox_sign_in = "smoke signals".into();
            },
        ),
        (
            SmtpField::MailboxSecurity,
            SmtpFormError::UnknownChoice,
            |f| {
                f.mailbox_security = "plaintext".into();
            },
        ),
        (SmtpField::MailboxHost, SmtpFormError::NotAHost, |f| {
            f.mailbox_host = "a b".into();
        }),
        (SmtpField::MailboxPort, SmtpFormError::NotAPort, |f| {
            f.mailbox_port = "0".into();
        }),
        (
            SmtpField::AuthenticationType,
            SmtpFormError::UnknownChoice,
            |f| {
                f.authentication_type = "digest".into();
            },
        ),
        (SmtpField::RedirectUrl, SmtpFormError::NotAUrl, |f| {
            f.redirect_url = "callback".into();
        }),
        (SmtpField::ClientId, SmtpFormError::Required, |f| {
            f.client_id = "\t".into();
        }),
        (SmtpField::ClientId, SmtpFormError::ControlCharacter, |f| {
            f.client_id = "a\u{7}b".into();
        }),
        (SmtpField::ClientSecret, SmtpFormError::Required, |f| {
            f.client_secret = TypedSecret::new("  ");
        }),
        (
            SmtpField::AuthorizationEndpoint,
            SmtpFormError::UrlNotHttps,
            |f| {
                f.authorization_endpoint = "http://example.com/authorize".into();
            },
        ),
        (SmtpField::TokenEndpoint, SmtpFormError::NotAUrl, |f| {
            f.token_endpoint = "token".into();
        }),
        (SmtpField::Scope, SmtpFormError::Required, |f| {
            f.scope.clear();
        }),
        (SmtpField::Scope, SmtpFormError::MixedScopes, |f| {
            f.scope =
                "https://outlook.office.com/SMTP.Send https://graph.microsoft.com/Mail.Send".into();
        }),
        (SmtpField::Username, SmtpFormError::Required, |f| {
            f.username.clear();
        }),
        (SmtpField::Username, SmtpFormError::TooLong, |f| {
            f.username = "x".repeat(1_025);
        }),
    ];
    for (field, error, change) in rows {
        let mut form = with_mailbox(oauth_form());
        change(&mut form);
        let errors = form.parse(None).unwrap_err();
        assert_eq!(
            errors.iter().collect::<Vec<_>>(),
            [(*field, *error)],
            "{field:?}"
        );
    }
    let mut form = basic_form();
    form.password = TypedSecret::default();
    assert_eq!(
        form.parse(None).unwrap_err().get(SmtpField::Password),
        Some(SmtpFormError::Required)
    );
}

#[test]
fn an_empty_form_reports_all_its_errors_together() {
    let form = SmtpForm {
        enable_ssl: true,
        mailbox_enabled: true,
        authentication_required: true,
        authentication_type: "oauth".into(),
        ..SmtpForm::default()
    };
    let errors = form.parse(None).unwrap_err();
    let fields: Vec<_> = errors.iter().map(|(field, _)| field).collect();
    let expected: Vec<_> = SmtpField::ALL
        .iter()
        .copied()
        .filter(|field| {
            use SmtpField as F;
            let chosen = [
                F::EnableSsl,
                F::EhloName,
                F::Security,
                F::MailboxSignIn,
                F::MailboxSecurity,
                F::AuthenticationType,
            ];
            *field != F::Password && !chosen.contains(field)
        })
        .collect();
    assert_eq!(fields, expected);
}

#[test]
fn disabled_sections_are_not_validated() {
    let form = SmtpForm {
        authentication_required: false,
        client_id: "\u{7}".into(),
        scope: "\"".into(),
        mailbox_host: "a b".into(),
        tls_minimum: "1.3".into(),
        ..oauth_form()
    };
    let settings = form.parse(None).unwrap();
    assert_eq!(settings.authentication, Authentication::None);
    assert_eq!(settings.mailbox, None);
}

#[test]
fn white_space_around_pasted_values_goes_but_not_that_of_a_password() {
    let form = SmtpForm {
        client_id: " client\n".into(),
        client_secret: TypedSecret::new("\tsecret \n"),
        token_endpoint: " https://oauth2.googleapis.com/token ".into(),
        ..oauth_form()
    };
    assert_eq!(form.parse(None), oauth_form().parse(None));
    let Authentication::Basic { password, .. } = basic_form().parse(None).unwrap().authentication
    else {
        panic!()
    };
    assert_eq!(
        password,
        SecretEdit::Replace(TypedSecret::new(" pass word "))
    );
}

#[test]
fn the_port_decides_the_security_when_none_is_chosen() {
    for (port, security) in [("465", Security::ImplicitTls), ("587", Security::StartTls)] {
        let form = SmtpForm {
            smtp_port: port.into(),
            security: String::new(),
            ..oauth_form()
        };
        assert_eq!(form.parse(None).unwrap().security, security);
    }
}

#[test]
fn credentials_go_in_the_clear_to_this_machine_only() {
    let form = SmtpForm {
        enable_ssl: false,
        smtp_host: "localhost".into(),
        ..basic_form()
    };
    assert_eq!(form.parse(None).unwrap().security, Security::Plaintext);
    let elsewhere = SmtpForm {
        smtp_host: "10.0.0.1".into(),
        ..form.clone()
    };
    let error = elsewhere.parse(None).unwrap_err().get(SmtpField::EnableSsl);
    assert_eq!(error, Some(SmtpFormError::CredentialInPlaintext));
    let anonymous = SmtpForm {
        authentication_required: false,
        ..elsewhere
    };
    assert!(anonymous.parse(None).is_ok());
}

#[test]
fn an_empty_secret_keeps_the_saved_one_while_what_it_belongs_to_is_unchanged() {
    type Change = fn(&mut SmtpForm);
    let cases: &[(SmtpForm, SmtpField, &[Change], Change)] = &[
        (
            oauth_form(),
            SmtpField::ClientSecret,
            &[
                |f| f.client_id = "other".into(),
                |f| f.token_endpoint = "https://evil.example/token".into(),
                |f| f.authorization_endpoint = "https://evil.example/auth".into(),
            ],
            |f| f.smtp_host = "other.example".into(),
        ),
        (
            basic_form(),
            SmtpField::Password,
            &[
                |f| f.smtp_host = "evil.example".into(),
                |f| f.smtp_port = "2525".into(),
                |f| f.username = "other@example.com".into(),
            ],
            |f| f.from_address = "other@example.com".into(),
        ),
        (
            with_mailbox(oauth_form()),
            SmtpField::MailboxPassword,
            &[
                |f| f.mailbox_host = "evil.example".into(),
                |f| f.mailbox_port = "143".into(),
                |f| f.mailbox_email = "other@example.com".into(),
            ],
            |f| f.smtp_port = "465".into(),
        ),
    ];
    for (form, field, binding, harmless) in cases {
        let saved = saved(form);
        let mut edited = form.without_secrets();
        harmless(&mut edited);
        assert!(edited.parse(Some(&saved)).is_ok(), "{field:?}");
        for change in *binding {
            let mut edited = form.without_secrets();
            change(&mut edited);
            let errors = edited.parse(Some(&saved)).unwrap_err();
            assert_eq!(
                errors.get(*field),
                Some(SmtpFormError::SecretBelongsElsewhere),
                "{field:?}"
            );
        }
    }
}

#[test]
fn a_saved_secret_of_another_type_is_not_kept() {
    let saved = saved(&oauth_form());
    let errors = basic_form()
        .without_secrets()
        .parse(Some(&saved))
        .unwrap_err();
    assert_eq!(
        errors.get(SmtpField::Password),
        Some(SmtpFormError::Required)
    );
}

#[test]
fn the_form_of_saved_settings_opens_without_secrets_and_saves_to_the_same() {
    for form in [oauth_form(), basic_form(), with_mailbox(oauth_form())] {
        let settings = saved(&form);
        let saved = saved_settings(Some(settings.clone()));
        let opened = SmtpForm::open(&saved, "http://127.0.0.1:3000/oauth/callback");
        assert_eq!(opened, opened.without_secrets());
        assert_eq!(opened.version, 3);
        let again = opened.parse(Some(&settings)).unwrap();
        assert_eq!(again.without_secrets(), settings);
    }
}

#[test]
fn a_first_visit_opens_with_the_recommended_values() {
    let form = SmtpForm::open(
        &saved_settings(None),
        "http://127.0.0.1:3000/oauth/callback",
    );
    assert_eq!((form.smtp_port.as_str(), form.enable_ssl), ("587", true));
    assert_eq!(form.security, "starttls");
    assert!(form.uses_oauth());
    assert!(!form.mailbox_enabled);
}

#[test]
fn a_preset_only_replaces_values_of_a_preset() {
    let opened = SmtpForm::open(&saved_settings(None), "");
    let google = Preset::of(Provider::Google).unwrap();
    let microsoft = Preset::of(Provider::Microsoft365).unwrap();
    assert_eq!(opened.overwritten_by(&google, &opened), []);
    let mut form = opened.clone();
    form.apply(&google);
    let filled = form.clone();
    assert_eq!(form.overwritten_by(&microsoft, &filled), []);
    form.smtp_host = "typed.example".into();
    form.scope = "typed".into();
    assert_eq!(
        form.overwritten_by(&microsoft, &filled),
        [SmtpField::SmtpHost, SmtpField::Scope]
    );
}

#[test]
fn a_preset_for_the_sign_in_only_keeps_the_servers() {
    let google = Preset::of(Provider::Google).unwrap();
    let issuer = Preset {
        provider: Provider::Other,
        smtp_host: String::new(),
        smtp_port: 0,
        imap: None,
        authentication: domain::PresetAuthentication::OAuth {
            authorization_endpoint: "https://id.example.com/a".into(),
            token_endpoint: "https://id.example.com/t".into(),
            scope: String::new(),
        },
        ..google.clone()
    };
    let mut form = basic_form();
    form.apply(&google);
    let filled = form.clone();
    form.scope = "typed".into();
    form.token_endpoint = "https://typed.example.com".into();
    assert_eq!(
        form.overwritten_by(&issuer, &filled),
        [SmtpField::TokenEndpoint]
    );
    form.apply(&issuer);
    let expected = SmtpForm {
        authorization_endpoint: "https://id.example.com/a".into(),
        token_endpoint: "https://id.example.com/t".into(),
        scope: "typed".into(),
        ..filled
    };
    assert_eq!(form, expected);
}

#[test]
fn every_preset_gives_settings_once_the_rest_is_typed() {
    for provider in Provider::ALL {
        let Some(preset) = Preset::of(*provider) else {
            continue;
        };
        let mut form = basic_form();
        form.apply(&preset);
        let settings = form.parse(None).unwrap();
        assert_eq!(settings.provider, *provider);
        assert_eq!(settings.security, Security::for_port(settings.port));
        assert!(settings.host.to_string().contains('.'));
    }
}

#[test]
fn port_and_security_move_together() {
    let mut form = oauth_form();
    form.smtp_port = "465".into();
    form.follow_port();
    assert_eq!(form.security, "implicit_tls");
    form.security = "starttls".into();
    form.follow_security();
    assert_eq!(form.smtp_port, "587");
    form.security = "implicit_tls".into();
    form.follow_security();
    assert_eq!(form.smtp_port, "465");
    form.smtp_port = "4465".into();
    form.follow_port();
    form.security = "implicit_tls".into();
    form.follow_security();
    assert_eq!(form.smtp_port, "4465");
}

#[test]
fn warns_where_a_provider_will_reject_or_a_user_may_be_surprised() {
    type Change = fn(&mut SmtpForm);
    let rows: &[(SmtpField, FieldWarning, Change)] = &[
        (
            SmtpField::EnableSsl,
            FieldWarning::PlaintextWithoutCredential,
            |f| f.enable_ssl = false,
        ),
        (SmtpField::Security, FieldWarning::ImplicitTlsIsUsual, |f| {
            f.smtp_port = "465".into();
        }),
        (SmtpField::Security, FieldWarning::StartTlsIsUsual, |f| {
            f.security = "implicit_tls".into();
        }),
        (
            SmtpField::RedirectUrl,
            FieldWarning::RedirectUrlPlainHttp,
            |f| {
                f.redirect_url = "http://mail.example.com/oauth/callback".into();
            },
        ),
        (
            SmtpField::RedirectUrl,
            FieldWarning::RedirectUrlPrivate,
            |f| {
                f.redirect_url = "https://10.0.0.1/oauth/callback".into();
            },
        ),
        (
            SmtpField::ClientSecret,
            FieldWarning::SecretLooksLikeId,
            |f| {
                f.client_secret = TypedSecret::new("0f0f0f0f-1234-5678-9abc-DEF012345678 ");
            },
        ),
        (SmtpField::Scope, FieldWarning::NoOfflineAccess, |f| {
            f.authorization_endpoint =
                "https://login.microsoftonline.com/common/oauth2/v2.0/authorize".into();
        }),
        (SmtpField::Username, FieldWarning::FromIsNotUsername, |f| {
            f.username = "other@example.com".into();
        }),
        (
            SmtpField::AuthenticationType,
            FieldWarning::PasswordsAreEnding,
            |f| {
                f.authentication_type = "basic".into();
            },
        ),
    ];
    for (field, warning, change) in rows {
        let mut form = oauth_form();
        assert_eq!(form.warning(*field), None, "{field:?}");
        change(&mut form);
        assert_eq!(form.warning(*field), Some(*warning), "{field:?}");
    }
    let google = oauth_form().warnings();
    assert_eq!(
        google,
        [(
            SmtpField::AuthorizationEndpoint,
            FieldWarning::GoogleTesting
        )]
    );
}

#[test]
fn a_typed_secret_is_never_printed() {
    let printed = format!("{:?}", with_mailbox(basic_form()));
    for secret in ["pass word", "\"secret\"", "\"imap\""] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

fn any_form() -> impl Strategy<Value = SmtpForm> {
    let text = || prop_oneof!["\\PC{0,30}", Just(String::new()), "[a-z0-9.:@/-]{0,30}"];
    (
        prop::collection::vec(text(), 16),
        prop::array::uniform3(any::<bool>()),
        prop_oneof![Just("basic"), Just("oauth"), Just("")],
    )
        .prop_map(|(text, [ssl, mailbox, authentication], kind)| SmtpForm {
            data_center: "default".into(),
            provider: "other".into(),
            smtp_host: text[0].clone(),
            smtp_port: text[1].clone(),
            from_address: text[2].clone(),
            enable_ssl: ssl,
            tls_minimum: "1.2".into(),
            mailbox_enabled: mailbox,
            mailbox_email: text[3].clone(),
            mailbox_password: TypedSecret::new(&text[4]),
            mailbox_host: text[5].clone(),
            mailbox_port: text[6].clone(),
            authentication_required: authentication,
            authentication_type: kind.into(),
            redirect_url: text[7].clone(),
            client_id: text[8].clone(),
            client_secret: TypedSecret::new(&text[9]),
            authorization_endpoint: text[10].clone(),
            token_endpoint: text[11].clone(),
            scope: text[12].clone(),
            username: text[13].clone(),
            password: TypedSecret::new(&text[14]),
            ..SmtpForm::default()
        })
}

proptest! {
    #[test]
    fn no_form_makes_the_parser_panic(form in any_form()) {
        let _ = form.parse(None);
        let _ = form.warnings();
    }

    #[test]
    fn whatever_names_and_addresses_are_typed_accepted_settings_open_and_save_to_the_same(
        host in "[a-z]{1,12}(\\.[a-z]{1,8}){0,2}",
        port in 1_u16..,
        username in "\\PC{1,40}",
        scope in "[!-~]{1,20}( [!-~]{1,20}){0,2}",
    ) {
        let form = SmtpForm { smtp_host: host, smtp_port: port.to_string(), username, scope, ..oauth_form() };
        if let Ok(settings) = form.parse(None) {
            let settings = settings.without_secrets();
            let opened = SmtpForm::open(&saved_settings(Some(settings.clone())), form.redirect_url.as_str());
            prop_assert_eq!(opened.parse(Some(&settings)).unwrap().without_secrets(), settings);
        }
    }
}
