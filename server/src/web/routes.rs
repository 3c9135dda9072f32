//! The routes that are no pages of Leptos.

use axum::{
    Router,
    http::Method,
    routing::{MethodRouter, get, head, post},
};

use super::{
    Web, access, alerts, api, events, export, health, mailbox, messages, metrics, oauth_callback,
    pages, sending, transcript,
};

/// Method, path and handler of each.
fn own() -> Vec<(Method, &'static str, MethodRouter<Web>)> {
    vec![
        (Method::GET, "/healthz", get(health::alive)),
        (Method::GET, "/readyz", get(health::ready)),
        (Method::GET, "/metrics", get(metrics::show)),
        (Method::POST, "/setup", post(access::setup::post)),
        (Method::POST, "/login", post(access::sign_in::post)),
        (Method::POST, "/logout", post(access::sign_out::post)),
        (Method::POST, "/password", post(access::password::post)),
        (Method::POST, "/account", post(access::account::post)),
        (Method::POST, "/access", post(access::administration::post)),
        (Method::POST, "/settings/alerts", post(alerts::post)),
        (Method::POST, "/messages/{id}", post(messages::post)),
        (Method::GET, "/messages/{id}/html", get(messages::html)),
        (Method::GET, "/messages/{id}/raw", get(messages::download)),
        (Method::POST, "/settings/sending", post(sending::post)),
        (Method::GET, "/activity/export", get(export::download)),
        (Method::GET, "/oauth/callback", get(oauth_callback::finish)),
        (
            Method::HEAD,
            "/oauth/callback",
            head(oauth_callback::ignore),
        ),
        (
            Method::GET,
            "/events/authorization/{id}",
            get(events::authorization),
        ),
        (Method::GET, "/events/check/{id}", get(events::check)),
        (Method::GET, "/events/messages", get(events::messages)),
        (Method::GET, "/events/messages/{id}", get(events::message)),
        (
            Method::GET,
            "/checks/{id}/transcript",
            get(transcript::download),
        ),
        (Method::GET, "/events/mailbox", get(events::mailbox)),
        (Method::GET, "/mailbox/message/html", get(mailbox::html)),
        (
            Method::GET,
            "/mailbox/message/attachment",
            get(mailbox::attachment),
        ),
        (Method::GET, "/mailbox/message/source", get(mailbox::source)),
        (Method::GET, "/api/v1/status", get(api::status::status)),
        (
            Method::GET,
            "/api/v1/mailbox/folders",
            get(api::mailbox::folders),
        ),
        (
            Method::GET,
            "/api/v1/mailbox/messages",
            get(api::mailbox::messages),
        ),
        (
            Method::GET,
            "/api/v1/mailbox/messages/{uid}",
            get(api::mailbox::message),
        ),
        (
            Method::GET,
            "/api/v1/mailbox/messages/{uid}/source",
            get(api::mailbox::source),
        ),
        (
            Method::GET,
            "/api/v1/mailbox/messages/{uid}/attachments/{number}",
            get(api::mailbox::attachment),
        ),
        (
            Method::GET,
            "/api/v1/messages",
            get(api::messages::read::list),
        ),
        (
            Method::POST,
            "/api/v1/messages",
            post(api::messages::submit::submit),
        ),
        (
            Method::GET,
            "/api/v1/messages/{id}",
            get(api::messages::read::one),
        ),
        (
            Method::POST,
            "/api/v1/messages/{id}/retry",
            post(api::messages::change::retry),
        ),
        (
            Method::POST,
            "/api/v1/messages/{id}/cancel",
            post(api::messages::change::cancel),
        ),
        (
            Method::GET,
            "/api/v1/openapi.json",
            get(api::document::json),
        ),
    ]
}

/// Adds them to the pages.
pub fn with(pages: Router<Web>) -> Router<Web> {
    own().into_iter().fold(pages, |router, (_, path, handler)| {
        router.route(path, handler)
    })
}

/// The method and path of every route: pages, server functions and our own.
pub fn routes() -> Vec<(Method, String)> {
    own()
        .into_iter()
        .map(|(method, path, _)| (method, path.to_owned()))
        .chain(pages::routes())
        .collect()
}
