//! `POST /setup`

use access::{LinkKind, Token};
use app::posted::{Posted, PostedForm};
use axum::{Form, response::Response};
use domain::access::SetupForm;

use super::{Asked, Outcome, Read, unreadable};

/// Makes the first administrator and signs in.
pub async fn post(asked: Asked, form: Read<SetupForm>) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return unreadable(&rejection),
    };
    match asked.access().finish_setup(&form, &asked.visitor()).await {
        Ok(session) => asked.begin(&session, "/"),
        Err(error) => {
            let page = super::of_link(LinkKind::Setup, Token::parse(form.token.expose()));
            let mut posted = Posted::new(PostedForm::Setup);
            posted.typed = vec![("name", form.name)];
            asked.page_at(&page, Outcome::refused(posted, error)).await
        }
    }
}
