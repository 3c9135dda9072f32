//! Signs in.

use access::SignInError;
use domain::access::{AccessProblem, SignInForm};

use super::FORM;
use crate::form::{
    FormResult,
    post::{PostRequest, PostResponse, problem},
};

/// Signs in and redirects to the page that was requested before.
pub async fn post(request: PostRequest, form: SignInForm) -> PostResponse {
    let error = match request.access.sign_in(&form, &request.visitor).await {
        Ok(session) => {
            return PostResponse::StartSession {
                session: Box::new(session),
                next: form.next,
            };
        }
        Err(error) => error,
    };
    let mut result = FormResult::new(FORM).with([("name", &*form.name), ("next", &*form.next)]);
    result.problem = Some(match error {
        SignInError::Wrong => AccessProblem::Wrong,
        SignInError::SlowDown { seconds } => AccessProblem::SlowDown { seconds },
        SignInError::Access(error) => problem(&error),
    });
    result.into()
}
