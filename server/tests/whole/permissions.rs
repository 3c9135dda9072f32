//! The permissions of all routes for all roles and kinds of clients.

use std::collections::BTreeSet;

use domain::{KeyScope, Role};
use server::{PERMISSIONS, Permission, Rule, routes};

use crate::support::{Browser, Reply, Server};

/// A client that sends requests.
struct Visitor {
    name: &'static str,
    role: Option<Role>,
    scope: Option<KeyScope>,
    browser: Browser,
}

impl Visitor {
    fn signed_in(name: &'static str, role: Role, browser: Browser) -> Self {
        Self {
            name,
            role: Some(role),
            scope: None,
            browser,
        }
    }

    fn with_key(scope: KeyScope, browser: Browser) -> Self {
        Self {
            name: scope.code(),
            role: None,
            scope: Some(scope),
            browser,
        }
    }

    fn gets_in(&self, rule: Rule) -> bool {
        match rule {
            Rule::Always | Rule::Everybody => true,
            Rule::SignedIn(needed) => self.role.is_some_and(|role| role.includes(needed)),
            Rule::Key(scopes) => self.scope.is_some_and(|scope| scopes.contains(&scope)),
            Rule::Nobody => false,
        }
    }
}

async fn all_visitors(server: &Server) -> Vec<Visitor> {
    let administrator = server.administrator();
    let anonymous = server.anonymous();
    let mut visitors = Vec::new();
    for scope in KeyScope::ALL {
        let key = administrator
            .make_key(scope.code(), &[(scope.code(), "on")])
            .await;
        visitors.push(Visitor::with_key(*scope, anonymous.with_key(&key)));
    }
    visitors.extend([
        Visitor {
            name: "nobody",
            role: None,
            scope: None,
            browser: anonymous.clone(),
        },
        Visitor::signed_in("viewer", Role::Viewer, server.viewer().await),
        Visitor::signed_in("operator", Role::Operator, server.operator().await),
        Visitor::signed_in("administrator", Role::Administrator, administrator),
    ]);
    visitors
}

/// Sends a request like the browser code, which receives errors as codes.
async fn ask(browser: &Browser, permission: &Permission) -> Reply {
    let path = match permission.path {
        // The stream of a list never ends, unless its filter cannot be parsed.
        "/events/messages" => "/events/messages?from=never".to_owned(),
        path => path.replace("{id}", "unknown"),
    };
    let request = browser
        .request(permission.method.as_str(), &path)
        .header("accept", "application/json");
    browser.send(request).await
}

/// Returns true if the permission check answered.
fn was_refused(reply: &Reply) -> bool {
    match reply.status.as_u16() {
        401 => {
            reply.body == "\"SignedOut\""
                || !reply.header("www-authenticate").is_empty()
                || reply.body.contains("Sign in first")
        }
        403 => reply.body == "\"Forbidden\"" || !reply.header("www-authenticate").is_empty(),
        404 => reply.body.contains("There is no page at this address."),
        _ => false,
    }
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    let routes: BTreeSet<_> = routes()
        .into_iter()
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let rules: BTreeSet<_> = PERMISSIONS
        .iter()
        .map(|permission| (permission.method.to_string(), permission.path.to_owned()))
        .collect();
    let missing: Vec<_> = routes.difference(&rules).collect();
    assert!(missing.is_empty(), "routes without a rule: {missing:?}");
    let idle: Vec<_> = rules.difference(&routes).collect();
    assert!(idle.is_empty(), "rules without a route: {idle:?}");
    assert_eq!(rules.len(), PERMISSIONS.len(), "two rules for one route");
}

#[tokio::test]
async fn only_permitted_visitors_get_access() {
    let server = Server::start().await;
    // The sign-out comes last, because it ends the session.
    let (last, first): (Vec<_>, Vec<_>) = PERMISSIONS
        .iter()
        .partition(|permission| permission.path == "/logout");
    let visitors = all_visitors(&server).await;
    for permission in first.into_iter().chain(last) {
        for visitor in &visitors {
            let reply = ask(&visitor.browser, permission).await;
            assert_eq!(
                !was_refused(&reply),
                visitor.gets_in(permission.rule),
                "{} {permission:?} {reply:?}",
                visitor.name
            );
        }
    }
}

