//! `POST /access`: accounts, sessions of others, API keys.

use access::{AccessError, FormError};
use app::posted::{Made, Posted, PostedForm};
use axum::{
    Form,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    AccountId, ApiKeyId, FieldError, FormErrors, KeyScope, Role, SessionId,
    access::{AccessField, NewAccountForm, NewKeyForm},
    paths,
};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::{Asked, Outcome, Read, unreadable};

/// What is asked for, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    AddAccount(NewAccountForm),
    SetRole { id: String, role: String },
    ResetPassword { id: String },
    RemoveAccount { id: String },
    EndSession { id: String },
    MakeKey(NewKeyForm),
    EndKey { id: String },
}

impl Action {
    /// What the page after it is told.
    fn code(&self) -> &'static str {
        match self {
            Self::AddAccount(_) => "add_account",
            Self::SetRole { .. } => "set_role",
            Self::ResetPassword { .. } => "reset_password",
            Self::RemoveAccount { .. } => "remove_account",
            Self::EndSession { .. } => "end_session",
            Self::MakeKey(_) => "make_key",
            Self::EndKey { .. } => "end_key",
        }
    }

    /// What the page is told of it when it stays.
    fn posted(&self) -> Posted {
        let form = match self {
            Self::AddAccount(_) => PostedForm::AddAccount,
            Self::SetRole { .. } | Self::ResetPassword { .. } | Self::RemoveAccount { .. } => {
                PostedForm::Account
            }
            Self::EndSession { .. } => PostedForm::Sessions,
            Self::MakeKey(_) => PostedForm::MakeKey,
            Self::EndKey { .. } => PostedForm::Keys,
        };
        let mut posted = Posted::new(form);
        match self {
            Self::AddAccount(form) => {
                posted.typed = vec![("name", form.name.clone()), ("role", form.role.clone())];
            }
            Self::MakeKey(form) => {
                posted.typed = vec![
                    ("name", form.name.clone()),
                    ("data_center", form.data_center.clone()),
                    ("expires", form.expires.clone()),
                ];
                let scopes = KeyScope::ALL
                    .iter()
                    .map(|scope| (scope.code(), form.scope(*scope).to_owned()));
                posted.typed.extend(scopes);
            }
            Self::SetRole { id, role } => {
                posted.about.clone_from(id);
                posted.typed = vec![("role", role.clone())];
            }
            Self::ResetPassword { id }
            | Self::RemoveAccount { id }
            | Self::EndSession { id }
            | Self::EndKey { id } => posted.about.clone_from(id),
        }
        posted
    }
}

/// Does it, and shows what it has made.
pub async fn post(asked: Asked, form: Read<Action>) -> Response {
    let action = match form {
        Ok(Form(action)) => action,
        Err(rejection) => return unreadable(&rejection),
    };
    let (posted, code) = (action.posted(), action.code());
    match perform(&asked, action).await {
        Ok(None) => {
            Redirect::to(&format!("{}?done={code}", paths::AccessSettings::PATH)).into_response()
        }
        Ok(Some(made)) => asked.page(Outcome::made(posted, made)).await,
        Err(error) => asked.page(Outcome::refused(posted, error)).await,
    }
}

async fn perform(asked: &Asked, action: Action) -> Result<Option<Made>, FormError> {
    let (access, by) = (asked.access(), &asked.info.actor);
    let made = match action {
        Action::AddAccount(form) => {
            let link = access.add_account(&form, by).await?;
            Some(shown(asked, form.name.trim().to_owned(), &link))
        }
        Action::SetRole { id, role } => {
            let Some(role) = Role::from_code(&role) else {
                let mut errors = FormErrors::default();
                errors.add(AccessField::Role, FieldError::UnknownChoice);
                return Err(FormError::Form(errors));
            };
            access.set_role(&account(&id)?, role, by).await?;
            None
        }
        Action::ResetPassword { id } => {
            let id = account(&id)?;
            let accounts = access.accounts().await?;
            let name = accounts.into_iter().find(|account| account.id == id);
            let name = name.ok_or(AccessError::Unknown)?.name.to_string();
            let link = access.reset_password(&id, by).await?;
            Some(shown(asked, name, &link))
        }
        Action::RemoveAccount { id } => {
            access.remove_account(&account(&id)?, by).await?;
            None
        }
        Action::EndSession { id } => {
            let id = SessionId::parse(&id).map_err(|_| AccessError::Unknown)?;
            access.end_session(&id, None, by).await?;
            None
        }
        Action::MakeKey(form) => {
            let (key, shown) = access.make_api_key(&form, by).await?;
            Some(Made::Key {
                name: key.name.to_string(),
                key: shown.expose_secret().to_owned(),
            })
        }
        Action::EndKey { id } => {
            let id = ApiKeyId::parse(&id).map_err(|_| AccessError::Unknown)?;
            access.end_api_key(&id, by).await?;
            None
        }
    };
    Ok(made)
}

fn shown(asked: &Asked, account: String, link: &access::Link) -> Made {
    Made::Link {
        account,
        url: asked.url(&link.path()),
        expires_at: link.expires_at,
    }
}

fn account(id: &str) -> Result<AccountId, AccessError> {
    AccountId::parse(id).map_err(|_| AccessError::Unknown)
}
