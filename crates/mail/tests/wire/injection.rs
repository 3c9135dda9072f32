//! No field carries a line break, a NUL, or a ^A into a header, a command, or a SASL message.

use std::collections::BTreeMap;

use domain::{SmtpField, SmtpForm, SmtpFormError, StepKind, TypedSecret};
use mail::{SaveError, TestError};
use percent_encoding::percent_decode_str;
use sandbox::Faults;

use crate::support::{ALICE, World, delivered, redirect_url};

type Put = fn(&mut SmtpForm, &str);

const FIELDS: [(SmtpField, Put); 9] = [
    (SmtpField::SmtpHost, |form, text| {
        form.smtp_host = format!("local{text}host");
    }),
    (SmtpField::FromAddress, |form, text| {
        form.from_address = format!("Ali{text}ce <{ALICE}>");
    }),
    (SmtpField::FromAddress, |form, text| {
        form.from_address = format!("ali{text}ce@sandbox.test");
    }),
    (SmtpField::Username, |form, text| {
        form.username = format!("ali{text}ce");
    }),
    (SmtpField::ClientId, |form, text| {
        form.client_id = format!("cli{text}ent");
    }),
    (SmtpField::ClientSecret, |form, text| {
        form.client_secret = TypedSecret::new(format!("sec{text}ret"));
    }),
    (SmtpField::AuthorizationEndpoint, |form, text| {
        form.authorization_endpoint = format!("https://example.com/a{text}b");
    }),
    (SmtpField::TokenEndpoint, |form, text| {
        form.token_endpoint = format!("https://example.com/a{text}b");
    }),
    (SmtpField::RedirectUrl, |form, text| {
        form.redirect_url = format!("http://127.0.0.1:3000/oauth{text}/callback");
    }),
];

const BREAKS: [&str; 7] = [
    "\r\nBcc: eve@example.com\r\n",
    "\n",
    "\r",
    "\0",
    "\u{1}auth=Bearer x\u{1}\u{1}",
    "\u{85}",
    "\u{7f}",
];

