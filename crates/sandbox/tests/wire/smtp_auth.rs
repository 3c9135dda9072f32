//! Authentication at SMTP.

use crate::support::{ALICE, Browser, SmtpClient, start, token};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::{Faults, RefusalStyle, Sandbox};

const JSON: &str = r#"{"schemes":"bearer mac","scope":"https://mail.google.com/","status":"400"}"#;

fn challenge(reply: &str) -> String {
    let blob = reply.trim_end().strip_prefix("334 ").unwrap();
    String::from_utf8(STANDARD.decode(blob).unwrap()).unwrap()
}

fn refuse(sandbox: &Sandbox, style: RefusalStyle) {
    sandbox.control().set(Faults {
        refuse_tokens: Some(style),
        ..Faults::default()
    });
}

#[tokio::test]
async fn accepts_a_token_over_starttls_and_over_implicit_tls() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    SmtpClient::starttls(&sandbox).await.sign_in(&token).await;
    SmtpClient::tls(&sandbox).await.sign_in(&token).await;
    let attempts = sandbox.control().auth_attempts();
    assert_eq!(attempts.len(), 2);
    assert!(attempts.iter().all(|attempt| attempt.accepted
        && attempt.with_initial_response
        && attempt.mechanism == "XOAUTH2"
        && attempt.account.as_deref() == Some(ALICE)));
}

#[tokio::test]
async fn a_bad_token_is_explained_then_refused_and_another_may_follow() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    assert_eq!(challenge(&client.xoauth2(ALICE, "wrong").await), JSON);
    assert!(client.command("").await.starts_with("535-5.7.8 "));
    client.sign_in(&token).await;
}

#[tokio::test]
async fn a_cancelled_exchange_ends_with_501() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.xoauth2(ALICE, "wrong").await;
    assert!(client.command("*").await.starts_with("501 "));
    assert_eq!(client.command("AUTH XOAUTH2").await, "334 \r\n");
    assert!(client.command("*").await.starts_with("501 "));
}

#[tokio::test]
async fn refuses_in_the_words_of_the_provider() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    for (style, reply) in [
        (RefusalStyle::Microsoft, "535 5.7.3 "),
        (RefusalStyle::MicrosoftTenantDisabled, "535 5.7.139 "),
        (
            RefusalStyle::GoogleApplicationPasswordRequired,
            "534-5.7.9 ",
        ),
        (RefusalStyle::TemporaryFailure, "454 4.7.0 "),
        (RefusalStyle::TooManyConnections, "421 4.7.0 "),
    ] {
        refuse(&sandbox, style);
        let mut client = SmtpClient::starttls(&sandbox).await;
        let got = client.xoauth2(ALICE, &token).await;
        assert!(got.starts_with(reply), "{got}");
    }
    refuse(&sandbox, RefusalStyle::Google);
    let mut client = SmtpClient::starttls(&sandbox).await;
    assert_eq!(challenge(&client.xoauth2(ALICE, &token).await), JSON);
    assert!(client.command("").await.starts_with("535-5.7.8 "));
}

#[tokio::test]
async fn oauthbearer_is_accepted_and_refused() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    let mut client = SmtpClient::tls(&sandbox).await;
    let blob = |token: &str| {
        STANDARD.encode(format!(
            "n,a={ALICE},\x01host=localhost\x01port=465\x01auth=Bearer {token}\x01\x01"
        ))
    };
    let line = format!("AUTH OAUTHBEARER {}", blob("wrong"));
    assert!(challenge(&client.command(&line).await).contains("invalid_token"));
    assert!(client.command("AQ==").await.starts_with("535-5.7.8 "));
    let line = format!("AUTH OAUTHBEARER {}", blob(&token));
    assert!(client.command(&line).await.starts_with("235 "));
}

#[tokio::test]
async fn a_long_token_must_come_after_334() {
    let sandbox = start().await;
    sandbox.control().set(Faults {
        access_token_length: 2048,
        ..Faults::default()
    });
    let token = token(&sandbox).await;
    let mut client = SmtpClient::starttls(&sandbox).await;

    let at_once = client.xoauth2(ALICE, &token).await;
    assert_eq!(at_once, "500 5.5.2 Line too long\r\n");
    assert_eq!(client.command("AUTH XOAUTH2").await, "334 \r\n");
    let blob = STANDARD.encode(format!("user={ALICE}\x01auth=Bearer {token}\x01\x01"));
    assert!(client.command(&blob).await.starts_with("235 "));
    let attempts = sandbox.control().auth_attempts();
    assert!(!attempts[0].accepted && attempts[0].with_initial_response);
    assert!(attempts[1].accepted && !attempts[1].with_initial_response);
}

