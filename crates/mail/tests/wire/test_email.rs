//! Steps of the test email.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    AddressError, CheckOutcome, FindingCode, SmtpField, SmtpForm, SmtpFormError, StepKind,
    TypedSecret, Verdict, finding::FindingValue,
};
use mail::TestError;
use sandbox::{Certificate, CutAt, Faults, RefusalStyle, Stage, StageReply, TlsVersion};

use crate::support::{ALICE, BOB, World, delivered, finding, short_timeouts};

fn over_implicit_tls(world: &World, form: SmtpForm) -> SmtpForm {
    SmtpForm {
        smtp_port: world.descriptor().smtp_tls_port.to_string(),
        security: "implicit_tls".into(),
        ..form
    }
}

fn reply(stage: Stage, reply: &str) -> Faults {
    let replies = vec![StageReply {
        stage,
        reply: reply.into(),
        times: None,
    }];
    Faults {
        replies,
        ..Faults::default()
    }
}

#[tokio::test]
async fn a_delivered_message_names_its_id_and_shows_each_exchange() {
    let world = World::authorized().await;
    let report = world.test_email().await;
    let message_id = delivered(&report);

    let received = world.control().messages().remove(0);
    assert_eq!(
        received
            .message_id
            .as_deref()
            .map(|id| id.trim_matches(['<', '>'])),
        Some(message_id.trim_matches(['<', '>']))
    );
    assert_eq!(
        (received.from.as_str(), received.to[0].as_str()),
        (ALICE, BOB)
    );
    let text = format!("mail from {ALICE} is being delivered");
    assert!(received.raw.contains(&text), "{}", received.raw);
    let kinds: Vec<_> = report.steps.iter().map(|step| step.kind).collect();
    {
        use StepKind::{
            Authenticate, Connect, Data, Discovery, Dkim, Dmarc, Ehlo, Grant, Greeting, MailFrom,
            Message, Mx, Quit, RcptTo, Resolve, Spf, StartTls, Tls, TokenEndpoint,
        };
        let mut expected = vec![Discovery, TokenEndpoint, Grant, Resolve, Connect, Greeting];
        expected.extend([Ehlo, StartTls, Tls, Ehlo, Authenticate]);
        expected.extend([MailFrom, RcptTo, Data, Message, Quit, Mx, Spf, Dkim, Dmarc]);
        let connects = kinds.iter().filter(|kind| **kind == Connect).count();
        expected.splice(4..5, vec![Connect; connects]);
        assert_eq!(kinds, expected);
    }
    let tls = report.tls.unwrap();
    assert_eq!(tls.version, "TLS 1.3");
    assert!(tls.cipher.starts_with("TLS_"), "{}", tls.cipher);
    assert!(report.last_reply.unwrap().starts_with("250"));
}

#[tokio::test]
async fn passwords_and_tokens_work_over_starttls_and_over_implicit_tls() {
    let world = World::authorized().await;
    for form in [world.oauth_form(), world.basic_form()] {
        delivered(&world.test_email_with(&form).await);
        delivered(
            &world
                .test_email_with(&over_implicit_tls(&world, form))
                .await,
        );
    }
    let mechanisms: Vec<_> = world
        .control()
        .auth_attempts()
        .into_iter()
        .map(|attempt| attempt.mechanism)
        .collect();
    assert_eq!(mechanisms, ["XOAUTH2", "XOAUTH2", "PLAIN", "PLAIN"]);
}

#[tokio::test]
async fn the_mechanism_is_the_one_that_is_offered() {
    let world = World::authorized().await;
    for (offered, form) in [
        ("OAUTHBEARER", world.oauth_form()),
        ("LOGIN", world.basic_form()),
    ] {
        world.control().set(Faults {
            mechanisms: vec![offered.into()],
            ..Faults::default()
        });
        delivered(&world.test_email_with(&form).await);
        assert_eq!(
            world.control().auth_attempts().last().unwrap().mechanism,
            offered
        );
    }
    world.control().set(Faults {
        mechanisms: vec!["PLAIN".into()],
        ..Faults::default()
    });
    let report = world.test_email().await;
    let CheckOutcome::Failed(finding) = &report.outcome else {
        panic!()
    };
    assert_eq!(finding.code, FindingCode::MechanismNotOffered);
    assert_eq!(finding.value(FindingValue::Offered), "PLAIN");
}

