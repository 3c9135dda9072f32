//! Requests that post a form, and responses to them.
//!
//! The server translates both from and to HTTP, so handlers do not know cookies or headers.

use std::{error::Error, sync::Arc};

use access::{Access, AccessError, FormError, NewSession, Visitor};
use domain::{
    Actor, FormErrors, SubmissionService,
    access::{AccessField, AccessProblem},
};
use http::{Extensions, StatusCode};
use mail::Mailer;

use super::{Field, FormId, FormResult, field::AccessFormError};
use crate::request::context::RequestInfo;

/// A request that posts a form.
#[derive(Debug)]
pub struct PostRequest {
    /// Operations on mail.
    pub mailer: Mailer,
    /// Operations on accounts.
    pub access: Access,
    /// The listeners that programs and devices can reach.
    pub submission: Arc<SubmissionService>,
    /// The session and the client.
    pub info: RequestInfo,
    /// The browser, for a new session.
    pub visitor: Visitor,
    /// The path of the request.
    pub path: String,
    /// The origin of the server, for links: `https://mail.example.com`.
    pub origin: String,
}

impl PostRequest {
    /// Returns the user, for the audit.
    pub fn actor(&self) -> &Actor {
        &self.info.actor
    }
}

/// The response to a form.
#[derive(Debug)]
pub enum PostResponse {
    /// Redirects to a path and query.
    Redirect(String),
    /// Starts a session and redirects.
    StartSession {
        /// The session.
        session: Box<NewSession>,
        /// Path and query to go to. The server replaces one that points to another origin.
        next: String,
    },
    /// Ends the session and redirects to the sign-in.
    EndSession,
    /// Shows a page.
    Page(PostPage),
}

impl PostResponse {
    /// Returns the redirect to a page that shows a flash message.
    pub fn flash(path: &str, code: &str) -> Self {
        Self::Redirect([path, "?done=", code].concat())
    }

    /// Returns the page of the form with a value that it takes from `request::posted`.
    pub fn page<T>(status: StatusCode, value: T) -> Self
    where
        T: Clone + Send + Sync + 'static,
    {
        Self::Page(PostPage::new(status, value))
    }
}

/// A page in response to a form.
#[derive(Debug)]
pub struct PostPage {
    /// Path and query of the page; `None` for that of the form. They do not get into the address
    /// bar.
    pub path: Option<String>,
    /// Status, unless the page itself fails.
    pub status: StatusCode,
    /// Seconds for `Retry-After`.
    pub retry_after: Option<i64>,
    /// Values for the page.
    pub values: Extensions,
}

impl PostPage {
    /// Returns the page of the form with a value.
    pub fn new<T>(status: StatusCode, value: T) -> Self
    where
        T: Clone + Send + Sync + 'static,
    {
        let mut values = Extensions::new();
        values.insert(value);
        Self {
            path: None,
            status,
            retry_after: None,
            values,
        }
    }

    /// Returns the page of a refused form about accounts.
    pub fn refused(result: FormResult<AccessField>) -> Self {
        let (status, retry_after) = match result.problem {
            Some(AccessProblem::Wrong) => (StatusCode::UNAUTHORIZED, None),
            Some(AccessProblem::SlowDown { seconds }) => {
                (StatusCode::TOO_MANY_REQUESTS, Some(seconds.max(1)))
            }
            Some(AccessProblem::Unavailable) => (StatusCode::SERVICE_UNAVAILABLE, None),
            None
            | Some(AccessProblem::SetupLink | AccessProblem::PasswordLink | AccessProblem::Gone) => {
                (StatusCode::UNPROCESSABLE_ENTITY, None)
            }
        };
        Self {
            retry_after,
            ..Self::new(status, result)
        }
    }

    /// Shows the page under another path and query.
    #[must_use]
    pub fn at(self, path: String) -> Self {
        let path = Some(path);
        Self { path, ..self }
    }
}

impl From<FormResult<AccessField>> for PostResponse {
    fn from(result: FormResult<AccessField>) -> Self {
        Self::Page(PostPage::refused(result))
    }
}

impl<F: Field> FormResult<F> {
    /// Returns the result of a form without values or errors.
    pub fn new(form: FormId) -> Self {
        Self {
            form,
            row: String::new(),
            values: Vec::new(),
            errors: FormErrors::default(),
            problem: None,
        }
    }

    /// Sets the row that the form belongs to.
    #[must_use]
    pub fn of_row(self, id: &str) -> Self {
        let row = id.to_owned();
        Self { row, ..self }
    }

    /// Adds values of inputs.
    #[must_use]
    pub fn with<'a>(mut self, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let values = values.into_iter();
        self.values
            .extend(values.map(|(name, value)| (name.to_owned(), value.to_owned())));
        self
    }
}

impl FormResult<AccessField> {
    /// Adds the reasons of a refusal.
    #[must_use]
    pub fn refused(mut self, error: FormError<AccessFormError>) -> Self {
        match error {
            FormError::Form(errors) => self.errors = errors,
            FormError::Link => self.problem = Some(AccessProblem::PasswordLink),
            FormError::SlowDown { seconds } => {
                self.problem = Some(AccessProblem::SlowDown { seconds });
            }
            FormError::Access(error) => self.problem = Some(problem(&error)),
        }
        self
    }
}

/// Returns the problem for an error, which it logs if the server is the cause.
pub fn problem(error: &AccessError) -> AccessProblem {
    if matches!(error, AccessError::Unknown) {
        return AccessProblem::Gone;
    }
    let error: &dyn Error = error;
    tracing::error!(error, "form could not be processed");
    AccessProblem::Unavailable
}