#[test]
fn each_scope_opens_its_paths_and_no_others() {
    let opened = |scope: KeyScope| -> Vec<String> {
        let opens = |known: &&Permission| matches!(known.rule, Rule::Key(scopes) if scopes.contains(&scope));
        let shown = |known: &Permission| format!("{} {}", known.method, known.path);
        PERMISSIONS.iter().filter(opens).map(shown).collect()
    };
    assert_eq!(
        opened(KeyScope::Send),
        [
            "POST /api/v1/messages",
            "POST /api/v1/messages/{id}/retry",
            "POST /api/v1/messages/{id}/cancel",
        ]
    );
    assert_eq!(
        opened(KeyScope::Messages),
        [
            "GET /api/v1/status",
            "GET /api/v1/messages",
            "GET /api/v1/messages/{id}",
        ]
    );
    assert_eq!(
        opened(KeyScope::Mailbox),
        [
            "GET /api/v1/mailbox/folders",
            "GET /api/v1/mailbox/messages",
            "GET /api/v1/mailbox/messages/{uid}",
            "GET /api/v1/mailbox/messages/{uid}/source",
            "GET /api/v1/mailbox/messages/{uid}/attachments/{number}",
        ]
    );
    assert_eq!(
        opened(KeyScope::Senders),
        [
            "GET /api/v1/senders",
            "POST /api/v1/senders",
            "GET /api/v1/senders/{id}/sessions",
            "GET /api/v1/senders/{id}",
            "POST /api/v1/senders/{id}/update",
            "POST /api/v1/senders/{id}/rotate",
            "POST /api/v1/senders/{id}/remove",
        ]
    );
    assert_eq!(
        opened(KeyScope::Metrics),
        ["GET /metrics", "GET /api/v1/status"]
    );
}

