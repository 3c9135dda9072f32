//! `POST /login`

use app::posted::{Posted, PostedForm};
use axum::{Form, response::Response};
use domain::access::SignInForm;

use super::{Asked, Outcome, Read, unreadable};
use crate::web::next_page;

/// Signs in and leads to the page that was asked for.
pub async fn post(asked: Asked, form: Read<SignInForm>) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return unreadable(&rejection),
    };
    match asked.access().sign_in(&form, &asked.visitor()).await {
        Ok(session) => asked.begin(&session, next_page::page(&form.next)),
        Err(error) => {
            let mut posted = Posted::new(PostedForm::SignIn);
            posted.typed = vec![("name", form.name), ("next", form.next)];
            asked.page(Outcome::not_signed_in(posted, error)).await
        }
    }
}
