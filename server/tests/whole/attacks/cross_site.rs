//! Attack: make a user's browser change something on this server from another site (CSRF).

use std::collections::BTreeSet;

use axum::http::Method;
use domain::{Actor, MessageId};
use server::{PERMISSIONS, Rule};

use crate::support::{
    ADMINISTRATOR, Browser, Database, Form, PASSWORD, Provider, Reply, SAVE, Server, TEST, body,
    submit, token_of,
};

/// Returns a form for each action that changes something.
async fn forms(server: &Server, provider: &Provider) -> Vec<(&'static str, String)> {
    let administrator = server.administrator();
    let link = administrator.add_account("bob", "viewer").await;
    let second = administrator
        .fetch("/api/add_data_center", "name=Second".into())
        .await;
    let second = second.json()["id"].as_str().unwrap().to_owned();
    let settings = Form::basic(provider.descriptor(), &server.url());
    vec![
        ("/setup", body(&[("token", "x"), ("name", "eve")])),
        (
            "/password",
            body(&[
                ("token", token_of(&link)),
                ("password", PASSWORD),
                ("repeated", PASSWORD),
            ]),
        ),
        (
            "/access",
            body(&[
                ("do", "add_account"),
                ("name", "eve"),
                ("role", "administrator"),
            ]),
        ),
        ("/api/grant_status", "data_center=default".into()),
        (SAVE, settings.body()),
        (TEST, settings.body_to("bob@sandbox.test")),
        (
            "/api/begin_check",
            format!("{}&dkim_selector=", settings.body_to("bob@sandbox.test")),
        ),
        ("/api/cancel_check", format!("id={}", "x".repeat(22))),
        ("/api/check_connection", settings.body()),
        ("/api/discover", "typed=bob%40sandbox.test".into()),
        ("/api/apply_preset", settings.body()),
        ("/api/authorize_again", "data_center=default".into()),
        ("/api/add_data_center", "name=Evil".into()),
        (
            "/api/rename_data_center",
            "data_center=default&name=Evil".into(),
        ),
        ("/api/remove_data_center", format!("data_center={second}")),
        ("/messages/{id}", body(&[("do", "retry")])),
        (
            "/settings/sending",
            body(&[
                ("data_center", "default"),
                ("version", "0"),
                ("allowed_from", "eve@evil.example"),
            ]),
        ),
        (
            "/settings/senders",
            body(&[("do", "add_sender"), ("name", "Evil sender")]),
        ),
        (
            "/settings/senders/add-device",
            body(&[
                ("kind", "cron"),
                ("name", "Evil"),
                ("default_from", "eve@evil.example"),
            ]),
        ),
        (
            "/settings/alerts",
            body(&[
                ("do", "save_alerts"),
                ("version", "0"),
                ("outbox_minutes", "60"),
                ("days_before", "7"),
            ]),
        ),
        ("/account", body(&[("do", "end_other_sessions")])),
        (
            "/login",
            body(&[("name", ADMINISTRATOR), ("password", PASSWORD)]),
        ),
        ("/logout", String::new()),
    ]
}

/// Creates a cancelled message, whose state does not change by itself.
async fn cancelled(server: &Server) -> MessageId {
    let mailer = server.mailer().await;
    let id = submit(&mailer, "Invoice").await;
    let by = Actor::command_line();
    mailer.outbox.cancel(&id, &by).await.unwrap();
    id
}

async fn post(browser: &Browser, path: &str, form: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = browser.request("POST", path).body(form.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request).await
}

