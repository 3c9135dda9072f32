//! Changes accounts, sessions, and API keys.

use access::{AccessError, FormError};
use domain::{
    AccountId, ApiKeyId, FormErrors, KeyScope, Role, SessionId,
    access::{AccessField, AccountChangeError, NewAccountForm, NewKeyForm},
};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::{ACCOUNT, ADD_ACCOUNT, KEYS, MAKE_KEY, SESSIONS};
use crate::{
    form::{
        FormResult, OneTimeSecret,
        field::AccessFormError,
        post::{PostRequest, PostResponse},
    },
    paths,
};

/// The action, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Adds an account.
    AddAccount(NewAccountForm),
    /// Changes the role of an account.
    SetRole {
        /// ID of the account.
        id: String,
        /// Code of the role.
        role: String,
    },
    /// Creates a link to choose a new password.
    ResetPassword {
        /// ID of the account.
        id: String,
    },
    /// Removes an account.
    RemoveAccount {
        /// ID of the account.
        id: String,
    },
    /// Ends a session.
    EndSession {
        /// ID of the session.
        id: String,
    },
    /// Creates an API key.
    MakeKey(NewKeyForm),
    /// Ends an API key.
    EndKey {
        /// ID of the key.
        id: String,
    },
}

impl Action {
    /// Returns the code of its flash message.
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

    /// Returns the values that the form shows again if it is refused.
    fn result(&self) -> FormResult<AccessField> {
        match self {
            Self::AddAccount(form) => {
                FormResult::new(ADD_ACCOUNT).with([("name", &*form.name), ("role", &*form.role)])
            }
            Self::MakeKey(form) => FormResult::new(MAKE_KEY)
                .with([
                    ("name", &*form.name),
                    ("data_center", &*form.data_center),
                    ("sender", &*form.sender),
                    ("expires", &*form.expires),
                ])
                .with(
                    KeyScope::ALL
                        .iter()
                        .map(|scope| (scope.code(), form.scope(*scope))),
                ),
            Self::SetRole { id, role } => FormResult::new(ACCOUNT)
                .of_row(id)
                .with([("role", &**role)]),
            Self::ResetPassword { id } | Self::RemoveAccount { id } => {
                FormResult::new(ACCOUNT).of_row(id)
            }
            Self::EndSession { id } => FormResult::new(SESSIONS).of_row(id),
            Self::EndKey { id } => FormResult::new(KEYS).of_row(id),
        }
    }
}

/// Performs the action. Shows a new link or key once.
pub async fn post(request: PostRequest, action: Action) -> PostResponse {
    let (result, code) = (action.result(), action.code());
    match perform(&request, action).await {
        Ok(None) => PostResponse::flash(paths::AccessSettings::PATH, code),
        Ok(Some(secret)) => PostResponse::page(StatusCode::OK, secret),
        Err(error) => result.refused(error).into(),
    }
}

async fn perform(
    request: &PostRequest,
    action: Action,
) -> Result<Option<OneTimeSecret>, FormError<AccessFormError>> {
    let (access, by) = (&request.access, request.actor());
    let secret = match action {
        Action::AddAccount(form) => {
            let added = access.add_account(&form, by).await;
            let link = added.map_err(|error| error.map(AccessFormError::NewAccount))?;
            Some(password_link(request, form.name.trim().to_owned(), &link))
        }
        Action::SetRole { id, role } => {
            let Some(role) = Role::from_code(&role) else {
                let error = AccessFormError::Account(AccountChangeError::UnknownChoice);
                return Err(FormError::Form(FormErrors::one(AccessField::Role, error)));
            };
            let set = access.set_role(&account(&id)?, role, by).await;
            set.map_err(|error| error.map(AccessFormError::Account))?;
            None
        }
        Action::ResetPassword { id } => {
            let id = account(&id)?;
            let accounts = access.accounts().await?;
            let name = accounts.into_iter().find(|account| account.id == id);
            let name = name.ok_or(AccessError::Unknown)?.name.to_string();
            let link = access.reset_password(&id, by).await?;
            Some(password_link(request, name, &link))
        }
        Action::RemoveAccount { id } => {
            let removed = access.remove_account(&account(&id)?, by).await;
            removed.map_err(|error| error.map(AccessFormError::Account))?;
            None
        }
        Action::EndSession { id } => {
            let id = SessionId::parse(&id).map_err(|_| AccessError::Unknown)?;
            access.end_session(&id, None, by).await?;
            None
        }
        Action::MakeKey(form) => {
            let made = access.make_api_key(&form, by).await;
            let (key, secret) = made.map_err(|error| error.map(AccessFormError::NewKey))?;
            Some(OneTimeSecret::Key {
                name: key.name.to_string(),
                key: secret.expose_secret().to_owned(),
            })
        }
        Action::EndKey { id } => {
            let id = ApiKeyId::parse(&id).map_err(|_| AccessError::Unknown)?;
            access.end_api_key(&id, by).await?;
            None
        }
    };
    Ok(secret)
}

fn password_link(request: &PostRequest, account: String, link: &access::Link) -> OneTimeSecret {
    OneTimeSecret::Link {
        account,
        url: [&*request.origin, &link.path()].concat(),
        expires_at: link.expires_at,
    }
}

fn account(id: &str) -> Result<AccountId, AccessError> {
    AccountId::parse(id).map_err(|_| AccessError::Unknown)
}
