//! `POST /messages/{id}`: trying again, cancelling, sending once more.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{MessageId, MessageRefusal, paths};
use mail::{ChangeOutcome, MailError, Resent};
use serde::Deserialize;

use crate::web::access::{Asked, Read, unreadable};

/// What is asked for, by the value of `do`.
#[derive(Clone, Copy, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    Retry,
    Cancel,
    Resend,
}

/// Does it, and leads back to the page of the message.
pub async fn post(Path(id): Path<String>, asked: Asked, form: Read<Action>) -> Response {
    let action = match form {
        Ok(Form(action)) => action,
        Err(rejection) => return unreadable(&rejection),
    };
    let done = match MessageId::parse(&id) {
        Ok(id) => perform(&asked, action, &id).await,
        Err(_) => Ok(Outcome::Unknown),
    };
    let (refusal, status) = match done {
        Ok(Outcome::Done { page, code }) => {
            let page = format!("{}?done={code}", paths::Message::path(page.as_str()));
            return Redirect::to(&page).into_response();
        }
        Ok(Outcome::Refused(refusal)) => (refusal, StatusCode::CONFLICT),
        // The page says that there is none.
        Ok(Outcome::Unknown) => return asked.answer(StatusCode::NOT_FOUND, ()).await,
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "a message could not be changed");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            (MessageRefusal::Unavailable, status)
        }
    };
    asked.answer(status, refusal).await
}

/// What came of it.
enum Outcome {
    /// It is done: the message whose page follows, and what that is told.
    Done {
        page: MessageId,
        code: &'static str,
    },
    Refused(MessageRefusal),
    Unknown,
}

async fn perform(asked: &Asked, action: Action, id: &MessageId) -> Result<Outcome, MailError> {
    let (mailer, by) = (asked.mailer(), &asked.info.actor);
    let changed = match action {
        Action::Retry => mailer.retry_message(id, by).await?,
        Action::Cancel => mailer.cancel_message(id, by).await?,
        Action::Resend => return resend(asked, id).await,
    };
    let code = match action {
        Action::Cancel => "cancel",
        Action::Retry | Action::Resend => "retry",
    };
    Ok(match changed {
        ChangeOutcome::Changed => Outcome::Done {
            page: id.clone(),
            code,
        },
        ChangeOutcome::NotNow(state) => Outcome::Refused(MessageRefusal::NotNow(state)),
        ChangeOutcome::ContentGone => Outcome::Refused(MessageRefusal::ContentGone),
        ChangeOutcome::Unknown => Outcome::Unknown,
    })
}

/// What is still to be delivered goes out anyway.
async fn resend(asked: &Asked, id: &MessageId) -> Result<Outcome, MailError> {
    let (mailer, by) = (asked.mailer(), &asked.info.actor);
    let message = mailer.message(id).await?;
    if let Some(message) = message.filter(|message| !message.state.is_final()) {
        return Ok(Outcome::Refused(MessageRefusal::NotNow(message.state)));
    }
    Ok(match mailer.resend_message(id, by).await? {
        Resent::As(page) => Outcome::Done {
            page,
            code: "resend",
        },
        Resent::ContentGone => Outcome::Refused(MessageRefusal::ContentGone),
        Resent::Unknown => Outcome::Unknown,
    })
}
