//! Who may ask for what. This is the one list, and the one place that enforces it; what is not on the list is refused. A test
//! compares it with all routes there are.

use access::Access;
use app::{api::context::RequestInfo, refused};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{AuditAction, KeyScope, Role};

use super::{Web, api, problem, refusal, session};

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody, also before there is an account.
    Always,
    /// Everybody, once there is an account.
    Everybody,
    /// Whoever has signed in, with this role or one that includes it.
    SignedIn(Role),
    /// A program with an API key that has one of these scopes. The first is named to a program that has none.
    Key(&'static [KeyScope]),
    /// Nobody: a page that is only shown in place of another.
    Nobody,
}

/// A route and who may ask for it.
#[derive(Clone, Debug)]
pub struct Permission {
    /// The method; GET allows HEAD as well.
    pub method: Method,
    /// The path, as the router has it.
    pub path: &'static str,
    /// Who may ask.
    pub rule: Rule,
}

const fn get(path: &'static str, rule: Rule) -> Permission {
    let method = Method::GET;
    Permission { method, path, rule }
}

const fn post(path: &'static str, rule: Rule) -> Permission {
    let method = Method::POST;
    Permission { method, path, rule }
}

const VIEWER: Rule = Rule::SignedIn(Role::Viewer);
const OPERATOR: Rule = Rule::SignedIn(Role::Operator);
const ADMINISTRATOR: Rule = Rule::SignedIn(Role::Administrator);
const SEND: Rule = Rule::Key(&[KeyScope::Send]);
const MESSAGES: Rule = Rule::Key(&[KeyScope::Messages]);
const MAILBOX: Rule = Rule::Key(&[KeyScope::Mailbox]);
const METRICS: Rule = Rule::Key(&[KeyScope::Metrics]);
const STATUS: Rule = Rule::Key(&[KeyScope::Metrics, KeyScope::Messages]);

/// Who may ask for what.
pub static PERMISSIONS: &[Permission] = &[
    // For whoever watches the server.
    get("/healthz", Rule::Always),
    get("/readyz", Rule::Always),
    get("/metrics", METRICS),
    // Signing in.
    get("/setup", Rule::Always),
    post("/setup", Rule::Always),
    get("/login", Rule::Everybody),
    post("/login", Rule::Everybody),
    get("/password", Rule::Everybody),
    post("/password", Rule::Everybody),
    post("/logout", Rule::Everybody),
    // Pages.
    get("/", VIEWER),
    get("/messages", VIEWER),
    get("/messages/{id}", VIEWER),
    post("/messages/{id}", OPERATOR),
    get("/messages/{id}/html", VIEWER),
    get("/messages/{id}/raw", VIEWER),
    get("/events/messages", VIEWER),
    get("/events/messages/{id}", VIEWER),
    get("/settings/smtp", VIEWER),
    get("/settings/alerts", VIEWER),
    post("/settings/alerts", ADMINISTRATOR),
    get("/settings/sending", ADMINISTRATOR),
    post("/settings/sending", ADMINISTRATOR),
    get("/activity", VIEWER),
    get("/activity/export", VIEWER),
    get("/account", VIEWER),
    post("/account", VIEWER),
    get("/access", ADMINISTRATOR),
    post("/access", ADMINISTRATOR),
    // What strangers wrote is for fewer than what is done here.
    get("/mailbox", OPERATOR),
    get("/mailbox/message", OPERATOR),
    get("/mailbox/message/html", OPERATOR),
    get("/mailbox/message/attachment", OPERATOR),
    get("/mailbox/message/source", OPERATOR),
    get("/events/mailbox", OPERATOR),
    get(refused::FORBIDDEN, Rule::Nobody),
    get(refused::SESSION, Rule::Nobody),
    get(refused::CALLBACK, Rule::Nobody),
    // Authorizations.
    get("/authorized/{id}", ADMINISTRATOR),
    get("/events/authorization/{id}", ADMINISTRATOR),
    get("/oauth/callback", ADMINISTRATOR),
    // Programs that look at links before people do; it does nothing.
    Permission {
        method: Method::HEAD,
        path: "/oauth/callback",
        rule: Rule::Everybody,
    },
    // Checks.
    get("/events/check/{id}", OPERATOR),
    get("/checks/{id}/transcript", OPERATOR),
    // Server functions.
    post("/api/grant_status", VIEWER),
    post("/api/begin_check", OPERATOR),
    post("/api/cancel_check", OPERATOR),
    post("/api/check_connection", OPERATOR),
    post("/api/send_test_email", OPERATOR),
    post("/api/discover", ADMINISTRATOR),
    post("/api/save_smtp_settings", ADMINISTRATOR),
    post("/api/apply_preset", ADMINISTRATOR),
    post("/api/authorize_again", ADMINISTRATOR),
    post("/api/add_data_center", ADMINISTRATOR),
    post("/api/rename_data_center", ADMINISTRATOR),
    post("/api/remove_data_center", ADMINISTRATOR),
    // Programs.
    get("/api/v1/status", STATUS),
    get("/api/v1/mailbox/folders", MAILBOX),
    get("/api/v1/mailbox/messages", MAILBOX),
    get("/api/v1/mailbox/messages/{uid}", MAILBOX),
    get("/api/v1/mailbox/messages/{uid}/source", MAILBOX),
    get(
        "/api/v1/mailbox/messages/{uid}/attachments/{number}",
        MAILBOX,
    ),
    get("/api/v1/messages", MESSAGES),
    get("/api/v1/messages/{id}", MESSAGES),
    post("/api/v1/messages", SEND),
    post("/api/v1/messages/{id}/retry", SEND),
    post("/api/v1/messages/{id}/cancel", SEND),
    // The same everywhere, and no secret.
    get("/api/v1/openapi.json", Rule::Always),
    get("/api/docs", Rule::Always),
];

