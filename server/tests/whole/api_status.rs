//! `GET /api/v1/status`, for programs.

use crate::support::{Browser, Provider, Reply, Server, body};

const STATUS: &str = "/api/v1/status";

fn assert_problem(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert!(problem["title"].is_string() && problem["detail"].is_string());
}

async fn reader(server: &Server) -> Browser {
    let key = server
        .administrator()
        .make_key("reader", &[("messages", "on")])
        .await;
    server.anonymous().with_key(&key)
}

#[tokio::test]
async fn returns_the_state_of_the_grants() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    let reader = reader(&server).await;
    let status = reader.get(STATUS).await.json();
    assert_eq!(status["data_centers"][0]["id"], "default");
    assert_eq!(status["data_centers"][0]["name"], "Default");
    assert_eq!(status["data_centers"][0]["grant"]["state"], "not_used");

    let (_, url) = provider.begin(&administrator).await;
    let status = reader.get(STATUS).await.json();
    assert_eq!(
        status["data_centers"][0]["grant"]["state"],
        "not_authorized"
    );
    administrator.get(&provider.answer(&url, true)).await;
    let reply = reader.get(STATUS).await;
    let grant = &reply.json()["data_centers"][0]["grant"];
    assert_eq!(grant["state"], "authorized");
    assert_eq!(grant["account"], *provider.descriptor().accounts[0].address);
    let until = grant["valid_until"].as_str().unwrap();
    assert!(until.len() == 20 && until.ends_with('Z'), "{until}");
    for secret in provider.control().secrets() {
        assert!(!reply.body.contains(&secret));
    }

    provider.control().set(sandbox::Faults {
        token_error: sandbox::TokenError::named("invalid_grant"),
        ..sandbox::Faults::default()
    });
    provider.control().expire_access_tokens();
    provider.send_test(&administrator).await;
    let status = reader.get(STATUS).await.json();
    let grant = &status["data_centers"][0]["grant"];
    assert_eq!(grant["state"], "needs_authorization", "{status}");
    assert!(grant["finding"].is_string(), "{status}");
}

#[tokio::test]
async fn a_key_of_one_data_center_sees_that_one() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let added = administrator
        .fetch("/api/add_data_center", "name=Second".into())
        .await;
    let id = added.json()["id"].as_str().unwrap().to_owned();
    let fields = [("messages", "on"), ("data_center", &*id)];
    let key = administrator.make_key("second", &fields).await;
    let all = reader(&server).await.get(STATUS).await.json();
    assert_eq!(all["data_centers"].as_array().unwrap().len(), 2);
    let one = server.anonymous().with_key(&key).get(STATUS).await.json();
    assert_eq!(one["data_centers"].as_array().unwrap().len(), 1);
    assert_eq!(one["data_centers"][0]["id"], *id);
}

#[tokio::test]
async fn refusals_are_problems() {
    let server = Server::start().await;
    let anonymous = server.anonymous();
    let reply = anonymous.get(STATUS).await;
    assert_problem(&reply, 401);
    assert_eq!(reply.header("www-authenticate"), "Bearer");
    for key in ["", "x", "mgk_x", &format!("mgk_{}", "x".repeat(43))] {
        let reply = anonymous.with_key(key).get(STATUS).await;
        assert_problem(&reply, 401);
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
        assert!(key.len() < 10 || !reply.body.contains(key));
    }
    let send = server
        .administrator()
        .make_key("sender", &[("send", "on")])
        .await;
    let sender = anonymous.with_key(&send);
    let reply = sender.get(STATUS).await;
    assert_problem(&reply, 403);
    assert!(
        reply
            .header("www-authenticate")
            .contains("insufficient_scope")
    );
    let noted = server
        .administrator()
        .get("/activity/export?action=access_denied")
        .await;
    assert!(noted.body.contains("GET /api/v1/status"), "{noted:?}");
    assert!(noted.body.contains("\"sender\""), "{noted:?}");

    let reader = reader(&server).await;
    for path in ["/api/v1", "/api/v1/", "/api/v1/none", "/api/v1/status/"] {
        assert_problem(&reader.get(path).await, 404);
        assert_problem(&anonymous.get(path).await, 401);
    }
    let reply = reader.fetch(STATUS, String::new()).await;
    assert_problem(&reply, 405);
    assert_eq!(reply.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn the_api_accepts_no_session_and_pages_accept_no_key() {
    let server = Server::start().await;
    assert_problem(&server.administrator().get(STATUS).await, 401);
    let reader = reader(&server).await;
    assert_eq!(reader.get("/settings/smtp").await.status, 303);
    let reply = reader
        .fetch("/api/grant_status", "data_center=default".into())
        .await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn an_ended_key_is_refused_immediately() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let reader = reader(&server).await;
    assert_eq!(reader.get(STATUS).await.status, 200);
    let page = administrator.get("/access").await;
    assert!(!page.body.contains("mgk_"), "{page:?}");
    let row = page.body.split("<tr").find(|row| row.contains("reader"));
    let (_, rest) = row.unwrap().split_once("name=\"id\" value=\"").unwrap();
    let id = rest.split('"').next().unwrap();
    let reply = administrator
        .submit("/access", body(&[("do", "end_key"), ("id", id)]))
        .await;
    assert_eq!(reply.location(), "/access?done=end_key");
    assert_problem(&reader.get(STATUS).await, 401);
}
