//! Creates the first administrator.

use access::{FormError, Link, LinkKind, Token};
use domain::access::{AccessProblem, SetupForm};

use super::FORM;
use crate::{
    form::{
        FormResult,
        field::AccessFormError,
        post::{PostPage, PostRequest, PostResponse},
    },
    paths,
};

/// Creates the first administrator and signs in.
pub async fn post(request: PostRequest, form: SetupForm) -> PostResponse {
    let error = match request.access.finish_setup(&form, &request.visitor).await {
        Ok(session) => {
            return PostResponse::StartSession {
                session: Box::new(session),
                next: paths::Home::PATH.to_owned(),
            };
        }
        Err(error) => error,
    };
    let mut result = FormResult::new(FORM).with([("name", &*form.name)]);
    match error {
        FormError::Link => result.problem = Some(AccessProblem::SetupLink),
        error => result = result.refused(error.map(AccessFormError::Setup)),
    }
    let page = match Token::parse(form.token.expose()) {
        Some(token) => Link::page(LinkKind::Setup, &token),
        None => paths::Setup::PATH.to_owned(),
    };
    PostResponse::Page(PostPage::refused(result).at(page))
}
