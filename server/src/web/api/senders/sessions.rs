//! `GET /api/v1/senders/{id}/sessions`.

use access::Access;
use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, SenderSession, Speaker, UnixTime, paths};
use mail::Mailer;
use serde::Serialize;
use utoipa::ToSchema;

use super::{find, problem};
use crate::web::api::unavailable;

/// The last SMTP sessions of a sender, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<SessionResponse>,
}

/// An SMTP session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SenderSessionShown)]
pub struct SessionResponse {
    /// The session ID.
    pub id: String,
    /// The address of the client.
    pub address: String,
    /// The address and port that the client connected to.
    pub listener: String,
    /// The use of TLS of the listener: `starttls`, `tls`, or `plain`.
    pub mode: String,
    /// The TLS version and cipher; `null` without TLS.
    pub tls: Option<String>,
    /// The time of the connection.
    pub began_at: String,
    /// The time of the end; `null` while the session lasts.
    pub ended_at: Option<String>,
    /// The number of accepted messages.
    pub accepted: u32,
    /// The reason if something was refused.
    pub finding: Option<SessionFinding>,
    /// The redacted transcript: without credentials and without the content of messages.
    pub lines: Vec<SessionLineResponse>,
    /// The number of lines that were left out after the first 60.
    pub omitted_lines: u32,
}

/// The reason for which something was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionFinding {
    /// The code, which begins with `inbound_`.
    pub code: String,
    /// The cause.
    pub cause: String,
    /// The fix.
    pub fix: String,
    /// What Mailgrant replied.
    pub said: Option<String>,
}

/// A line of a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SenderSessionLine)]
pub struct SessionLineResponse {
    /// `client`, `server`, or `note`.
    pub by: &'static str,
    /// The text.
    pub text: String,
}

impl SessionResponse {
    fn of(session: SenderSession) -> Self {
        let finding = session.finding.map(|finding| {
            let explained = wording::explain(&finding);
            SessionFinding {
                code: finding.code.code().to_owned(),
                cause: explained.cause,
                fix: explained.fix,
                said: finding.said,
            }
        });
        let lines = session.lines.into_iter();
        let lines = lines.map(|line| SessionLineResponse {
            by: match line.by {
                Speaker::Client => "client",
                Speaker::Server => "server",
                Speaker::Note => "note",
            },
            text: line.text,
        });
        Self {
            id: session.id.as_str().to_owned(),
            address: session.address,
            listener: session.listener,
            mode: session.mode,
            tls: session.tls,
            began_at: session.began_at.rfc3339(),
            ended_at: session.ended_at.map(UnixTime::rfc3339),
            accepted: session.accepted,
            finding,
            lines: lines.collect(),
            omitted_lines: session.omitted,
        }
    }
}

/// List the last SMTP sessions of a sender
///
/// Newest first, at most a week old: up to 5 without anything refused, and 20 others.
#[utoipa::path(
    get,
    path = paths::api::SenderSessions::PATTERN,
    tag = "senders",
    operation_id = "list_sender_sessions",
    security(("key" = ["senders"])),
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "The sessions.", body = SessionList),
        (status = 404, description = "The sender does not exist.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(access): State<Access>,
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let sender = match find(&access, &key, id).await {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    match mailer.sender_sessions.recent(Some(&sender.id)).await {
        Ok(sessions) => {
            let sessions = sessions.into_iter().map(SessionResponse::of);
            Json(SessionList {
                sessions: sessions.collect(),
            })
            .into_response()
        }
        Err(error) => unavailable(&error),
    }
}