#[tokio::test]
async fn a_browser_is_redirected_to_sign_in_and_a_form_gets_a_link() {
    let server = Server::start().await;
    let anonymous = server.anonymous();
    let reply = anonymous.get("/activity?who=a&from=2026-11-01").await;
    assert_eq!(reply.status, 303);
    assert_eq!(
        reply.location(),
        "/login?next=/activity?who%3Da%26from%3D2026-11-01"
    );
    assert_eq!(anonymous.get("/").await.location(), "/login");
    assert_eq!(
        anonymous.get("/no/such/page").await.location(),
        "/login?next=/no/such/page"
    );
    for path in ["/api/save_smtp_settings", "/account", "/access", "/no/such"] {
        let reply = anonymous.submit(path, "a=b").await;
        assert_eq!(reply.status, 401, "{path} {reply:?}");
        assert!(reply.body.contains("Your session has ended"), "{reply:?}");
        assert!(reply.body.contains("target=\"_blank\""), "{reply:?}");
        let reply = anonymous.fetch(path, "a=b".into()).await;
        assert_eq!(reply.status, 401, "{path} {reply:?}");
        assert_eq!(reply.body, "\"SignedOut\"");
        assert_eq!(reply.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn a_role_that_is_too_low_is_refused_and_recorded() {
    let server = Server::start().await;
    let viewer = server.viewer().await;
    let page = viewer.get("/access?secret=planted").await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("Not allowed"), "{page:?}");
    let save = "/api/save_smtp_settings";
    let fetched = viewer.fetch(save, String::new()).await;
    assert_eq!(
        (fetched.status.as_u16(), &*fetched.body),
        (403, "\"Forbidden\"")
    );
    let submitted = viewer.submit(save, "").await;
    assert_eq!(submitted.status, 403);
    assert!(submitted.body.contains("Not allowed"), "{submitted:?}");

    let noted = server.administrator().get("/activity/export").await;
    let denied: Vec<_> = noted
        .body
        .lines()
        .filter(|line| line.contains("access_denied"))
        .collect();
    // Further denied requests in the same minute are only counted.
    assert_eq!(denied.len(), 1, "{noted:?}");
    assert!(denied[0].contains("GET /access") && denied[0].contains("viewer"));
    assert!(!noted.body.contains("planted"));
}

#[tokio::test]
async fn unlisted_paths_are_not_found() {
    let server = Server::start().await;
    let browser = server.administrator();
    for path in [
        "/no/such/page",
        "/login/",
        "/refused/session",
        "/%6cogin",
        "/Access",
    ] {
        let reply = browser.get(path).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    for (method, path) in [
        ("DELETE", "/access"),
        ("PUT", "/account"),
        ("GET", "/logout"),
    ] {
        let reply = browser.send(browser.request(method, path)).await;
        assert_eq!(reply.status, 404, "{method} {path} {reply:?}");
    }
}

#[tokio::test]
async fn a_changed_role_takes_effect_immediately() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let person = administrator.add_person("person", "administrator").await;
    assert_eq!(person.get("/access").await.status, 200);

    let id = administrator.account_id("person").await;
    let fields = [("do", "set_role"), ("id", &*id), ("role", "viewer")];
    let body = crate::support::body(&fields);
    let reply = administrator.submit("/access", body).await;
    assert_eq!(reply.location(), "/access?done=set_role", "{reply:?}");
    assert_eq!(person.get("/access").await.status, 403);

    let body = crate::support::body(&[("do", "remove_account"), ("id", &*id)]);
    assert_eq!(administrator.submit("/access", body).await.status, 303);
    assert_eq!(person.get("/settings/smtp").await.status, 303);
}

/// The permissions that the descriptions of the roles promise: the role, words of its description,
/// and the routes they stand for.
const PROMISES: &[(Role, &str, &[&str])] = &[
    (
        Role::Viewer,
        "messages",
        &[
            "GET /",
            "GET /messages",
            "GET /messages/{id}",
            "GET /messages/{id}/html",
            "GET /messages/{id}/raw",
            "GET /events/messages",
            "GET /events/messages/{id}",
        ],
    ),
    (
        Role::Viewer,
        "SMTP settings",
        &["GET /settings/smtp", "POST /api/grant_status"],
    ),
    (Role::Viewer, "alerts", &["GET /settings/alerts"]),
    (
        Role::Viewer,
        "senders",
        &["GET /settings/senders", "GET /settings/senders/certificate"],
    ),
    (
        Role::Viewer,
        "activity",
        &["GET /activity", "GET /activity/export"],
    ),
    (
        Role::Operator,
        "read the mailbox",
        &[
            "GET /mailbox",
            "GET /mailbox/message",
            "GET /mailbox/message/html",
            "GET /mailbox/message/attachment",
            "GET /mailbox/message/source",
            "GET /events/mailbox",
        ],
    ),
    (
        Role::Operator,
        "check connections",
        &[
            "POST /api/begin_check",
            "POST /api/cancel_check",
            "POST /api/check_connection",
            "GET /events/check/{id}",
            "GET /checks/{id}/transcript",
            "GET /settings/senders/{id}/sessions",
            "GET /settings/senders/unknown",
            "GET /events/senders/{id}",
        ],
    ),
    (
        Role::Operator,
        "send test emails",
        &["POST /api/send_test_email"],
    ),
    (
        Role::Operator,
        "retry, cancel, or resend messages",
        &["POST /messages/{id}"],
    ),
    (
        Role::Administrator,
        "change settings",
        &[
            "GET /settings/sending",
            "POST /settings/sending",
            "GET /settings/senders/add-device",
            "POST /settings/senders/add-device",
            "POST /api/discover",
            "POST /api/save_smtp_settings",
            "POST /api/apply_preset",
            "POST /api/add_data_center",
            "POST /api/rename_data_center",
            "POST /api/remove_data_center",
        ],
    ),
    (
        Role::Administrator,
        "authorize",
        &[
            "GET /authorized/{id}",
            "GET /events/authorization/{id}",
            "GET /oauth/callback",
            "POST /api/authorize_again",
        ],
    ),
    (Role::Administrator, "alerts", &["POST /settings/alerts"]),
    (
        Role::Administrator,
        "senders",
        &[
            "POST /settings/senders",
            "GET /settings/senders/new",
            "GET /settings/senders/{id}/edit",
        ],
    ),
    (
        Role::Administrator,
        "accounts, and API keys",
        &["GET /access", "POST /access"],
    ),
];

#[test]
fn the_texts_of_the_roles_match_their_permissions() {
    let route = |permission: &Permission| format!("{} {}", permission.method, permission.path);
    for (role, words, routes) in PROMISES {
        assert!(
            wording::role_help(*role).contains(words),
            "{role:?}: {words}"
        );
        for promised in *routes {
            let mut found = PERMISSIONS.iter();
            let found = found.find(|permission| route(permission) == *promised);
            let found = found.unwrap_or_else(|| panic!("there is no {promised}"));
            assert_eq!(found.rule, Rule::SignedIn(*role), "{promised}");
        }
    }
    // Every role can manage its own account, so no description mentions it.
    let own = ["GET /account", "POST /account"];
    let promised = PROMISES.iter().flat_map(|(_, _, routes)| *routes);
    let promised: BTreeSet<_> = promised.copied().chain(own).collect();
    let untold: Vec<_> = PERMISSIONS
        .iter()
        .filter(|permission| matches!(permission.rule, Rule::SignedIn(_)))
        .map(route)
        .filter(|route| !promised.contains(&**route))
        .collect();
    assert!(untold.is_empty(), "no text of a role covers {untold:?}");
    assert!(wording::role_help(Role::Viewer).contains("No access to the mailbox"));
}