/// The rule for a route; that for HEAD is that for GET unless it has its own.
fn rule(method: &Method, path: &str) -> Option<Rule> {
    let of = |method: &Method| {
        PERMISSIONS
            .iter()
            .find(|permission| permission.method == *method && permission.path == path)
            .map(|permission| permission.rule)
    };
    of(method).or_else(|| of(&Method::GET).filter(|_| method == Method::HEAD))
}

/// Lets a request through to its route, or answers in its place.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let path = path.as_ref().map(MatchedPath::as_str);
    let rule = path.and_then(|path| rule(request.method(), path));
    if rule == Some(Rule::Always) {
        return next.run(request).await;
    }
    match web.access.needs_setup().await {
        Ok(false) => {}
        Ok(true) => return refusal::not_set_up(&request),
        Err(error) if problem::is_for(request.uri().path()) => return api::unavailable(&error),
        Err(error) => return session::unavailable(&error),
    }
    if problem::is_for(request.uri().path()) {
        let scopes = match rule {
            Some(Rule::Key(scopes)) => scopes,
            _ => &[],
        };
        return api::authenticated(&web, request, next, scopes).await;
    }
    let Some(info) = request.extensions().get::<RequestInfo>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match (rule, info.signed_in) {
        (Some(Rule::Everybody), _) => next.run(request).await,
        (_, None) => refusal::signed_out(&web, request, path).await,
        (Some(Rule::SignedIn(needed)), Some(who)) if who.role.includes(needed) => {
            next.run(request).await
        }
        (Some(Rule::SignedIn(_)), Some(_)) => {
            let asked = format!("{} {}", request.method(), path.unwrap_or_default());
            denied(&web.access, &info.actor, &asked).await;
            refusal::forbidden(&web, request).await
        }
        (_, Some(_)) => refusal::not_found(&web, request).await,
    }
}

/// Notes that something was refused for want of a role or a scope.
pub async fn denied(access: &Access, by: &domain::Actor, asked: &str) {
    let action = AuditAction::AccessDenied;
    if let Err(error) = access.note_refusal(by, action, asked).await {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "cannot note that something was refused");
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use domain::Role;

    use super::{PERMISSIONS, Rule, rule};

    #[test]
    fn what_is_not_on_the_list_has_no_rule() {
        assert_eq!(rule(&Method::GET, "/none"), None);
        assert_eq!(rule(&Method::DELETE, "/login"), None);
        assert_eq!(rule(&Method::HEAD, "/logout"), None);
    }

    #[test]
    fn head_has_the_rule_of_get_or_its_own() {
        let administrator = Some(Rule::SignedIn(Role::Administrator));
        assert_eq!(rule(&Method::HEAD, "/access"), administrator);
        assert_eq!(rule(&Method::GET, "/oauth/callback"), administrator);
        assert_eq!(
            rule(&Method::HEAD, "/oauth/callback"),
            Some(Rule::Everybody)
        );
    }

    #[test]
    fn only_administrators_change_anything_but_their_own_account() {
        let others: Vec<_> = PERMISSIONS
            .iter()
            .filter(|known| known.method != Method::GET && known.method != Method::HEAD)
            .filter(|known| known.rule != Rule::SignedIn(Role::Administrator))
            .map(|known| known.path)
            .collect();
        let expected = [
            "/setup",
            "/login",
            "/password",
            "/logout",
            "/messages/{id}",
            "/account",
            "/api/grant_status",
            "/api/begin_check",
            "/api/cancel_check",
            "/api/check_connection",
            "/api/send_test_email",
            "/api/v1/messages",
            "/api/v1/messages/{id}/retry",
            "/api/v1/messages/{id}/cancel",
        ];
        assert_eq!(others, expected);
    }

    #[test]
    fn nothing_is_on_the_list_twice() {
        for (at, one) in PERMISSIONS.iter().enumerate() {
            let again = PERMISSIONS[at + 1..]
                .iter()
                .any(|other| other.method == one.method && other.path == one.path);
            assert!(!again, "{one:?}");
        }
    }
}