#[tokio::test]
async fn a_token_as_long_as_microsofts_goes_without_initial_response() {
    let world = World::new().await;
    world.control().set(Faults {
        access_token_length: 2_500,
        ..Faults::default()
    });
    world.save(&world.oauth_form()).await;
    world.authorize(ALICE, true).await;
    delivered(&world.test_email().await);
    assert!(!world.control().auth_attempts()[0].with_initial_response);
}

#[tokio::test]
async fn both_bearer_mechanisms_read_the_reason_of_a_refusal() {
    for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
        let world = World::authorized().await;
        world.control().set(Faults {
            mechanisms: vec![mechanism.into()],
            refuse_tokens: Some(RefusalStyle::Google),
            ..Faults::default()
        });
        let report = world.test_email().await;
        let CheckOutcome::Failed(finding) = &report.outcome else {
            panic!()
        };
        let said = finding.said.as_deref().unwrap();
        assert!(
            said.contains("\"scope\":\"https://mail.google.com/\""),
            "{said}"
        );
        assert!(said.contains("535"), "{said}");
    }
}

#[tokio::test]
async fn a_reply_to_starttls_may_have_several_lines_or_no_text() {
    let world = World::new().await;
    for text in ["220-2.0.0 Ready\r\n220 2.0.0 to start TLS", "220"] {
        world.control().set(reply(Stage::Starttls, text));
        let report = world.test_email_with(&world.basic_form()).await;
        delivered(&report);
        assert_eq!(report.tls.unwrap().version, "TLS 1.3", "{text}");
    }
}

#[tokio::test]
async fn each_refusal_of_a_sign_in_is_named() {
    let world = World::authorized().await;
    for (style, expected) in [
        (
            RefusalStyle::MicrosoftTenantDisabled,
            FindingCode::SmtpAuthDisabledForTenant,
        ),
        (
            RefusalStyle::MicrosoftMailboxDisabled,
            FindingCode::SmtpAuthDisabledForMailbox,
        ),
        (
            RefusalStyle::MicrosoftIncorrectCredentials,
            FindingCode::CredentialsIncorrect,
        ),
        (
            RefusalStyle::MicrosoftCriteriaNotMet,
            FindingCode::CriteriaNotMet,
        ),
        (
            RefusalStyle::MicrosoftBasicRetired,
            FindingCode::PasswordSignInRetired,
        ),
        (
            RefusalStyle::MicrosoftTooManyConnections,
            FindingCode::TooManyConnections,
        ),
        (
            RefusalStyle::GoogleApplicationPasswordRequired,
            FindingCode::AppPasswordNeeded,
        ),
        (
            RefusalStyle::GoogleBrowserSignInRequired,
            FindingCode::AppPasswordNeeded,
        ),
        (
            RefusalStyle::GoogleTooManyAttempts,
            FindingCode::TooManySignIns,
        ),
        (
            RefusalStyle::TemporaryFailure,
            FindingCode::AuthenticationUnavailable,
        ),
        (
            RefusalStyle::TooManyConnections,
            FindingCode::TooManyConnections,
        ),
        (RefusalStyle::Dovecot, FindingCode::PasswordRefused),
    ] {
        world.control().set(Faults {
            refuse_passwords: Some(style),
            ..Faults::default()
        });
        let report = world.test_email_with(&world.basic_form()).await;
        assert_eq!(finding(&report), expected, "{style:?}");
    }
}

#[tokio::test]
async fn each_refusal_of_a_message_is_named() {
    let world = World::new().await;
    for (stage, text, expected) in [
        (
            Stage::Greeting,
            "421 4.7.66 TLS 1.0 and 1.1 are not supported",
            FindingCode::TlsTooOld,
        ),
        (Stage::Greeting, "554 no service here", FindingCode::Refused),
        (
            Stage::Ehlo,
            "421 4.7.0 try again later",
            FindingCode::Temporary,
        ),
        (
            Stage::Starttls,
            "454 4.7.0 TLS not available",
            FindingCode::Temporary,
        ),
        (
            Stage::Mail,
            "530 5.7.57 Client not authenticated",
            FindingCode::AuthenticationWanted,
        ),
        (
            Stage::Mail,
            "553 5.1.8 sender refused",
            FindingCode::SenderRefused,
        ),
        (
            Stage::Rcpt,
            "550 5.1.1 no such user",
            FindingCode::NoSuchUser,
        ),
        (
            Stage::Rcpt,
            "452 4.2.2 mailbox full",
            FindingCode::MailboxFull,
        ),
        (
            Stage::Data,
            "550 5.4.5 Daily user sending limit exceeded",
            FindingCode::QuotaExceeded,
        ),
        (
            Stage::Final,
            "554 5.2.252 SendAsDenied",
            FindingCode::SendAsDenied,
        ),
        (
            Stage::Final,
            "552 5.3.4 too large",
            FindingCode::MessageTooLarge,
        ),
        (Stage::Final, "550 5.7.1 policy", FindingCode::PolicyRefused),
        (Stage::Final, "571 what nobody knows", FindingCode::Refused),
    ] {
        world.control().set(reply(stage, text));
        let report = world.test_email_with(&world.basic_form()).await;
        assert_eq!(finding(&report), expected, "{text}");
        assert_eq!(report.last_reply.as_deref(), Some(text));
    }
}

