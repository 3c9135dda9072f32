//! A rotated refresh token must not be lost, whenever the process ends.

use std::{collections::BTreeMap, time::Duration};

use sandbox::{Faults, Stage};

use crate::support::{Program, Provider};

#[tokio::test(flavor = "multi_thread")]
async fn rotation_survives_kill_9_between_refresh_and_send() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let control = provider.control();
    let program = Program::start_beside(&provider, directory.path(), &[]);
    let browser = program.administrator().await;
    provider.authorize(&browser).await;

    // The server rejects the token, Mailgrant refreshes it and signs in again, and then the server
    // is slow.
    control.expire_access_tokens();
    control.set(Faults {
        slow_ms: BTreeMap::from([(Stage::Mail, 60_000)]),
        ..Faults::default()
    });
    let form = provider.form(&browser).with("client_secret", "");
    let sending = tokio::spawn({
        let browser = browser.clone();
        let body = form.body_to("bob@sandbox.test");
        async move {
            let request = browser
                .request("POST", crate::support::TEST)
                .header("accept", "application/json")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body);
            let _ = request.send().await;
        }
    });
    let signed_in = || {
        control
            .auth_attempts()
            .iter()
            .any(|attempt| attempt.accepted)
    };
    for _ in 0..1_000 {
        if signed_in() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(signed_in(), "{}", program.log());
    program.kill();
    sending.await.unwrap();
    assert!(control.messages().is_empty());

    // Only the newest refresh token is valid: an older one would end the grant.
    control.set(Faults::default());
    control.expire_access_tokens();
    let program = Program::start_beside(&provider, directory.path(), &[]);
    let browser = browser.moved_to(&program.url);
    let report = provider.send_test(&browser).await;
    assert_eq!(report.status, 200, "{report:?}");
    assert_eq!(control.messages().len(), 1, "{report:?}");
    let status = browser
        .fetch("/api/grant_status", "data_center=default".into())
        .await;
    assert!(status.json()["Authorized"].is_object(), "{status:?}");
    let refreshes: Vec<_> = control
        .token_requests()
        .into_iter()
        .filter(|request| request.grant_type == "refresh_token")
        .map(|request| request.outcome)
        .collect();
    assert_eq!(refreshes, ["issued", "issued"]);
}