#[tokio::test]
async fn a_control_character_in_any_field_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    for text in BREAKS {
        for (field, put) in FIELDS {
            let mut form = world.oauth_form();
            put(&mut form, text);
            match world
                .mailer
                .settings
                .save(&form, &redirect_url(), &world.admin)
                .await
            {
                Err(SaveError::Form(errors)) => {
                    assert!(errors.get(field).is_some(), "{field:?} {text:?}");
                }
                other => panic!("{field:?} {text:?}: {other:?}"),
            }
            let recipient = "bob@sandbox.test";
            let tested = world
                .mailer
                .doctor
                .send_test(&form, recipient, &world.admin)
                .await;
            assert!(
                matches!(tested, Err(TestError::Form { .. })),
                "{field:?} {text:?}"
            );
        }
        let mut form = world.basic_form();
        form.password = TypedSecret::new(format!("pass{text}word"));
        let recipient = format!("bob{text}@sandbox.test");
        match world
            .mailer
            .doctor
            .send_test(&form, &recipient, &world.admin)
            .await
        {
            Err(TestError::Form { errors, recipient }) => {
                assert_eq!(
                    errors.get(SmtpField::Password),
                    Some(SmtpFormError::ControlCharacter)
                );
                assert!(recipient.is_some(), "{text:?}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
    assert!(world.control().auth_attempts().is_empty());
    assert!(world.control().messages().is_empty());
    assert!(world.control().token_requests().is_empty());
}

#[tokio::test]
async fn a_from_name_full_of_syntax_arrives_as_one_header() {
    let world = World::new().await;
    for name in [
        "Alice, Bob; <eve@example.com>",
        "a\\\" <eve@example.com>, \\\"",
        "=?utf-8?q?a=0d=0aBcc:_eve=40example.com?=",
        "%0d%0aBcc: eve@example.com",
        "Zoë\u{2028}Bcc: eve@example.com",
        "Alice 😀",
        "x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x",
    ] {
        let form = SmtpForm {
            from_address: format!("\"{name}\" <{ALICE}>"),
            ..world.basic_form()
        };
        let report = world.test_email_with(&form).await;
        delivered(&report);
        let message = world.control().messages().pop().unwrap();
        assert_eq!(message.from, ALICE);
        assert_eq!(message.to, ["bob@sandbox.test"]);
        assert_eq!(message.header_from.as_deref(), Some(ALICE), "{name}");
        let raw = message.raw.replace("\r\n", "\n");
        let (head, _) = raw.split_once("\n\n").unwrap();
        let mut headers: Vec<_> = head
            .lines()
            .filter(|line| !line.starts_with([' ', '\t']))
            .filter_map(|line| line.split(':').next())
            .filter(|header| !["Received", "Return-Path"].contains(header))
            .collect();
        headers.sort_unstable();
        assert_eq!(
            headers,
            [
                "Auto-Submitted",
                "Content-Transfer-Encoding",
                "Date",
                "From",
                "Message-ID",
                "Subject",
                "To"
            ],
            "{name}: {head}"
        );
    }
}

#[tokio::test]
async fn a_user_name_full_of_syntax_arrives_as_it_is_by_every_mechanism() {
    let world = World::authorized().await;
    for mechanism in ["XOAUTH2", "OAUTHBEARER", "PLAIN", "LOGIN"] {
        world.control().set(Faults {
            mechanisms: vec![mechanism.into()],
            ..Faults::default()
        });
        for username in [
            "a=b,c",
            "a=2Cb=3D",
            "n,a=eve,",
            "alice auth=Bearer x",
            "zoë\u{2028}x",
        ] {
            let form = if mechanism.contains("OAUTH") {
                let form = SmtpForm {
                    username: username.into(),
                    ..world.oauth_form()
                };
                world.save(&form).await;
                world.authorize(ALICE, true).await;
                form
            } else {
                SmtpForm {
                    username: username.into(),
                    ..world.basic_form()
                }
            };
            let report = world.test_email_with(&form).await;
            let attempt = world.control().auth_attempts().pop().unwrap();
            assert_eq!(attempt.mechanism, mechanism);
            assert_eq!(attempt.account.as_deref(), Some(username), "{mechanism}");
            for step in &report.steps {
                assert!(
                    step.kind == StepKind::Message || !step.sent.contains('\n'),
                    "{step:?}"
                );
            }
            let hello = report.steps.iter().find(|step| step.kind == StepKind::Ehlo);
            let hello = &hello.unwrap().sent;
            assert!(
                hello.starts_with("EHLO ") && hello.bytes().all(|b| (b' '..=b'~').contains(&b))
            );
        }
    }
}

#[tokio::test]
async fn no_value_adds_a_parameter_to_the_authorization_url() {
    let world = World::new().await;
    let form = SmtpForm {
        client_id: "c&redirect_uri=https://evil.example.com#x".into(),
        username: "eve&state=known;code_challenge=x +%0d%0a".into(),
        scope: "a&prompt=none b%20c ; d".into(),
        ..world.oauth_form()
    };
    world.save(&form).await;
    let begun = world.begin().await;
    assert!(
        begun.url.bytes().all(|b| b.is_ascii_graphic()),
        "{}",
        begun.url
    );
    let (endpoint, query) = begun.url.split_once('?').unwrap();
    assert_eq!(endpoint, form.authorization_endpoint);
    let mut values = BTreeMap::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        let value = value.replace('+', " ");
        let value = percent_decode_str(&value)
            .decode_utf8()
            .unwrap()
            .into_owned();
        assert_eq!(values.insert(name.to_owned(), value), None, "{name} twice");
    }
    assert_eq!(values["client_id"], form.client_id);
    assert_eq!(values["login_hint"], form.username);
    assert_eq!(values["scope"], form.scope);
    assert_eq!(values["redirect_uri"], form.redirect_url);
    let names: Vec<_> = values.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "login_hint",
            "redirect_uri",
            "response_type",
            "scope",
            "state"
        ]
    );
}

#[tokio::test]
async fn line_breaks_between_scopes_become_spaces() {
    let world = World::new().await;
    let form = SmtpForm {
        scope: "mail\r\nBcc: eve@example.com\u{85}x".into(),
        ..world.oauth_form()
    };
    world.save(&form).await;
    let url = world.begin().await.url;
    assert!(
        url.contains("scope=mail+Bcc%3A+eve%40example.com+x&"),
        "{url}"
    );
    let broken = SmtpForm {
        scope: "mail\0x".into(),
        ..form
    };
    let saved = world
        .mailer
        .settings
        .save(&broken, &redirect_url(), &world.admin)
        .await;
    match saved {
        Err(SaveError::Form(errors)) => {
            assert_eq!(errors.get(SmtpField::Scope), Some(SmtpFormError::NotAScope));
        }
        other => panic!("{other:?}"),
    }
}
