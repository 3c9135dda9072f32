//! Properties of every route, compared with the one list of routes.

use axum::http::Method;
use domain::{Actor, KeyScope};
use server::{PERMISSIONS, Permission};

use crate::{
    mailbox::{put, world},
    support::{Browser, Database, Provider, Reply, Server, body, submit},
};

/// A message with an attachment whose name would end the header field, in a folder.
const MAIL: &str = "From: bob@sandbox.test\r\nSubject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nwords\r\n\
    --b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; \
    filename*=UTF-8''..%2F..%2Fa%22%3B%20filename%3D%22evil.exe%0D%0AX-Evil%3A%201\r\n\r\nfile\r\n--b--\r\n";

/// A server with a queued message, a received message, and one visitor of each kind.
struct World {
    server: Server,
    _provider: Provider,
    /// An administrator, a key with every scope, and an anonymous visitor.
    visitors: [(&'static str, Browser); 3],
    message: String,
    mail: String,
}

impl World {
    async fn new() -> Self {
        let (provider, server) = world().await;
        let mail = put(&provider, MAIL);
        let mailer = server.mailer().await;
        let message = submit(&mailer, "Invoice").await;
        let by = Actor::command_line();
        mailer.outbox.cancel(&message, &by).await.unwrap();
        let administrator = server.administrator();
        // Without the daily check, which runs in the background.
        let alerts = body(&[
            ("do", "save_alerts"),
            ("version", "0"),
            ("outbox_minutes", "60"),
            ("days_before", "7"),
        ]);
        let saved = administrator.submit("/settings/alerts", alerts).await;
        assert!(!saved.status.is_client_error(), "{saved:?}");
        let scopes: Vec<_> = KeyScope::ALL
            .iter()
            .map(|scope| (scope.code(), "on"))
            .collect();
        let key = administrator.make_key("all", &scopes).await;
        let anonymous = server.anonymous();
        Self {
            visitors: [
                ("administrator", administrator),
                ("key", anonymous.with_key(&key)),
                ("no one", anonymous),
            ],
            server,
            _provider: provider,
            message: message.as_str().to_owned(),
            mail,
        }
    }

    /// Returns the path of an existing resource, if there is one.
    fn path(&self, known: &Permission) -> String {
        let path = match known.path {
            path if path.contains("messages/{id}") => path.replace("{id}", &self.message),
            path => path.replace("{id}", "unknown"),
        };
        let path = path.replace("{uid}", &self.mail).replace("{number}", "1");
        if path.starts_with("/mailbox/message") {
            format!("{path}?mail={}&attachment=1", self.mail)
        } else {
            path
        }
    }

    async fn ask(&self, browser: &Browser, method: &str, path: &str) -> Reply {
        let request = browser
            .request(method, path)
            .header("accept", "text/html")
            .header("x-planted", "planted-header");
        browser.send(request).await
    }
}

/// Returns everything that a request could change. Left out: the record of denied requests, the
/// time of a key's last use, the probe of `/readyz`, and values that background tasks write: the
/// cursor of the mailbox, conditions, and notifications.
async fn state(database: &mut Database) -> Vec<String> {
    let dump = database.dump().await;
    let is_state = |line: &&str| {
        const LEFT_OUT: [&str; 5] = [
            "audit",
            "write_probes",
            "mail_cursors",
            "alert_conditions",
            "alert_notifications",
        ];
        !LEFT_OUT.iter().any(|table| line.starts_with(table))
    };
    let row = |line: &str| match line.split_once(": ") {
        Some((table @ ("sessions" | "api_keys"), _)) => table.to_owned(),
        _ => line.to_owned(),
    };
    dump.lines().filter(is_state).map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_only_reads_changes_nothing() {
    let world = World::new().await;
    let mut database = world.server.database().await;
    let before = state(&mut database).await;
    let query = "do=add_account&name=eve&role=administrator&data_center=default&saved=1&done=x";
    for known in PERMISSIONS {
        let path = world.path(known);
        let separator = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{separator}{query}");
        for method in ["GET", "HEAD", "OPTIONS"] {
            for (_, browser) in &world.visitors {
                let reply = world.ask(browser, method, &path).await;
                assert!(!reply.status.is_server_error(), "{path} {reply:?}");
            }
        }
        let after = state(&mut database).await;
        assert_eq!(after, before, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trace_is_refused_and_nothing_is_echoed() {
    let world = World::new().await;
    let paths = PERMISSIONS.iter().map(|known| world.path(known));
    for path in paths.chain(["/no/such/page".into(), "/api/v1/none".into()]) {
        for (who, browser) in &world.visitors {
            let reply = world.ask(browser, "TRACE", &path).await;
            assert!(reply.status.is_client_error(), "{who} {path} {reply:?}");
            let shown = format!("{:?} {}", reply.headers, reply.body);
            assert!(!shown.contains("planted-header"), "{who} {path} {shown}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_may_be_embedded_by_another_site() {
    let world = World::new().await;
    for known in PERMISSIONS {
        let path = world.path(known);
        for (who, browser) in &world.visitors {
            let request = browser
                .request(known.method.as_str(), &path)
                .header("sec-fetch-site", "cross-site")
                .header("sec-fetch-mode", "no-cors")
                .header("sec-fetch-dest", "image");
            let reply = browser.send(request).await;
            let policy = reply.header("cross-origin-resource-policy");
            assert_eq!(policy, "same-origin", "{who} {path} {reply:?}");
            let shared = reply.header("access-control-allow-origin");
            assert_eq!(shared, "", "{who} {path} {reply:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_name_their_file_and_take_no_name_from_the_request() {
    let world = World::new().await;
    let mut downloads = Vec::new();
    for known in PERMISSIONS
        .iter()
        .filter(|known| known.method == Method::GET)
    {
        let path = world.path(known);
        let separator = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{separator}filename=evil.exe&name=evil.exe&file=evil.exe");
        for (_, browser) in &world.visitors {
            let reply = world.ask(browser, "GET", &path).await;
            let disposition = reply.header("content-disposition");
            if disposition.is_empty() {
                continue;
            }
            let is_plain = |name: &str, others: &str| {
                let is_good = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
                !name.is_empty() && name.chars().all(is_good)
            };
            let quoted = disposition.strip_prefix("attachment; filename=\"");
            let encoded = disposition.strip_prefix("attachment; filename*=UTF-8''");
            let is_safe = match (quoted, encoded) {
                (Some(name), _) => name
                    .strip_suffix('"')
                    .is_some_and(|name| is_plain(name, "-._")),
                (_, Some(name)) => is_plain(name, "-._~%"),
                _ => false,
            };
            assert!(is_safe, "{path} {disposition}");
            assert!(!disposition.ends_with("evil.exe") && !disposition.contains("evil.exe\""));
            assert_eq!(reply.header("x-evil"), "");
            downloads.push(known.path);
        }
    }
    downloads.dedup();
    assert_eq!(
        downloads,
        [
            "/messages/{id}/raw",
            "/activity/export",
            "/mailbox/message/attachment",
            "/mailbox/message/source",
            "/api/v1/mailbox/messages/{uid}/source",
            "/api/v1/mailbox/messages/{uid}/attachments/{number}",
        ]
    );
}
