//! Attack: get in while the database is unavailable.

use server::{PERMISSIONS, Rule};

use crate::support::{ADMINISTRATOR, PASSWORD, SESSION, Server, body};

/// The tables that decide access.
const TABLES: [&str; 5] = [
    "accounts",
    "sessions",
    "api_keys",
    "links",
    "sign_in_attempts",
];

#[tokio::test]
async fn without_a_database_no_one_gets_access() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let link = administrator.add_account("bob", "viewer").await;
    let key = administrator
        .make_key("reader", &[("messages", "on")])
        .await;
    let session = administrator.cookie(SESSION).unwrap();
    let mut database = server.database().await;
    for table in TABLES {
        database
            .run(&format!("ALTER TABLE {table} RENAME TO gone_{table}"))
            .await;
    }

    let visitors = [
        ("nobody", server.anonymous()),
        ("administrator", administrator.clone()),
        ("program", server.anonymous().with_key(&key)),
    ];
    for known in PERMISSIONS {
        let path = known.path.replace("{id}", "unknown");
        for (name, browser) in &visitors {
            for accept in ["text/html", "application/json"] {
                let request = browser
                    .request(known.method.as_str(), &path)
                    .header("accept", accept);
                let reply = browser.send(request).await;
                let status = reply.status.as_u16();
                let is_open = matches!(known.rule, Rule::Always | Rule::Everybody);
                // A session that cannot be read is neither ended nor accepted.
                let expected = match known.rule {
                    Rule::Always if path == "/healthz" || path == "/readyz" => {
                        status == 200 || status == 503
                    }
                    _ if *name == "administrator" => status == 503,
                    _ if is_open => ["", "/login"].contains(&reply.header("location")),
                    Rule::Key(_) => status == 503 || status == 401,
                    _ => [303, 401, 404, 503].contains(&status),
                };
                assert!(expected, "{name} {known:?} {reply:?}");
                let given = reply.cookies().any(|(_, value, _)| !value.is_empty());
                assert!(!given, "{name} {known:?} {reply:?}");
                assert!(!reply.body.contains("gone_"), "{name} {known:?} {reply:?}");
                assert!(!reply.body.contains("no such table"), "{reply:?}");
            }
        }
    }

    let anonymous = server.anonymous();
    assert_eq!(anonymous.sign_in(ADMINISTRATOR).await.status, 503);
    assert_eq!(anonymous.choose_password(&link, PASSWORD).await.status, 503);
    let setup = body(&[
        ("token", &"x".repeat(43)),
        ("name", "mallory"),
        ("password", PASSWORD),
        ("repeated", PASSWORD),
    ]);
    let reply = anonymous.submit("/setup", setup).await;
    assert!(reply.cookies().next().is_none(), "{reply:?}");
    let program = server.anonymous().with_key(&key);
    assert_eq!(program.get("/api/v1/status").await.status, 503);
    assert_eq!(administrator.cookie(SESSION).as_ref(), Some(&session));

    // Everything works again when the tables are back.
    for table in TABLES {
        database
            .run(&format!("ALTER TABLE gone_{table} RENAME TO {table}"))
            .await;
    }
    assert_eq!(administrator.get("/access").await.status, 200);
    assert_eq!(anonymous.sign_in(ADMINISTRATOR).await.status, 303);
}

#[tokio::test]
async fn an_action_that_cannot_be_audited_is_not_performed() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let mut database = server.database().await;
    database.run("ALTER TABLE audit RENAME TO gone_audit").await;
    let reply = administrator
        .submit(
            "/access",
            body(&[
                ("do", "add_account"),
                ("name", "mallory"),
                ("role", "viewer"),
            ]),
        )
        .await;
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_eq!(server.anonymous().sign_in(ADMINISTRATOR).await.status, 503);
    assert_eq!(administrator.get("/activity/export").await.status, 503);
    let reply = administrator
        .fetch("/api/add_data_center", "name=Intruder".into())
        .await;
    assert_eq!(reply.status, 503, "{reply:?}");
    database.run("ALTER TABLE gone_audit RENAME TO audit").await;
    let page = administrator.get("/access").await;
    assert!(!page.body.contains("mallory") && !page.body.contains("Intruder"));
}
