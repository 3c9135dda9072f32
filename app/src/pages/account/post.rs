//! Changes the account of the user.

use access::{AccessError, FormError};
use domain::{SessionId, SignedIn, access::ChangePasswordForm};
use serde::Deserialize;

use super::{CHANGE_PASSWORD, SESSIONS};
use crate::{
    form::{
        FormResult,
        field::AccessFormError,
        post::{PostRequest, PostResponse},
    },
    paths,
};

/// The action, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Changes the password.
    ChangePassword(ChangePasswordForm),
    /// Ends one session.
    EndSession {
        /// ID of the session.
        id: String,
    },
    /// Ends all sessions except this one.
    EndOtherSessions,
}

impl Action {
    /// Returns the code of its flash message.
    fn code(&self) -> &'static str {
        match self {
            Self::ChangePassword(_) => "change_password",
            Self::EndSession { .. } => "end_session",
            Self::EndOtherSessions => "end_other_sessions",
        }
    }
}

/// Performs the action for the user who has signed in.
pub async fn post(request: PostRequest, action: Action) -> PostResponse {
    let Some(signed_in) = request.info.signed_in.clone() else {
        return PostResponse::EndSession;
    };
    let mut result = FormResult::new(SESSIONS);
    let done = match &action {
        Action::ChangePassword(form) => {
            result.form = CHANGE_PASSWORD;
            let address = &request.actor().address;
            request
                .access
                .change_password(&signed_in, form, address)
                .await
                .map_err(|error| error.map(AccessFormError::ChangePassword))
        }
        Action::EndSession { id } => {
            result = result.of_row(id);
            end_session(&request, &signed_in, id)
                .await
                .map_err(FormError::Access)
        }
        Action::EndOtherSessions => end_other_sessions(&request, &signed_in)
            .await
            .map_err(FormError::Access),
    };
    match done {
        Ok(()) => PostResponse::flash(paths::OwnAccount::PATH, action.code()),
        Err(error) => result.refused(error).into(),
    }
}

async fn end_session(
    request: &PostRequest,
    signed_in: &SignedIn,
    id: &str,
) -> Result<(), AccessError> {
    let id = SessionId::parse(id).map_err(|_| AccessError::Unknown)?;
    let (own, by) = (Some(&signed_in.account), request.actor());
    request.access.end_session(&id, own, by).await
}

async fn end_other_sessions(
    request: &PostRequest,
    signed_in: &SignedIn,
) -> Result<(), AccessError> {
    let (own, by) = (Some(&signed_in.account), request.actor());
    for session in request.access.sessions(own).await? {
        if session.id == signed_in.session {
            continue;
        }
        match request.access.end_session(&session.id, own, by).await {
            // It may have ended in the meantime.
            Ok(()) | Err(AccessError::Unknown) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