#[tokio::test]
async fn a_silent_or_disconnected_server_is_reported_and_never_blocks() {
    let world = World::with(short_timeouts).await;
    for stage in [
        Stage::Greeting,
        Stage::Ehlo,
        Stage::Auth,
        Stage::Mail,
        Stage::Data,
    ] {
        world.control().set(Faults {
            silent_at: Some(stage),
            ..Faults::default()
        });
        let report = world.test_email_with(&world.basic_form()).await;
        assert_eq!(finding(&report), FindingCode::Timeout, "{stage:?}");
    }
    for (cut, expected) in [
        (CutAt::Greeting, FindingCode::ConnectionClosed),
        (CutAt::Ehlo, FindingCode::ConnectionClosed),
        (CutAt::Starttls, FindingCode::ConnectionClosed),
        (CutAt::Auth, FindingCode::ConnectionClosed),
        (CutAt::Mail, FindingCode::ConnectionClosed),
        (
            CutAt::AfterFinalDotBeforeReply,
            FindingCode::ClosedAfterMessage,
        ),
    ] {
        world.control().set(Faults {
            cut_at: Some(cut),
            ..Faults::default()
        });
        let report = world.test_email_with(&world.basic_form()).await;
        assert_eq!(finding(&report), expected, "{cut:?}");
    }
}

#[tokio::test]
async fn tls_problems_are_named() {
    let world = World::new().await;
    let certificate = |certificate| Faults {
        certificate,
        ..Faults::default()
    };
    let form = over_implicit_tls(&world, world.basic_form());
    for (faults, form, expected) in [
        (
            certificate(Certificate::WrongName),
            &form,
            FindingCode::CertificateOtherName,
        ),
        (
            certificate(Certificate::Expired),
            &form,
            FindingCode::CertificateExpired,
        ),
        (
            certificate(Certificate::UnknownCa),
            &form,
            FindingCode::CertificateIssuerUnknown,
        ),
        (
            Faults {
                plaintext_on_tls_port: true,
                ..Faults::default()
            },
            &form,
            FindingCode::PlaintextOnTlsPort,
        ),
        (
            Faults {
                offer_starttls: false,
                ..Faults::default()
            },
            &world.basic_form(),
            FindingCode::StarttlsNotOffered,
        ),
        (
            Faults {
                max_tls: Some(TlsVersion::V1_2),
                ..Faults::default()
            },
            &SmtpForm {
                tls_minimum: "1.3".into(),
                ..form.clone()
            },
            FindingCode::TlsVersion,
        ),
    ] {
        world.control().set(faults.clone());
        let report = world.test_email_with(form).await;
        assert_eq!(finding(&report), expected, "{faults:?}");
    }
    assert!(world.control().auth_attempts().is_empty());
}

#[tokio::test]
async fn tls_1_2_is_accepted_unless_only_1_3_is() {
    let world = World::new().await;
    world.control().set(Faults {
        max_tls: Some(TlsVersion::V1_2),
        ..Faults::default()
    });
    let report = world.test_email_with(&world.basic_form()).await;
    delivered(&report);
    assert_eq!(report.tls.unwrap().version, "TLS 1.2");
}

