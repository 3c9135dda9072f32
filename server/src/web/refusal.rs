//! Responses to rejected requests: a page for a browser navigation, otherwise a code that the
//! browser code understands.

use app::{ApiError, request::context::RequestInfo};
use axum::{
    Json,
    extract::Request,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::paths;

use super::{Web, negotiation::accepts_html, next_page, pages, problem};

/// A path that no route has or will have.
const NO_PAGE: &str = paths::NO_PAGE;
const CALLBACK: &str = paths::OAuthCallback::PATH;

/// The kind of response that a request expects.
enum Requested {
    /// A page, for a browser navigation.
    Page,
    /// A page, in response to a form.
    Form,
    /// Data.
    Data,
}

fn requested(request: &Request) -> Requested {
    let wants_html = accepts_html(request.headers());
    match *request.method() {
        Method::GET | Method::HEAD if wants_html => Requested::Page,
        _ if wants_html => Requested::Form,
        _ => Requested::Data,
    }
}

/// Returns the response while no account exists.
pub fn not_set_up(request: &Request) -> Response {
    match requested(request) {
        Requested::Page => Redirect::to(paths::Setup::PATH).into_response(),
        Requested::Form | Requested::Data => problem::answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "Mailgrant has not been set up yet. It prints the setup link when it starts.",
        ),
    }
}

/// Returns the response to a request without a valid session.
pub async fn signed_out(web: &Web, request: Request, route: Option<&str>) -> Response {
    let status = StatusCode::UNAUTHORIZED;
    match requested(&request) {
        // The query contains an authorization code, which must not appear in another URL.
        Requested::Page | Requested::Data if route == Some(CALLBACK) => {
            page(web, request, paths::CallbackRefused::PATH, status).await
        }
        Requested::Page => {
            let uri = request.uri();
            let requested = uri
                .path_and_query()
                .map_or("/", |requested| requested.as_str());
            Redirect::to(&next_page::sign_in_for(requested)).into_response()
        }
        Requested::Form => page(web, request, paths::SessionEnded::PATH, status).await,
        Requested::Data => (status, Json(ApiError::SignedOut)).into_response(),
    }
}

/// Returns the response to a request that the role does not permit.
pub async fn forbidden(web: &Web, request: Request) -> Response {
    match requested(&request) {
        Requested::Page | Requested::Form => {
            page(web, request, paths::Forbidden::PATH, StatusCode::FORBIDDEN).await
        }
        Requested::Data => (StatusCode::FORBIDDEN, Json(ApiError::Forbidden)).into_response(),
    }
}

/// Returns the response for an unknown path.
pub async fn not_found(web: &Web, request: Request) -> Response {
    page(web, request, NO_PAGE, StatusCode::NOT_FOUND).await
}

/// Renders a page in place of the requested one. The page does not receive the query.
async fn page(web: &Web, request: Request, path: &'static str, status: StatusCode) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Some(info) = parts.extensions.get_mut::<RequestInfo>() {
        info.wants_html = false;
    }
    let mut response = pages::render(web, parts, path).await;
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::{NO_PAGE, pages};

    #[test]
    fn no_page_has_the_path_that_stands_for_none() {
        assert!(!pages::routes().any(|(_, path)| path == NO_PAGE));
    }
}
