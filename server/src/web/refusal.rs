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

/// Kind of a request, by its response.
enum Requested {
    /// A page: a browser navigates.
    Page,
    /// A form was posted. It can only be answered with a page.
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

/// There is no account yet.
pub fn not_set_up(request: &Request) -> Response {
    match requested(request) {
        Requested::Page => Redirect::to(paths::Setup::PATH).into_response(),
        Requested::Form | Requested::Data => problem::answer(
            StatusCode::SERVICE_UNAVAILABLE,
            "Mailgrant has not been set up yet. Its log has the link to do so.",
        ),
    }
}

/// Nobody is signed in, or no longer.
pub async fn signed_out(web: &Web, request: Request, route: Option<&str>) -> Response {
    let status = StatusCode::UNAUTHORIZED;
    match requested(&request) {
        // Its query holds a code, which must get into no other URL.
        Requested::Page | Requested::Data if route == Some(CALLBACK) => {
            page(web, request, paths::CallbackRefused::PATH, status).await
        }
        Requested::Page => {
            let uri = request.uri();
            let asked = uri.path_and_query().map_or("/", |asked| asked.as_str());
            Redirect::to(&next_page::sign_in_for(asked)).into_response()
        }
        Requested::Form => page(web, request, paths::SessionEnded::PATH, status).await,
        Requested::Data => (status, Json(ApiError::SignedOut)).into_response(),
    }
}

/// The role does not allow it.
pub async fn forbidden(web: &Web, request: Request) -> Response {
    match requested(&request) {
        Requested::Page | Requested::Form => {
            page(web, request, paths::Forbidden::PATH, StatusCode::FORBIDDEN).await
        }
        Requested::Data => (StatusCode::FORBIDDEN, Json(ApiError::Forbidden)).into_response(),
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
