//! Routes for the handlers of page forms, which know no HTTP.

use std::sync::Arc;

use app::{
    post::{PostPage, PostRequest, PostResponse},
    request::context::RequestInfo,
};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderValue, StatusCode, header::RETRY_AFTER, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
    routing::{MethodRouter, post},
};
use domain::paths;
use serde::de::DeserializeOwned;

use super::{
    Web, next_page, pages,
    session::{Origin, visitor},
};

/// Returns the route of a handler.
pub fn form<F, H, R>(handler: H) -> MethodRouter<Web>
where
    F: DeserializeOwned + Send + 'static,
    H: Fn(PostRequest, F) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = PostResponse> + Send,
{
    post(
        async move |State(web): State<Web>, parts: Parts, form: Result<Form<F>, FormRejection>| {
            let form = match form {
                Ok(Form(form)) => form,
                // Mailgrant's pages never send such a form. The response does not repeat it.
                Err(rejection) => {
                    return (rejection.status(), "The form is malformed.\n").into_response();
                }
            };
            match request(&web, &parts) {
                Some(request) => respond(&web, parts, handler(request, form).await).await,
                None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        },
    )
}

fn request(web: &Web, parts: &Parts) -> Option<PostRequest> {
    let origin = parts.extensions.get::<Origin>();
    Some(PostRequest {
        mailer: web.mailer.clone(),
        access: web.access.clone(),
        submission: Arc::clone(&web.submission),
        // Set by the session middleware.
        info: parts.extensions.get::<RequestInfo>().cloned()?,
        visitor: visitor(web, &parts.headers, &parts.extensions),
        path: parts.uri.path().to_owned(),
        origin: origin.map_or_else(String::new, |Origin(origin)| origin.clone()),
    })
}

async fn respond(web: &Web, parts: Parts, response: PostResponse) -> Response {
    match response {
        PostResponse::Redirect(page) => Redirect::to(&page).into_response(),
        PostResponse::StartSession { session, next } => {
            let mut response = Redirect::to(next_page::page(&next)).into_response();
            web.cookies().begin(&session, response.headers_mut());
            response
        }
        PostResponse::EndSession => sign_in_without_session(web),
        PostResponse::Page(page) => show(web, parts, page).await,
    }
}

/// Redirects to the sign-in and removes the cookie of the session.
pub fn sign_in_without_session(web: &Web) -> Response {
    let mut response = Redirect::to(paths::Login::PATH).into_response();
    web.cookies().end(response.headers_mut());
    response
}

async fn show(web: &Web, mut parts: Parts, page: PostPage) -> Response {
    let path = page.path.unwrap_or_else(|| parts.uri.path().to_owned());
    if let Some(info) = parts.extensions.get_mut::<RequestInfo>() {
        info.wants_html = false;
    }
    parts.extensions.extend(page.values);
    let mut response = pages::render(web, parts, &path).await;
    // Some pages redirect when there is nothing to do on them.
    if response.status().is_redirection() {
        *response.status_mut() = StatusCode::SEE_OTHER;
        return response;
    }
    // A page that fails sets its own status.
    if response.status() == StatusCode::OK {
        *response.status_mut() = page.status;
    }
    if let Some(seconds) = page.retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