#[tokio::test]
async fn no_other_site_can_change_anything_for_a_signed_in_user() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let forms = forms(&server, &provider).await;
    let tried: BTreeSet<_> = forms.iter().map(|(path, _)| *path).collect();
    let known: BTreeSet<_> = PERMISSIONS
        .iter()
        .filter(|known| known.method == Method::POST)
        // Programs add their key themselves; a browser never adds it.
        .filter(|known| !matches!(known.rule, Rule::Key(_)))
        .map(|known| known.path)
        .collect();
    assert_eq!(tried, known, "a form for each way to change something");
    let id = cancelled(&server).await;
    let forms: Vec<_> = forms
        .into_iter()
        .map(|(path, form)| (path.replace("{id}", id.as_str()), form))
        .collect();

    let browser = server.administrator();
    let mut database = server.database().await;
    let before = database.dump().await;
    let own = server.url();
    let (host, _) = own.rsplit_once(':').unwrap();
    let (suffixed, user) = (
        format!("{own}.evil.example"),
        format!("http://evil.example@{}", server.address),
    );
    let other_port = format!("{host}:1");
    let other_scheme = own.replacen("http:", "https:", 1);
    let attacks: [&[(&str, &str)]; 16] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("sec-fetch-site", "same-site"), ("origin", &own)],
        &[("sec-fetch-site", "unheard-of")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", &suffixed)],
        &[("origin", &user)],
        &[("origin", &other_port)],
        &[("origin", "http://localhost")],
        &[("origin", &other_scheme)],
        &[("origin", &own), ("origin", &own)],
        &[("sec-fetch-site", "same-origin"), ("origin", &other_port)],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[
            ("origin", "https://evil.example"),
            ("x-http-method-override", "GET"),
            ("x-forwarded-host", "evil.example"),
            ("referer", &own),
        ],
    ];
    for (path, form) in &forms {
        for attack in attacks {
            for kind in [
                "application/x-www-form-urlencoded",
                "text/plain",
                "multipart/form-data; boundary=x",
                "application/json",
            ] {
                for accept in ["text/html", "application/json"] {
                    let mut headers = attack.to_vec();
                    headers.extend([("content-type", kind), ("accept", accept)]);
                    let reply = post(&browser, path, form, &headers).await;
                    assert_eq!(reply.status, 403, "{path} {headers:?} {reply:?}");
                    assert_eq!(reply.header("set-cookie"), "", "{path} {headers:?}");
                }
            }
        }
        assert_eq!(database.dump().await, before, "{path}");
    }
    assert!(provider.control().messages().is_empty());

    // The same forms work from a page of this server, so only their origin was the problem.
    for (path, form) in &forms {
        let reply = browser.submit(path, &**form).await;
        if path == "/setup" {
            continue;
        }
        let good = reply.status == 200 || reply.status == 303;
        assert!(good, "{path} {reply:?}");
        if path == "/password" {
            browser.sign_in(ADMINISTRATOR).await;
        }
    }
    assert_ne!(database.dump().await, before);
    assert_eq!(browser.get("/settings/smtp").await.status, 303);
}

#[tokio::test]
async fn no_other_site_can_use_another_method_either() {
    let server = Server::start().await;
    let browser = server.administrator();
    let mut database = server.database().await;
    let before = database.dump().await;
    for known in PERMISSIONS {
        for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "GETT"] {
            let request = browser
                .request(method, &known.path.replace("{id}", "x"))
                .header("sec-fetch-site", "cross-site");
            let reply = browser.send(request).await;
            assert_eq!(reply.status, 403, "{method} {}", known.path);
        }
    }
    assert_eq!(database.dump().await, before);
}

/// Returns the content of the database, except the audit log, which records denied requests, and
/// the probe that `/readyz` writes.
async fn kept(database: &mut Database) -> String {
    let dump = database.dump().await;
    let noted = |line: &&str| line.starts_with("audit") || line.starts_with("write_probes");
    let kept = dump.lines().filter(|line| !noted(line));
    kept.collect::<Vec<_>>().join("\n")
}

/// Browsers follow links of other sites with the cookies (`SameSite=Lax`), so GET must change
/// nothing.
#[tokio::test]
async fn a_link_on_another_site_changes_nothing() {
    let server = Server::start().await;
    let browser = server.administrator();
    let mut database = server.database().await;
    let before = kept(&mut database).await;
    let query =
        "do=add_account&name=eve&role=administrator&data_center=default&saved=1&draft=1&done=x";
    for known in PERMISSIONS {
        for method in ["GET", "HEAD"] {
            let path = format!("{}?{query}", known.path.replace("{id}", "x"));
            let request = browser
                .request(method, &path)
                .header("sec-fetch-site", "cross-site")
                .header("accept", "text/html");
            let reply = browser.send(request).await;
            assert!(!reply.status.is_server_error(), "{path} {reply:?}");
        }
    }
    assert_eq!(kept(&mut database).await, before);
}
