//! Adds, changes, and removes senders, and replaces their passwords.

use access::{AccessError, SaveSenderError};
use domain::{Sender, SenderField, SenderForm, SenderId, access::AccessProblem};
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{LIST, SENDER};
use crate::{
    form::{
        FormId, FormResult, OneTimeSecret,
        post::{PostPage, PostRequest, PostResponse, problem},
    },
    paths,
};

/// Seconds for which the old password stays valid.
const KEEP_OLD_SECONDS: u32 = 24 * 3_600;

/// The action, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Adds a sender.
    AddSender(Box<SenderForm>),
    /// Changes a sender.
    ChangeSender {
        /// ID of the sender.
        id: String,
        /// New values of the sender.
        #[serde(flatten)]
        form: Box<SenderForm>,
    },
    /// Creates a new password.
    RotatePassword {
        /// ID of the sender.
        id: String,
        /// Handling of the old password.
        old: OldPassword,
    },
    /// Removes a sender.
    RemoveSender {
        /// ID of the sender.
        id: String,
    },
}

/// Handling of the old password when there is a new one.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldPassword {
    /// It stays valid for 24 hours.
    Keep,
    /// It ends.
    End,
}

/// Performs the action. Shows a new password once, above the list.
pub async fn post(request: PostRequest, action: Action) -> PostResponse {
    match action {
        Action::AddSender(form) => {
            let path = paths::AddSender::PATH.to_owned();
            match request.access.add_sender(&form, request.actor()).await {
                Ok((sender, Some(password))) => shown_once(&sender, &password),
                Ok((_, None)) => flash("add_sender"),
                Err(error) => refused(&form, path, error),
            }
        }
        Action::ChangeSender { id, form } => change(&request, &id, &form).await,
        Action::RotatePassword { id, old } => {
            let keep = match old {
                OldPassword::Keep => KEEP_OLD_SECONDS,
                OldPassword::End => 0,
            };
            match rotate(&request, &id, keep).await {
                Ok(response) => response,
                Err(error) => failed(LIST, paths::SenderSettings::PATH.to_owned(), &error),
            }
        }
        Action::RemoveSender { id } => {
            let removed = match parsed(&id) {
                Ok(id) => request.access.remove_sender(&id, request.actor()).await,
                Err(error) => Err(error),
            };
            match removed {
                Ok(()) => flash("remove_sender"),
                Err(error) => failed(LIST, paths::SenderSettings::PATH.to_owned(), &error),
            }
        }
    }
}

/// Changes a sender. One that has got credentials gets a password, too.
async fn change(request: &PostRequest, id: &str, form: &SenderForm) -> PostResponse {
    let list = || paths::SenderSettings::PATH.to_owned();
    let id = match parsed(id) {
        Ok(id) => id,
        Err(error) => return failed(LIST, list(), &error),
    };
    let sender = match request
        .access
        .change_sender(&id, form, request.actor())
        .await
    {
        Ok(sender) => sender,
        Err(SaveSenderError::Access(error @ AccessError::Unknown)) => {
            return failed(LIST, list(), &error);
        }
        Err(error) => return refused(form, paths::EditSender::path(id.as_str()), error),
    };
    let mut passwords = sender.passwords.iter();
    let has_password = passwords.any(|password| password.expires_at.is_none());
    if sender.user.is_none() || has_password {
        return flash("change_sender");
    }
    match rotate(request, id.as_str(), 0).await {
        Ok(response) => response,
        Err(error) => failed(LIST, list(), &error),
    }
}

async fn rotate(
    request: &PostRequest,
    id: &str,
    keep_old_seconds: u32,
) -> Result<PostResponse, AccessError> {
    let (access, id) = (&request.access, parsed(id)?);
    let sender = access.sender(&id).await?.ok_or(AccessError::Unknown)?;
    let rotated = access.rotate_sender(&id, keep_old_seconds, request.actor());
    Ok(shown_once(&sender, &rotated.await?))
}

fn parsed(id: &str) -> Result<SenderId, AccessError> {
    SenderId::parse(id).map_err(|_| AccessError::Unknown)
}

fn flash(code: &str) -> PostResponse {
    PostResponse::flash(paths::SenderSettings::PATH, code)
}

fn shown_once(sender: &Sender, password: &SecretString) -> PostResponse {
    let user = sender.user.as_ref();
    let secret = OneTimeSecret::Credentials {
        name: sender.name.to_string(),
        user: user.map_or_else(String::new, |user| user.as_str().to_owned()),
        password: password.expose_secret().to_owned(),
    };
    PostResponse::page(StatusCode::OK, secret)
}

/// Returns the form again, with everything that was typed.
fn refused(form: &SenderForm, path: String, error: SaveSenderError) -> PostResponse {
    let errors = match error {
        SaveSenderError::Form(errors) => errors,
        SaveSenderError::Access(error) => {
            return page(result(SENDER, Some(form)), path, Some(&error));
        }
    };
    let result = FormResult {
        errors,
        ..result(SENDER, Some(form))
    };
    page(result, path, None)
}

fn failed(form: FormId, path: String, error: &AccessError) -> PostResponse {
    page(result(form, None), path, Some(error))
}

fn result(id: FormId, form: Option<&SenderForm>) -> FormResult<SenderField> {
    let fields = SenderField::ALL.iter();
    let values = form.into_iter().flat_map(|form| {
        let fields = fields.clone();
        fields.map(|field| (field.name(), form.text(*field)))
    });
    FormResult::new(id).with(values)
}

fn page(
    mut result: FormResult<SenderField>,
    path: String,
    error: Option<&AccessError>,
) -> PostResponse {
    result.problem = error.map(problem);
    let status = match result.problem {
        Some(AccessProblem::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    PostResponse::Page(PostPage::new(status, result).at(path))
}
