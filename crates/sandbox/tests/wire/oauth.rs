//! OAuth 2.0 as a client sees it.

use crate::support::{ALICE, Browser, http, start};
use sandbox::{ClientAuthentication, Faults, Sandbox, SandboxConfig, TokenError};

use crate::support::http::{REDIRECT_URI, VERIFIER, body, hidden_id, parameter};

#[tokio::test]
async fn gives_tokens_to_a_user_who_signs_in_and_allows() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);

    let url = browser.click_through(ALICE, "allow").await;
    let answer = browser.redeem(&parameter(&url, "code").unwrap()).await;

    assert!(url.starts_with(REDIRECT_URI));
    assert_eq!(parameter(&url, "state").unwrap(), "a state & more");
    assert_eq!(parameter(&url, "iss").unwrap(), browser.descriptor.issuer);
    assert_eq!(answer.status, 200);
    assert!(answer.headers.contains_key("date"));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.json["token_type"], "Bearer");
    assert_eq!(answer.json["expires_in"], 3600);
    assert_eq!(answer.json["scope"], "mail openid offline_access");
    assert!(answer.json["refresh_token"].is_string());
    assert_eq!(id_token_claims(&answer.field("id_token"))["email"], ALICE);
    let requests = sandbox.control().token_requests();
    assert_eq!(requests[0].outcome, "issued");
    assert_eq!(requests[0].account.as_deref(), Some(ALICE));
    assert_eq!(
        requests[0].client_authentication,
        ClientAuthentication::Basic
    );
}

fn id_token_claims(token: &str) -> serde_json::Value {
    use base64::Engine as _;
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&engine.decode(parts[1]).unwrap()).unwrap()
}

#[tokio::test]
async fn answers_an_authorization_in_process_as_through_the_pages() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let control = sandbox.control();
    let url = browser.authorization_url();

    let allowed = control.answer_authorization(&url, ALICE, true).unwrap();
    let denied = control.answer_authorization(&url, ALICE, false).unwrap();

    let code = parameter(&allowed, "code").unwrap();
    assert_eq!(browser.redeem(&code).await.status, 200);
    assert_eq!(parameter(&denied, "error").unwrap(), "access_denied");
    assert!(
        control
            .answer_authorization("http://x/", ALICE, true)
            .is_err()
    );
}

#[tokio::test]
async fn reports_a_denial_to_the_client() {
    let sandbox = start().await;
    let url = Browser::new(&sandbox).click_through(ALICE, "deny").await;
    assert_eq!(parameter(&url, "error").unwrap(), "access_denied");
    assert_eq!(parameter(&url, "state").unwrap(), "a state & more");
    assert!(parameter(&url, "code").is_none());
}

#[tokio::test]
async fn refuses_a_wrong_password_and_a_consent_without_login() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let fields = browser.authorization_fields();
    let login = browser.get(&format!("/authorize?{}", body(&fields))).await;
    let id = hidden_id(&login.text);
    assert!(login.text.contains("value=\"alice@sandbox.test\""));

    let fields = [("id", id.as_str()), ("email", ALICE), ("password", "wrong")];
    let wrong = browser.form("/authorize/sign-in", &fields).await;
    let fields = [("id", id.as_str()), ("decision", "allow")];
    let early = browser.form("/authorize/decision", &fields).await;

    assert_eq!((wrong.status, early.status), (422, 400));
    assert!(wrong.text.contains("role=alert"));
}

