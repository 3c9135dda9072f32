//! `/readyz` and `/metrics`, for monitoring.

use crate::support::{Browser, Provider, Server};

async fn reader(server: &Server) -> Browser {
    let administrator = server.administrator();
    let key = administrator.make_key("reader", &[("metrics", "on")]).await;
    server.anonymous().with_key(&key)
}

#[tokio::test]
async fn metrics_need_a_key_with_their_scope() {
    let server = Server::start().await;
    let administrator = server.administrator();
    assert_eq!(server.anonymous().get("/metrics").await.status, 401);
    assert_eq!(administrator.get("/metrics").await.status, 401);
    let send = administrator.make_key("sender", &[("send", "on")]).await;
    let sender = server.anonymous().with_key(&send);
    assert_eq!(sender.get("/metrics").await.status, 403);
    let reply = reader(&server).await.get("/metrics").await;
    assert_eq!(reply.status, 200);
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(reply.header("content-type"), media_type);
    assert!(reply.body.ends_with("# EOF\n"));
    let age = "mailgrant_outbox_age_seconds{data_center=\"default\"} 0\n";
    assert!(reply.body.contains(age), "{reply:?}");
    let limited = [("metrics", "on"), ("data_center", "default")];
    let key = administrator.make_key("limited", &limited).await;
    let one = server.anonymous().with_key(&key).get("/metrics").await;
    assert!(one.body.contains(age) && !one.body.contains("refreshes"));
}

#[tokio::test]
async fn metrics_contain_token_expiries_and_refreshes_but_no_secret() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    provider.authorize(&administrator).await;
    let reader = reader(&server).await;
    let text = reader.get("/metrics").await.body;
    let expires = "mailgrant_token_expires_timestamp_seconds{data_center=\"default\"} 1";
    assert!(text.contains(expires), "{text}");
    provider.control().set(sandbox::Faults {
        token_error: sandbox::TokenError::named("invalid_grant"),
        ..sandbox::Faults::default()
    });
    provider.control().expire_access_tokens();
    provider.send_test(&administrator).await;
    let text = reader.get("/metrics").await.body;
    for line in [
        "mailgrant_grant_needs_authorization{data_center=\"default\"} 1\n",
        "mailgrant_refreshes_total{data_center=\"default\"} 1\n",
        "mailgrant_refresh_failures_total{data_center=\"default\",finding=\"grant_ended\"} 1\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    for secret in provider.control().secrets() {
        assert!(!text.contains(&secret));
    }
}

#[tokio::test]
async fn a_server_whose_database_cannot_be_written_is_not_ready_but_alive() {
    let server = Server::start().await;
    let anonymous = server.anonymous();
    assert_eq!(anonymous.get("/readyz").await.status, 200);
    let mut database = server.database().await;
    database
        .run(
            "CREATE TRIGGER full BEFORE UPDATE ON write_probes
             BEGIN SELECT RAISE(ABORT, 'disk full'); END",
        )
        .await;
    // The result of the last write is cached for some seconds.
    tokio::time::sleep(std::time::Duration::from_millis(5_200)).await;
    let reply = anonymous.get("/readyz").await;
    assert_eq!(reply.status, 503);
    assert!(!reply.body.contains("disk"), "{reply:?}");
    assert_eq!(anonymous.get("/healthz").await.status, 200);
    database.run("DROP TRIGGER full").await;
    assert_eq!(anonymous.get("/readyz").await.status, 200);
}
