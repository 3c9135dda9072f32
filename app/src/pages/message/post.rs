//! Retries, cancels, or resends a message.

use domain::{MessageId, MessageRefusal};
use http::StatusCode;
use mail::{ChangeOutcome, MailError, Resent};
use serde::Deserialize;

use crate::{
    form::post::{PostRequest, PostResponse},
    paths,
};

/// The action, by the value of `do`.
#[derive(Clone, Copy, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Retries delivery.
    Retry,
    /// Cancels delivery.
    Cancel,
    /// Sends the message again, as a new message.
    Resend,
}

/// Performs the action and redirects to the page of the message.
pub async fn post(request: PostRequest, action: Action) -> PostResponse {
    let id = paths::Message::id_in(&request.path).unwrap_or_default();
    let done = match MessageId::parse(id) {
        Ok(id) => perform(&request, action, &id).await,
        Err(_) => Ok(Outcome::Unknown),
    };
    match done {
        Ok(Outcome::Changed { page, code }) => {
            PostResponse::flash(&paths::Message::path(page.as_str()), code)
        }
        Ok(Outcome::Refused(refusal)) => PostResponse::page(StatusCode::CONFLICT, refusal),
        // The page explains that the message does not exist.
        Ok(Outcome::Unknown) => PostResponse::page(StatusCode::NOT_FOUND, ()),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "message change failed");
            PostResponse::page(StatusCode::SERVICE_UNAVAILABLE, MessageRefusal::Unavailable)
        }
    }
}

/// The outcome of an action.
enum Outcome {
    /// The action was performed.
    Changed {
        /// The message whose page follows.
        page: MessageId,
        /// Code of the flash message.
        code: &'static str,
    },
    /// The action was refused.
    Refused(MessageRefusal),
    /// The message does not exist.
    Unknown,
}

async fn perform(
    request: &PostRequest,
    action: Action,
    id: &MessageId,
) -> Result<Outcome, MailError> {
    let (mailer, by) = (&request.mailer, request.actor());
    let changed = match action {
        Action::Retry => mailer.outbox.retry(id, by).await?,
        Action::Cancel => mailer.outbox.cancel(id, by).await?,
        Action::Resend => return resend(request, id).await,
    };
    let code = match action {
        Action::Cancel => "cancel",
        Action::Retry | Action::Resend => "retry",
    };
    Ok(match changed {
        ChangeOutcome::Changed => Outcome::Changed {
            page: id.clone(),
            code,
        },
        ChangeOutcome::NotNow(state) => Outcome::Refused(MessageRefusal::NotNow(state)),
        ChangeOutcome::ContentGone => Outcome::Refused(MessageRefusal::ContentGone),
        ChangeOutcome::Unknown => Outcome::Unknown,
    })
}

/// Resends a message. Rejects one that is still waiting for delivery.
async fn resend(request: &PostRequest, id: &MessageId) -> Result<Outcome, MailError> {
    let (mailer, by) = (&request.mailer, request.actor());
    let message = mailer.outbox.message(id).await?;
    if let Some(message) = message.filter(|message| !message.state.is_final()) {
        return Ok(Outcome::Refused(MessageRefusal::NotNow(message.state)));
    }
    Ok(match mailer.outbox.resend(id, by).await? {
        Resent::As(page) => Outcome::Changed {
            page,
            code: "resend",
        },
        Resent::ContentGone => Outcome::Refused(MessageRefusal::ContentGone),
        Resent::Unknown => Outcome::Unknown,
    })
}