#[tokio::test]
async fn never_redirects_to_an_unregistered_url() {
    let sandbox = Sandbox::start(SandboxConfig {
        redirect_urls: vec!["http://127.0.0.1:3000/oauth/callback".to_owned()],
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let browser = Browser::new(&sandbox);
    for (name, value) in [
        ("redirect_uri", "http://localhost:3000/oauth/callback"),
        ("redirect_uri", "http://127.0.0.1:3000/oauth/callback/"),
        ("redirect_uri", "https://evil.example/oauth/callback"),
        ("client_id", "someone-else"),
    ] {
        let mut fields = browser.authorization_fields();
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
        let answer = browser.get(&format!("/authorize?{}", body(&fields))).await;
        assert_eq!((answer.status, answer.location), (400, None), "{value}");
    }
}

#[tokio::test]
async fn refuses_an_authorization_without_an_s256_challenge() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    for missing in ["code_challenge", "code_challenge_method"] {
        let mut fields = browser.authorization_fields();
        fields.retain(|(field, _)| *field != missing);
        let answer = browser.get(&format!("/authorize?{}", body(&fields))).await;
        let url = answer.location.unwrap();
        assert_eq!(parameter(&url, "error").unwrap(), "invalid_request");
    }
}

#[tokio::test]
async fn refuses_a_code_with_another_verifier_or_redirect_url() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let code = browser.code(ALICE).await;
    let other_url = "http://localhost:3000/oauth/callback";
    for (redirect_uri, verifier) in [
        (
            REDIRECT_URI,
            "another-verifier-of-at-least-forty-three-characters",
        ),
        (other_url, VERIFIER),
    ] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let answer = browser.token(&fields).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_grant"));
    }
}

#[tokio::test]
async fn a_code_used_twice_ends_the_grant_of_its_first_use() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let code = browser.code(ALICE).await;
    let first = browser.redeem(&code).await;

    let second = browser.redeem(&code).await;
    let refreshed = browser.refresh(&first.field("refresh_token")).await;

    assert_eq!((second.status, second.error()), (400, "invalid_grant"));
    assert_eq!(refreshed.error(), "invalid_grant");
}

#[tokio::test]
async fn a_rotated_refresh_token_used_again_ends_the_whole_grant() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let first = browser.grant(ALICE).await.field("refresh_token");
    let second = browser.refresh(&first).await;
    assert_eq!(second.status, 200);
    let second = second.field("refresh_token");
    assert_ne!(first, second);

    let reused = browser.refresh(&first).await;
    let newest = browser.refresh(&second).await;

    assert_eq!(reused.error(), "invalid_grant");
    assert_eq!(newest.error(), "invalid_grant");
}

#[tokio::test]
async fn without_rotation_a_refresh_token_stays_good() {
    let sandbox = start().await;
    sandbox.control().set(Faults {
        rotate_refresh_token: false,
        ..Faults::default()
    });
    let browser = Browser::new(&sandbox);
    let token = browser.grant(ALICE).await.field("refresh_token");
    for _ in 0..2 {
        let answer = browser.refresh(&token).await;
        assert_eq!(answer.status, 200);
        assert!(answer.json.get("refresh_token").is_none());
    }
}

#[tokio::test]
async fn revocation_ends_the_grant() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let answer = browser.grant(ALICE).await;
    let token = answer.field("access_token");
    let fields = [
        ("token", token.as_str()),
        ("client_id", "mailgrant-sandbox"),
        ("client_secret", "sandbox-secret"),
    ];
    let revoked = browser.form("/revoke", &fields).await;
    let refreshed = browser.refresh(&answer.field("refresh_token")).await;
    assert_eq!((revoked.status, refreshed.status), (200, 400));
}

#[tokio::test]
async fn accepts_the_client_secret_in_one_way_but_not_in_both() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let token = browser.grant(ALICE).await.field("refresh_token");
    let mut fields = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str()),
        ("client_id", "mailgrant-sandbox"),
    ];
    let nobody = browser.form("/token", &fields).await;
    fields.push(("client_secret", "sandbox-secret"));
    let both = browser.token(&fields).await;
    let post = browser.form("/token", &fields).await;
    sandbox.control().set(Faults {
        accept_basic_client_authentication: false,
        ..Faults::default()
    });
    let basic = browser.refresh(&post.field("refresh_token")).await;
    assert_eq!((nobody.status, both.status), (401, 401));
    assert_eq!(post.status, 200);
    assert_eq!((basic.status, basic.error()), (401, "invalid_client"));
    assert!(basic.headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn discovery_names_the_endpoints() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    for path in ["openid-configuration", "oauth-authorization-server"] {
        let answer = browser.get(&format!("/.well-known/{path}")).await;
        assert_eq!(answer.field("issuer"), browser.descriptor.issuer);
        assert_eq!(
            answer.field("token_endpoint"),
            browser.descriptor.token_endpoint
        );
    }
}

