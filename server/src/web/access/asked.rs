//! What handlers of forms know of a request.

use access::{Access, NewSession, Visitor};
use app::api::context::RequestInfo;
use axum::{
    Form,
    extract::{FromRequestParts, rejection::FormRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::paths;
use mail::Mailer;

use super::Outcome;
use crate::web::{
    Web, pages,
    session::{Origin, visitor},
};

/// A form, or why it could not be read.
pub type Read<F> = Result<Form<F>, FormRejection>;

/// A form that no page of ours sends. What was sent is not repeated.
pub fn unreadable(rejection: &FormRejection) -> Response {
    (rejection.status(), "The form cannot be read.\n").into_response()
}

/// A request whose body is a form.
pub struct Asked {
    web: Web,
    parts: Parts,
    /// Who asks.
    pub info: RequestInfo,
}

impl FromRequestParts<Web> for Asked {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, StatusCode> {
        // The middleware has put it there.
        let info = parts.extensions.get::<RequestInfo>().cloned();
        Ok(Self {
            web: web.clone(),
            parts: parts.clone(),
            info: info.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?,
        })
    }
}

impl Asked {
    /// The verbs.
    pub fn access(&self) -> &Access {
        &self.web.access
    }

    /// The verbs of the product.
    pub fn mailer(&self) -> &Mailer {
        &self.web.mailer
    }

    /// Who signs in.
    pub fn visitor(&self) -> Visitor {
        visitor(&self.web, &self.parts.headers, &self.parts.extensions)
    }

    /// A path of this server as a whole URL.
    pub fn url(&self, path: &str) -> String {
        let origin = self.parts.extensions.get::<Origin>();
        let origin = origin.map_or("", |Origin(origin)| origin);
        format!("{origin}{path}")
    }

    /// Leads on, in a session that has begun.
    pub fn begin(&self, session: &NewSession, page: &str) -> Response {
        let mut response = Redirect::to(page).into_response();
        self.web.cookies().begin(session, response.headers_mut());
        response
    }

    /// Leads to the page to sign in at, without a session.
    pub fn end(&self) -> Response {
        let mut response = Redirect::to(paths::Login::PATH).into_response();
        self.web.cookies().end(response.headers_mut());
        response
    }

    /// The page that the form stands on, with what became of it.
    pub async fn page(self, outcome: Outcome) -> Response {
        let path = self.parts.uri.path().to_owned();
        self.page_at(&path, outcome).await
    }

    /// The same under a path and query. Nobody sees these: the page reads from its query what it would have read when it was
    /// opened.
    pub async fn page_at(self, path_and_query: &str, outcome: Outcome) -> Response {
        let mut response = self.show(path_and_query, outcome.posted.clone()).await;
        if !response.status().is_redirection() {
            outcome.mark(&mut response);
        }
        response
    }

    /// The page that the form stands on, with what the page knows how to tell, and a status that says the same.
    pub async fn answer<T>(self, status: StatusCode, posted: T) -> Response
    where
        T: Clone + Send + Sync + 'static,
    {
        let path = self.parts.uri.path().to_owned();
        let mut response = self.show(&path, posted).await;
        // A page that fails says so itself.
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }

    async fn show<T>(mut self, path_and_query: &str, posted: T) -> Response
    where
        T: Clone + Send + Sync + 'static,
    {
        self.info.wants_html = false;
        self.parts.extensions.insert(self.info);
        self.parts.extensions.insert(posted);
        let mut response = pages::render(&self.web, self.parts, path_and_query).await;
        // Some pages lead on when there is nothing to do on them.
        if response.status().is_redirection() {
            *response.status_mut() = StatusCode::SEE_OTHER;
        }
        response
    }
}
