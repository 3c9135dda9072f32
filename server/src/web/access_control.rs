//! Enforces the permissions of all routes.

use app::request::context::RequestInfo;
use axum::{
    extract::{MatchedPath, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    Web, api,
    permissions::{Rule, denied, rule},
    problem, refusal, session,
};

/// Passes a request to its route, or returns an error response.
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
            let requested = format!("{} {}", request.method(), path.unwrap_or_default());
            denied(&web.access, &info.actor, &requested).await;
            refusal::forbidden(&web, request).await
        }
        (_, Some(_)) => refusal::not_found(&web, request).await,
    }
}
