//! Attack: have a saved secret sent to another host by changing the settings in the database.

use tokio::net::TcpListener;

use crate::support::{Form, Provider, SAVE, Server, TEST};

#[tokio::test]
async fn a_password_is_not_sent_to_a_server_that_was_written_to_the_database() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    let form = Form::basic(provider.descriptor(), &server.url());
    let reply = administrator.fetch(SAVE, form.body()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = trap.local_addr().unwrap().port();
    let mut database = server.database().await;
    database
        .run(&format!(
            "UPDATE smtp_settings SET settings = json_set(settings, '$.smtp_port', '{port}')"
        ))
        .await;

    // An operator who tests the saved settings sees the reason for the failure.
    let operator = server.operator().await;
    let reply = operator.fetch(TEST, form.body_to("bob@sandbox.test")).await;
    assert_eq!(reply.status, 409, "{reply:?}");
    assert!(reply.body.contains("SecretUnreadable"), "{reply:?}");
    // The form opens, but none of the saved secrets can be kept.
    assert_eq!(administrator.get("/settings/smtp").await.status, 200);
    let version = administrator.saved_version().await.to_string();
    let form = form.with("version", &version);
    let kept = form.clone().with("password", "");
    let reply = administrator.fetch(SAVE, kept.body()).await;
    assert_eq!(reply.status, 422, "{reply:?}");
    let connection = futures::poll!(std::pin::pin!(trap.accept()));
    assert!(
        connection.is_pending(),
        "a connection was made: {connection:?}"
    );

    // Typing the secret again repairs the settings.
    let reply = administrator.fetch(SAVE, form.body()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let reply = operator.fetch(TEST, form.body_to("bob@sandbox.test")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}