#[tokio::test]
async fn a_blob_above_12288_octets_is_refused() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.command("AUTH XOAUTH2").await;
    let reply = client.command(&"A".repeat(12_288 + 4)).await;
    assert!(reply.starts_with("500 5.5.6 "), "{reply}");
    client.command("AUTH XOAUTH2").await;
    let reply = client.command(&"A".repeat(12_288)).await;
    assert!(reply.starts_with("501 5.5.2 "), "{reply}");
}

#[tokio::test]
async fn a_token_opens_only_the_mail_of_its_account() {
    let sandbox = start().await;
    let token = token(&sandbox).await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    let reply = client.xoauth2("bob@sandbox.test", &token).await;
    assert!(reply.starts_with("334 "));
}

#[tokio::test]
async fn a_token_without_the_mail_scope_expired_or_revoked_opens_nothing() {
    let sandbox = start().await;
    let control = sandbox.control();
    control.set(Faults {
        granted_scope: Some("openid".to_owned()),
        ..Faults::default()
    });
    let without_scope = token(&sandbox).await;
    control.set(Faults {
        access_token_lifetime_seconds: 0,
        ..Faults::default()
    });
    let short = token(&sandbox).await;
    control.set(Faults::default());
    let expired = token(&sandbox).await;
    control.expire_access_tokens();
    let revoked = token(&sandbox).await;
    control.revoke_all();
    let good = token(&sandbox).await;

    let mut client = SmtpClient::starttls(&sandbox).await;
    for token in [&without_scope, &short, &expired, &revoked] {
        assert!(client.xoauth2(ALICE, token).await.starts_with("334 "));
        assert!(client.command("").await.starts_with("535"));
    }
    client.sign_in(&good).await;
}

#[tokio::test]
async fn an_open_session_goes_on_after_revocation() {
    let sandbox = start().await;
    let mut client = SmtpClient::starttls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;
    sandbox.control().revoke_all();
    let reply = client.message(ALICE, "Subject: late\r\n\r\nhi").await;
    assert!(reply.starts_with("250 "));
}

#[tokio::test]
async fn passwords_work_with_plain_and_login() {
    let sandbox = start().await;
    let plain = |password: &str| STANDARD.encode(format!("\0{ALICE}\0{password}"));

    let mut client = SmtpClient::starttls(&sandbox).await;
    let reply = client.command(&format!("AUTH PLAIN {}", plain("no"))).await;
    assert!(reply.starts_with("535 "));
    let line = format!("AUTH PLAIN {}", plain("alice-password"));
    assert!(client.command(&line).await.starts_with("235 "));

    let mut client = SmtpClient::starttls(&sandbox).await;
    assert_eq!(client.command("AUTH LOGIN").await, "334 VXNlcm5hbWU6\r\n");
    let reply = client.command(&STANDARD.encode(ALICE)).await;
    assert_eq!(reply, "334 UGFzc3dvcmQ6\r\n");
    let reply = client.command(&STANDARD.encode("alice-password")).await;
    assert!(reply.starts_with("235 "));
}

#[tokio::test]
async fn no_client_signs_in_before_tls_unless_configured() {
    let sandbox = start().await;
    let mut client = SmtpClient::plain(&sandbox).await;
    client.reply().await;
    let offer = client.command("EHLO test").await;
    assert!(offer.contains("STARTTLS") && !offer.contains("AUTH"));
    assert!(
        client
            .command("AUTH PLAIN AGEAYg==")
            .await
            .starts_with("530 ")
    );

    Browser::new(&sandbox)
        .put_faults(r#"{"auth_without_tls": true}"#)
        .await;
    assert!(client.command("EHLO test").await.contains("AUTH XOAUTH2"));
    let blob = STANDARD.encode(format!("\0{ALICE}\0alice-password"));
    let reply = client.command(&format!("AUTH PLAIN {blob}")).await;
    assert!(reply.starts_with("235 "));
}

#[tokio::test]
async fn a_mechanism_that_is_not_offered_is_504() {
    let sandbox = start().await;
    sandbox.control().set(Faults {
        mechanisms: vec!["LOGIN".to_owned(), "XOAUTH2".to_owned()],
        ..Faults::default()
    });
    let mut client = SmtpClient::starttls(&sandbox).await;
    let offer = client.command("EHLO test").await;
    assert!(offer.ends_with("250 AUTH LOGIN XOAUTH2\r\n"), "{offer}");
    assert!(
        client
            .command("AUTH PLAIN AGEAYg==")
            .await
            .starts_with("504 ")
    );
    assert!(client.command("AUTH CRAM-MD5").await.starts_with("504 "));
}
