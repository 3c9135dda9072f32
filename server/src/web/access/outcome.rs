//! What became of a form: what the page shows, and the status that says the same.

use std::error::Error;

use access::{AccessError, FormError, SignInError};
use app::posted::{Made, Posted, PostedForm};
use axum::{
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::Response,
};
use domain::access::AccessProblem;

/// A form with the status of its answer.
pub struct Outcome {
    pub posted: Posted,
    status: StatusCode,
}

impl Outcome {
    /// It has made something that is shown this once.
    pub fn made(mut posted: Posted, made: Made) -> Self {
        posted.made = Some(made);
        let status = StatusCode::OK;
        Self { posted, status }
    }

    /// It was refused.
    pub fn refused(mut posted: Posted, error: FormError) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let (problem, status) = match error {
            FormError::Form(errors) => {
                posted.errors = errors;
                (None, unprocessable)
            }
            FormError::Link => (Some(link_problem(posted.form)), unprocessable),
            FormError::SlowDown { seconds } => slow_down(seconds),
            FormError::Access(AccessError::Unknown) => (Some(AccessProblem::Gone), unprocessable),
            FormError::Access(error) => unavailable(&error),
        };
        posted.problem = problem;
        Self { posted, status }
    }

    /// A sign-in was refused.
    pub fn not_signed_in(mut posted: Posted, error: SignInError) -> Self {
        let (problem, status) = match error {
            SignInError::Wrong => (Some(AccessProblem::Wrong), StatusCode::UNAUTHORIZED),
            SignInError::SlowDown { seconds } => slow_down(seconds),
            SignInError::Access(error) => unavailable(&error),
        };
        posted.problem = problem;
        Self { posted, status }
    }

    /// Gives an answer the status, and says how long to wait.
    pub fn mark(&self, response: &mut Response) {
        *response.status_mut() = self.status;
        if let Some(AccessProblem::SlowDown { seconds }) = self.posted.problem {
            let seconds = HeaderValue::from(seconds.max(1));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
    }
}

fn link_problem(form: PostedForm) -> AccessProblem {
    match form {
        PostedForm::Setup => AccessProblem::SetupLink,
        _ => AccessProblem::PasswordLink,
    }
}

fn slow_down(seconds: i64) -> (Option<AccessProblem>, StatusCode) {
    let problem = AccessProblem::SlowDown { seconds };
    (Some(problem), StatusCode::TOO_MANY_REQUESTS)
}

fn unavailable(error: &AccessError) -> (Option<AccessProblem>, StatusCode) {
    let error: &dyn Error = error;
    tracing::error!(error, "a form could not be taken");
    let problem = AccessProblem::Unavailable;
    (Some(problem), StatusCode::SERVICE_UNAVAILABLE)
}
