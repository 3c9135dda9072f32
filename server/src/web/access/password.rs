//! `POST /password`

use access::{LinkKind, Token};
use app::posted::{Posted, PostedForm};
use axum::{Form, response::Response};
use domain::access::PasswordForm;

use super::{Asked, Outcome, Read, unreadable};

/// Sets the password of the account that the link is for, and signs in.
pub async fn post(asked: Asked, form: Read<PasswordForm>) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return unreadable(&rejection),
    };
    match asked
        .access()
        .choose_password(&form, &asked.visitor())
        .await
    {
        Ok(session) => asked.begin(&session, "/"),
        Err(error) => {
            let page = super::of_link(LinkKind::Password, Token::parse(form.token.expose()));
            let posted = Posted::new(PostedForm::Password);
            asked.page_at(&page, Outcome::refused(posted, error)).await
        }
    }
}
