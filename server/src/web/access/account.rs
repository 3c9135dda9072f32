//! `POST /account`: what everybody may do with the own account.

use access::{AccessError, FormError};
use app::posted::{Posted, PostedForm};
use axum::{
    Form,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{SessionId, SignedIn, access::ChangePasswordForm, paths};
use serde::Deserialize;

use super::{Asked, Outcome, Read, unreadable};

/// What is asked for, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    ChangePassword(ChangePasswordForm),
    EndSession { id: String },
    EndOtherSessions,
}

impl Action {
    /// What the page after it is told.
    fn code(&self) -> &'static str {
        match self {
            Self::ChangePassword(_) => "change_password",
            Self::EndSession { .. } => "end_session",
            Self::EndOtherSessions => "end_other_sessions",
        }
    }
}

/// Does it for whoever has signed in.
pub async fn post(asked: Asked, form: Read<Action>) -> Response {
    let action = match form {
        Ok(Form(action)) => action,
        Err(rejection) => return unreadable(&rejection),
    };
    let Some(signed_in) = asked.info.signed_in.clone() else {
        return asked.end();
    };
    let mut posted = Posted::new(PostedForm::Sessions);
    let done = match &action {
        Action::ChangePassword(form) => {
            posted.form = PostedForm::ChangePassword;
            let address = &asked.info.actor.address;
            asked
                .access()
                .change_password(&signed_in, form, address)
                .await
        }
        Action::EndSession { id } => {
            posted.about.clone_from(id);
            end_session(&asked, &signed_in, id)
                .await
                .map_err(Into::into)
        }
        Action::EndOtherSessions => end_other_sessions(&asked, &signed_in)
            .await
            .map_err(FormError::Access),
    };
    match done {
        Ok(()) => Redirect::to(&format!(
            "{}?done={}",
            paths::OwnAccount::PATH,
            action.code()
        ))
        .into_response(),
        Err(error) => asked.page(Outcome::refused(posted, error)).await,
    }
}

async fn end_session(asked: &Asked, signed_in: &SignedIn, id: &str) -> Result<(), AccessError> {
    let id = SessionId::parse(id).map_err(|_| AccessError::Unknown)?;
    let (own, by) = (Some(&signed_in.account), &asked.info.actor);
    asked.access().end_session(&id, own, by).await
}

async fn end_other_sessions(asked: &Asked, signed_in: &SignedIn) -> Result<(), AccessError> {
    let (own, by) = (Some(&signed_in.account), &asked.info.actor);
    for session in asked.access().sessions(own).await? {
        if session.id == signed_in.session {
            continue;
        }
        match asked.access().end_session(&session.id, own, by).await {
            // Some end by themselves meanwhile.
            Ok(()) | Err(AccessError::Unknown) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
