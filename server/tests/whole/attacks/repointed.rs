//! Attack: have a saved secret sent to another host.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::support::{Browser, Form, Provider, Reply, SAVE, Server, TEST};

const CHECK: &str = "/api/check_connection";
const BEGIN: &str = "/api/begin_check";

/// A host of the attacker that counts connections.
struct Trap {
    listener: TcpListener,
    address: SocketAddr,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    /// Asserts that there were no connections.
    async fn assert_empty(&self) {
        let connection = futures::poll!(std::pin::pin!(self.listener.accept()));
        assert!(
            connection.is_pending(),
            "a connection was made: {connection:?}"
        );
    }
}

/// Returns changes of each field that a saved secret is bound to, with the field of the secret.
fn changes(trap: &Trap) -> Vec<(&'static str, &'static str, String)> {
    let port = trap.address.port().to_string();
    let url = format!("http://{}/token", trap.address);
    vec![
        ("password", "smtp_host", "evil.example".into()),
        ("password", "smtp_host", "127.0.0.1".into()),
        ("password", "smtp_port", port.clone()),
        ("password", "username", "mallory@sandbox.test".into()),
        ("mailbox_password", "mailbox_host", "evil.example".into()),
        ("mailbox_password", "mailbox_port", port),
        (
            "mailbox_password",
            "mailbox_email",
            "mallory@sandbox.test".into(),
        ),
        ("client_secret", "client_id", "another".into()),
        ("client_secret", "token_endpoint", url.clone()),
        ("client_secret", "authorization_endpoint", url),
    ]
}

/// Returns the saved form with one field changed and no secret typed.
async fn repointed(
    server: &Server,
    provider: &Provider,
    secret: &str,
    field: &str,
    value: &str,
) -> Form {
    let browser = server.administrator();
    let version = browser.saved_version().await.to_string();
    saved(server, provider, secret)
        .with("version", &version)
        .with(secret, "")
        .with(field, value)
}

fn saved(server: &Server, provider: &Provider, secret: &str) -> Form {
    match secret {
        "client_secret" => Form::oauth(provider.descriptor(), &server.url()),
        "mailbox_password" => Form::basic(provider.descriptor(), &server.url()).with_mailbox(),
        _ => Form::basic(provider.descriptor(), &server.url()),
    }
}

async fn save(browser: &Browser, form: Form) -> Reply {
    let version = browser.saved_version().await.to_string();
    browser
        .fetch(SAVE, form.with("version", &version).body())
        .await
}

#[tokio::test]
async fn no_field_that_a_saved_secret_belongs_to_is_changed_without_entering_it_again() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    let trap = Trap::set().await;
    for (secret, field, value) in changes(&trap) {
        let reply = save(&administrator, saved(&server, &provider, secret)).await;
        assert_eq!(reply.status, 200, "{secret} {reply:?}");
        let form = repointed(&server, &provider, secret, field, &value).await;
        let version = administrator.saved_version().await;
        for (path, body) in [
            (SAVE, form.body()),
            (TEST, form.body_to("bob@sandbox.test")),
            (CHECK, form.body()),
        ] {
            let reply = administrator.fetch(path, body.clone()).await;
            assert_eq!(reply.status, 422, "{path} {field} {reply:?}");
            assert!(
                reply.body.contains("secret_belongs_elsewhere"),
                "{path} {field} {reply:?}"
            );
            let begun = format!("{body}&dkim_selector=");
            let reply = administrator.fetch(BEGIN, begun).await;
            assert_eq!(reply.status, 422, "{field} {reply:?}");
            // The same without WASM, where nothing is saved automatically.
            let reply = administrator.submit(path, body).await;
            assert!(
                reply.location().contains("draft=refused"),
                "{path} {field} {reply:?}"
            );
        }
        assert_eq!(administrator.saved_version().await, version, "{field}");
        trap.assert_empty().await;
    }
    assert!(provider.control().messages().is_empty());
}

#[tokio::test]
async fn an_operator_tests_the_saved_settings_whatever_the_form_contains() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let operator = server.operator().await;
    let trap = Trap::set().await;
    let form = saved(&server, &provider, "password");
    assert_eq!(save(&server.administrator(), form).await.status, 200);
    let sandbox = provider.descriptor();
    let server_saved = format!("{}:{}", sandbox.smtp_host, sandbox.smtp_starttls_port);
    let changes = changes(&trap);
    for (count, (_, field, value)) in
        (1..).zip(changes.iter().filter(|change| change.0 == "password"))
    {
        let form = repointed(&server, &provider, "password", field, value).await;
        let reply = operator.fetch(TEST, form.body_to("bob@sandbox.test")).await;
        assert_eq!(reply.status, 200, "{field} {reply:?}");
        let reply = operator.fetch(CHECK, form.body()).await;
        assert_eq!(reply.status, 200, "{field} {reply:?}");
        assert_eq!(reply.json()["server"], server_saved, "{field}");
        // 127.0.0.1 is the address of the saved host as well.
        let reported = value != "127.0.0.1" && reply.body.contains(value);
        assert!(!reported, "{field} {reply:?}");
        // The secret was sent to the saved host.
        assert_eq!(
            provider.control().messages().len(),
            count,
            "{field} {reply:?}"
        );
        trap.assert_empty().await;
    }
    // An operator cannot make the server contact another host with typed secrets either.
    let typed = saved(&server, &provider, "password")
        .with("smtp_port", &trap.address.port().to_string())
        .with("password", "typed");
    let reply = operator
        .fetch(TEST, typed.body_to("bob@sandbox.test"))
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    trap.assert_empty().await;
}

#[tokio::test]
async fn a_saved_secret_does_not_move_to_another_data_center_or_way_to_sign_in() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    let added = administrator
        .fetch("/api/add_data_center", "name=Second".into())
        .await;
    let second = added.json()["id"].as_str().unwrap().to_owned();
    let form = saved(&server, &provider, "password");
    assert_eq!(save(&administrator, form.clone()).await.status, 200);
    let bare = form.with("password", "");
    let moved = bare
        .clone()
        .with("data_center", &second)
        .with("version", "0");
    let version = administrator.saved_version().await.to_string();
    let other_way = Form::oauth(provider.descriptor(), &server.url())
        .with("version", &version)
        .with("client_secret", "");
    for form in [moved, other_way] {
        for (path, body) in [
            (SAVE, form.body()),
            (TEST, form.body_to("bob@sandbox.test")),
            (CHECK, form.body()),
        ] {
            let reply = administrator.fetch(path, body).await;
            assert_eq!(reply.status, 422, "{path} {reply:?}");
        }
    }
    assert!(provider.control().messages().is_empty());
}