#[tokio::test]
async fn ports_mixed_up_are_recognised_both_ways() {
    let world = World::new().await;
    let mut tls_on_starttls = world.basic_form();
    tls_on_starttls.security = "implicit_tls".into();
    let report = world.test_email_with(&tls_on_starttls).await;
    assert_eq!(finding(&report), FindingCode::PlaintextOnTlsPort);

    let mut starttls_on_tls = over_implicit_tls(&world, world.basic_form());
    starttls_on_tls.security = "starttls".into();
    let report = world.test_email_with(&starttls_on_tls).await;
    assert_eq!(finding(&report), FindingCode::TlsOnPlaintextPort);
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_reported() {
    let world = World::new().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let closed = SmtpForm {
        smtp_host: "127.0.0.1".into(),
        smtp_port: free.to_string(),
        ..world.basic_form()
    };
    let report = world.test_email_with(&closed).await;
    assert_eq!(finding(&report), FindingCode::ConnectionRefused);
    let unknown = SmtpForm {
        smtp_host: "nowhere.example.com".into(),
        ..world.basic_form()
    };
    assert_eq!(
        finding(&world.test_email_with(&unknown).await),
        FindingCode::HostNotFound
    );
}

#[tokio::test]
async fn no_secret_is_in_a_report_even_when_the_server_echoes_it() {
    let world = World::authorized().await;
    let secret = "a-password-nobody-else-has";
    world.control().set(reply(
        Stage::Auth,
        &format!("535 5.7.8 your password {secret} is wrong"),
    ));
    let form = SmtpForm {
        password: TypedSecret::new(secret),
        ..world.basic_form()
    };
    let report = world.test_email_with(&form).await;
    let text = format!("{report:?}");
    assert!(!text.contains(secret), "{text}");
    assert!(text.contains("your password [redacted] is wrong"), "{text}");

    let hidden = BASE64_STANDARD.encode(format!("you sent {secret}"));
    world
        .control()
        .set(reply(Stage::Auth, &format!("334 {hidden}")));
    let text = format!("{:?}", world.test_email_with(&form).await);
    assert!(!text.contains(secret) && !text.contains(&hidden), "{text}");
    assert!(text.contains("you sent [redacted]"), "{text}");

    world.control().set(Faults::default());
    let text = format!("{:?}", world.test_email().await);
    assert!(
        !text.contains("auth=Bearer") && !text.contains("dXNlcj1"),
        "{text}"
    );
}

#[tokio::test]
async fn an_invalid_form_and_an_invalid_recipient_are_reported_together() {
    let world = World::new().await;
    let form = SmtpForm {
        smtp_port: "0".into(),
        ..world.basic_form()
    };
    match world
        .mailer
        .doctor
        .send_test(&form, "nobody", &world.admin)
        .await
    {
        Err(TestError::Form { errors, recipient }) => {
            assert_eq!(
                errors.get(SmtpField::SmtpPort),
                Some(SmtpFormError::NotAPort)
            );
            assert_eq!(recipient, Some(AddressError::NotAnAddress));
        }
        other => panic!("{other:?}"),
    }
    match world
        .mailer
        .doctor
        .send_test(&world.basic_form(), "", &world.admin)
        .await
    {
        Err(TestError::Form { errors, recipient }) => {
            assert!(errors.is_empty());
            assert_eq!(recipient, Some(AddressError::Required));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_saved_password_is_used_only_at_the_host_it_belongs_to() {
    let world = World::new().await;
    world.save(&world.basic_form()).await;
    let kept = world.basic_form().without_secrets();
    delivered(&world.test_email_with(&kept).await);
    let elsewhere = SmtpForm {
        smtp_host: "127.0.0.1".into(),
        ..kept
    };
    match world
        .mailer
        .doctor
        .send_test(&elsewhere, BOB, &world.admin)
        .await
    {
        Err(TestError::Form { errors, .. }) => assert_eq!(
            errors.get(SmtpField::Password),
            Some(SmtpFormError::SecretBelongsElsewhere)
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_report_is_kept_and_read_back() {
    let world = World::new().await;
    let (id, report) = world
        .mailer
        .doctor
        .send_test(&world.basic_form(), BOB, &world.admin)
        .await
        .unwrap();
    assert_eq!(
        world.mailer.doctor.get(&id).await.unwrap(),
        Some(report.clone())
    );
    let failed = report
        .steps
        .iter()
        .any(|step| step.verdict == Verdict::Failed);
    assert!(!failed);
}

#[tokio::test]
async fn without_authentication_no_credential_is_requested_or_sent() {
    let world = World::new().await;
    world.control().set(Faults {
        authentication_required: false,
        ..Faults::default()
    });
    let form = SmtpForm {
        authentication_required: false,
        ..world.basic_form()
    };
    delivered(&world.test_email_with(&form).await);
    assert!(world.control().auth_attempts().is_empty());
}
