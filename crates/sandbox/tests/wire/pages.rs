//! Pages and control endpoint.

use crate::support::{ALICE, Browser, SmtpClient, start, token};
use sandbox::{Descriptor, Faults, scenarios};

#[tokio::test]
async fn the_page_shows_the_values_to_enter_and_the_received_mail() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let mut client = SmtpClient::tls(&sandbox).await;
    client.sign_in(&token(&sandbox).await).await;
    let raw = "Subject: <b>bold</b>\r\n\r\nbody <i>";
    client.message(ALICE, raw).await;

    let home = browser.get("/").await;
    let list = browser.get("/messages").await;
    let id = list.json[0]["id"].as_str().unwrap();
    let message = browser.get(&format!("/messages/{id}")).await;

    for text in ["mailgrant-sandbox", "alice-password", "&lt;b&gt;bold"] {
        assert!(home.text.contains(text), "{text}");
    }
    assert!(message.text.contains("body &lt;i&gt;"));
    let policy = home.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    let cleared = browser.send("DELETE", "/messages", "text/plain", String::new());
    assert_eq!(cleared.await.status, 204);
    assert!(sandbox.control().messages().is_empty());
    assert_eq!(browser.get(&format!("/messages/{id}")).await.status, 404);
}

#[tokio::test]
async fn the_descriptor_is_served() {
    let sandbox = start().await;
    let served = Browser::new(&sandbox).get("/descriptor").await;
    let served: Descriptor = serde_json::from_value(served.json).unwrap();
    assert_eq!(&served, sandbox.descriptor());
}

#[tokio::test]
async fn faults_are_merged_over_those_in_force() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let control = sandbox.control();
    browser
        .put_faults(r#"{"token_error": "AADSTS700016", "max_tls": "1.2"}"#)
        .await;
    browser
        .put_faults(r#"{"token_error": null, "slow_ms": {"data": 5}}"#)
        .await;
    let faults = control.faults();
    assert!(faults.token_error.is_none() && faults.max_tls.is_some());
    assert_eq!(faults.slow_ms.len(), 1);
    for wrong in [
        r#"{"no_such_fault": 1}"#,
        r#"{"token_error": "what"}"#,
        "[]",
    ] {
        assert_eq!(browser.put_faults(wrong).await.status, 422, "{wrong}");
    }
    assert_eq!(control.faults(), faults);
    assert_eq!(browser.form("/control/reset", &[]).await.status, 303);
    assert_eq!(control.faults(), Faults::default());
}

#[tokio::test]
async fn every_scenario_can_be_chosen() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let control = sandbox.control();
    for scenario in scenarios() {
        let fields = [("name", scenario.name)];
        let answer = browser.form("/control/scenario", &fields).await;
        assert_eq!(answer.status, 303, "{}", scenario.name);
        assert_eq!(control.faults(), scenario.faults().unwrap());
        let harmless = control.faults() == Faults::default();
        assert_eq!(harmless, scenario.name == "none", "{}", scenario.name);
    }
}

#[tokio::test]
async fn the_page_shows_the_finding_of_each_scenario() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let fields = [("name", "refuse_microsoft_tenant_disabled")];
    browser.form("/control/scenario", &fields).await;
    let home = browser.get("/").await;
    assert!(
        home.text
            .contains("Send a test email: you will see smtp_auth_disabled_for_tenant.")
    );
    let listed = browser.get("/scenarios").await;
    assert_eq!(listed.json.as_array().unwrap().len(), scenarios().len());
    assert_eq!(listed.json[0]["finding"], serde_json::Value::Null);
    assert_eq!(listed.json[1]["at"], "authorize");
}

#[test]
fn every_scenario_has_a_name_a_title_and_a_cause_of_its_own() {
    let all = scenarios();
    for (at, scenario) in all.iter().enumerate() {
        for other in &all[..at] {
            assert_ne!(scenario.name, other.name);
            assert_ne!(
                (scenario.group, scenario.title),
                (other.group, other.title),
                "{}",
                scenario.name
            );
            // A reply can have another meaning with another authentication.
            assert_ne!(
                (scenario.faults().unwrap(), scenario.given),
                (other.faults().unwrap(), other.given),
                "{} and {}",
                scenario.name,
                other.name
            );
        }
    }
}

#[tokio::test]
async fn the_clock_of_the_provider_can_be_off() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let date = async || {
        let answer = browser.get("/descriptor").await;
        let date = answer.headers["date"].to_str().unwrap().to_owned();
        httpdate::parse_http_date(&date).unwrap()
    };
    let right = date().await;
    browser.put_faults(r#"{"clock_skew_seconds": 86400}"#).await;
    let ahead = date().await.duration_since(right).unwrap().as_secs();
    assert!(ahead >= 86_400, "{ahead}");
}

#[tokio::test]
async fn the_log_holds_no_secrets() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let token = token(&sandbox).await;
    SmtpClient::tls(&sandbox).await.sign_in(&token).await;
    let log = browser.get("/control/log").await;
    assert_eq!(log.json["token_requests"][0]["outcome"], "issued");
    assert_eq!(log.json["auth_attempts"][0]["accepted"], true);
    assert!(!log.text.contains(&token) && !log.text.contains("sandbox-secret"));
}

#[tokio::test]
async fn tokens_can_be_expired_and_revoked_by_http() {
    let sandbox = start().await;
    let browser = Browser::new(&sandbox);
    let answer = browser.grant(ALICE).await;
    browser.form("/control/expire", &[]).await;
    let mut client = SmtpClient::tls(&sandbox).await;
    let reply = client.xoauth2(ALICE, &answer.field("access_token")).await;
    assert!(reply.starts_with("334 "));
    browser.form("/control/revoke", &[]).await;
    let refreshed = browser.refresh(&answer.field("refresh_token")).await;
    assert_eq!(refreshed.error(), "invalid_grant");
}
