//! Sets a password with a one-use link.

use access::{Link, LinkKind, Token};
use domain::access::PasswordForm;

use super::FORM;
use crate::{
    form::{
        FormResult,
        field::AccessFormError,
        post::{PostPage, PostRequest, PostResponse},
    },
    paths,
};

/// Sets the password of the account that the link is for, and signs in.
pub async fn post(request: PostRequest, form: PasswordForm) -> PostResponse {
    let error = match request
        .access
        .choose_password(&form, &request.visitor)
        .await
    {
        Ok(session) => {
            return PostResponse::StartSession {
                session: Box::new(session),
                next: paths::Home::PATH.to_owned(),
            };
        }
        Err(error) => error,
    };
    let result = FormResult::new(FORM).refused(error.map(AccessFormError::NewPassword));
    let page = match Token::parse(form.token.expose()) {
        Some(token) => Link::page(LinkKind::Password, &token),
        None => paths::ChoosePassword::PATH.to_owned(),
    };
    PostResponse::Page(PostPage::refused(result).at(page))
}