#[tokio::test]
async fn every_named_token_error_is_answered_as_the_provider_does() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    for (name, status, error) in [
        ("invalid_grant", 400, "invalid_grant"),
        ("AADSTS7000215", 401, "invalid_client"),
        ("50076", 400, "interaction_required"),
    ] {
        let fault = TokenError::named(name).unwrap().times(1);
        sandbox.control().set(Faults {
            token_error: Some(fault),
            ..Faults::default()
        });
        let answer = browser.refresh("whatever").await;
        assert_eq!((answer.status, answer.error()), (status, error));
        assert!(sandbox.control().faults().token_error.is_none());
    }
    assert!(TokenError::named("AADSTS1").is_none());
}

#[tokio::test]
async fn odd_answers_of_the_token_endpoint_are_odd() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let control = sandbox.control();
    let token = browser.grant(ALICE).await.field("refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];

    browser.put_faults(r#"{"token_cut": true}"#).await;
    assert!(browser.try_token(&fields).await.is_err());
    browser
        .put_faults(r#"{"token_cut": false, "token_garbage": true}"#)
        .await;
    let garbage = browser.token(&fields).await;
    assert!(garbage.status == 200 && garbage.text.starts_with("<!doctype html>"));
    browser
        .put_faults(r#"{"token_garbage": false, "token_huge": true}"#)
        .await;
    assert!(browser.token(&fields).await.text.len() > 10_000_000);
    browser
        .put_faults(r#"{"token_huge": false, "token_redirect": true}"#)
        .await;
    let redirect = browser.token(&fields).await;
    assert_eq!(redirect.status, 302);
    assert_eq!(redirect.location.unwrap(), "/token/elsewhere");
    control.set(Faults {
        token_silent: true,
        ..Faults::default()
    });
    tokio::select! {
        _ = browser.try_token(&fields) => panic!("answered"),
        () = async {
            while control.token_requests().last().unwrap().outcome != "silent" {
                tokio::task::yield_now().await;
            }
        } => {}
    }

    control.set(Faults::default());
    assert_eq!(browser.refresh(&token).await.status, 200);
}

#[tokio::test]
async fn a_lost_response_has_consumed_the_refresh_token() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let token = browser.grant(ALICE).await.field("refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    sandbox.control().set(Faults {
        token_answer_lost: true,
        ..Faults::default()
    });
    assert!(browser.try_token(&fields).await.is_err());
    sandbox.control().set(Faults::default());
    assert_eq!(browser.refresh(&token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn callback_errors_and_a_wrong_issuer_come_back_to_the_client() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let control = sandbox.control();
    control.set(Faults {
        callback_error: Some("org_internal".to_owned()),
        wrong_iss: true,
        ..Faults::default()
    });
    let url = control.answer_authorization(&browser.authorization_url(), ALICE, true);
    let url = url.unwrap();
    assert_eq!(parameter(&url, "error").unwrap(), "org_internal");
    assert_ne!(parameter(&url, "iss").unwrap(), browser.descriptor.issuer);
}

#[tokio::test]
async fn grants_less_and_to_another_account_if_configured() {
    let sandbox = start().await;
    sandbox.control().set(Faults {
        granted_scope: Some("offline_access".to_owned()),
        signed_in_account: Some("bob@sandbox.test".to_owned()),
        account_in_id_token: true,
        issue_refresh_token: false,
        access_token_length: 2048,
        ..Faults::default()
    });
    let answer = http::Browser::new(&sandbox).grant(ALICE).await;
    assert_eq!(answer.json["scope"], "offline_access");
    assert!(answer.json.get("refresh_token").is_none());
    assert_eq!(answer.field("access_token").len(), 2048);
    let claims = id_token_claims(&answer.field("id_token"));
    assert_eq!(claims["email"], "bob@sandbox.test");
}

#[tokio::test]
async fn grants_outlive_the_sandbox_that_gave_them() {
    let first = start().await;
    let answer = Browser::new(&first).grant(ALICE).await;
    let exported = first.control().export_grants().unwrap();
    drop(first);

    let second = start().await;
    second.control().import_grants(&exported).unwrap();
    let browser = Browser::new(&second);

    let refreshed = browser.refresh(&answer.field("refresh_token")).await;
    assert_eq!(refreshed.status, 200);
    let again = browser.refresh(&answer.field("refresh_token")).await;
    assert_eq!(again.error(), "invalid_grant");
    assert!(second.control().import_grants("no json").is_err());
}
