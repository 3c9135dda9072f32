//! How a request is answered that is not let through: with a page when a browser navigates, else with a code that the browser
//! side knows.

use app::{ApiError, api::context::RequestInfo};
use axum::{
    Json,
    extract::Request,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::paths;

use super::{Web, next_page, pages, problem, session::accepts_html};

/// No route has this path, nor will have.
const NO_PAGE: &str = paths::NO_PAGE;
const CALLBACK: &str = paths::OAuthCallback::PATH;

/// What was asked in a request.
enum Asked {
    /// A page: a browser navigates.
    Page,
    /// That a form be taken, which has no other way to be told than a page.
    Form,
    /// Something that is no page.
    Data,
}

fn asked(request: &Request) -> Asked {
    let wants_html = accepts_html(request.headers());
    match *request.method() {
        Method::GET | Method::HEAD if wants_html => Asked::Page,
        _ if wants_html => Asked::Form,
        _ => Asked::Data,
    }
}

/// There is no account yet.
pub fn not_set_up(request: &Request) -> Response {
    match asked(request) {
        Asked::Page => Redirect::to(paths::Setup::PATH).into_response(),
        Asked::Form | Asked::Data => problem::answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "Mailgrant has not been set up yet. Its log has the link to do so.",
        ),
    }
}

/// Nobody is signed in, or no longer.
pub async fn signed_out(web: &Web, request: Request, route: Option<&str>) -> Response {
    let status = StatusCode::UNAUTHORIZED;
    match asked(&request) {
        // Its query holds a code, which must get into no other URL.
        Asked::Page | Asked::Data if route == Some(CALLBACK) => {
            page(web, request, paths::CallbackRefused::PATH, status).await
        }
        Asked::Page => {
            let uri = request.uri();
            let asked = uri.path_and_query().map_or("/", |asked| asked.as_str());
            Redirect::to(&next_page::sign_in_for(asked)).into_response()
        }
        Asked::Form => page(web, request, paths::SessionEnded::PATH, status).await,
        Asked::Data => (status, Json(ApiError::SignedOut)).into_response(),
    }
}

/// The role does not allow it.
pub async fn forbidden(web: &Web, request: Request) -> Response {
    match asked(&request) {
        Asked::Page | Asked::Form => {
            page(web, request, paths::Forbidden::PATH, StatusCode::FORBIDDEN).await
        }
        Asked::Data => (StatusCode::FORBIDDEN, Json(ApiError::Forbidden)).into_response(),
    }
}

/// There is no such page.
pub async fn not_found(web: &Web, request: Request) -> Response {
    page(web, request, NO_PAGE, StatusCode::NOT_FOUND).await
}

/// A page in place of what was asked for. It is not told the query.
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
