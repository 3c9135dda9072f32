//! Recorded SMTP sessions of senders and of unknown clients.

use domain::SenderSession;
use leptos::prelude::*;

use crate::ui::{copy::CopyButton, explanation::Explained, when::When};

/// A session: its result, cause and fix of what was refused, and the transcript.
#[component]
pub fn SessionEntry(session: SenderSession, id: String, is_open: bool) -> impl IntoView {
    let class = match (session.ended_at, &session.finding) {
        (None, _) => "state",
        (Some(_), Some(_)) => "state bad",
        (Some(_), None) if session.accepted > 0 => "state good",
        (Some(_), None) => "state careful",
    };
    let transcript_id = [&*id, "-transcript"].concat();
    let finding_id = [&*id, "-finding"].concat();
    let result = wording::sender_session_result(&session);
    let connection = wording::sender_session_connection(&session);
    let label = ["Transcript of the connection from ", &session.address].concat();
    let transcript = session.transcript();
    view! {
        <li id=id>
            <p class="entry-head">
                <span class=class>{result}</span>
                <When at=session.began_at />
                <span><bdi>{connection}</bdi></span>
            </p>
            {session.finding.map(|finding| view! { <Explained finding id=finding_id /> })}
            {(!transcript.is_empty())
                .then(|| {
                    view! {
                        <details class="transcript" open=is_open>
                            <summary>"Transcript"</summary>
                            <pre id=transcript_id.clone() tabindex="0" role="region" aria-label=label dir="auto">
                                {transcript}
                            </pre>
                            <CopyButton of=transcript_id what="the transcript" />
                        </details>
                    }
                })}
        </li>
    }
}
