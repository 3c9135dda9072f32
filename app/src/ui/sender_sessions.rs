//! Recorded SMTP sessions of senders and of unknown clients.

use domain::{SenderId, SenderSession};
use leptos::{either::Either, prelude::*};

use crate::{
    api, paths, rendered,
    ui::{
        copy::CopyButton, error_banner::ErrorBanner, explanation::Explained, live::Live, when::When,
    },
};

/// The last sessions of a sender, followed by the latest ones of unknown clients, because a device
/// that has not signed in yet is one of these. Without a sender, only those of unknown clients.
///
/// The lists change while the page is open. A page contains this component once, and no other
/// [`Live`].
#[component]
pub fn SenderSessions(sender: Option<SenderId>) -> impl IntoView {
    let data = api::sender_sessions(sender.clone());
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => {
                let lists = rendered::SessionRows::new(&data);
                Either::Left(view! { <Lists lists has_sender=sender.is_some() /> })
            }
            Err(error) => Either::Right(view! { <ErrorBanner error /> }),
        }
    });
    view! { {shown} }
}

#[component]
fn Lists(lists: rendered::SessionRows, has_sender: bool) -> impl IntoView {
    let (own, unknown) = lists.html();
    let events = paths::SenderEvents::path(lists.subject());
    let own = has_sender.then(|| {
        view! {
            <section class="card" aria-labelledby="sender-sessions-title">
                <h2 id="sender-sessions-title">"Connections"</h2>
                // Events replace the content of this element while the page is open.
                <div id=rendered::SENDER_SESSIONS inner_html=own></div>
            </section>
        }
    });
    view! {
        <Live events />
        {own}
        <section class="card" aria-labelledby="unknown-sessions-title">
            <h2 id="unknown-sessions-title">"Unknown devices"</h2>
            <p class="help">
                "Connections from clients that did not sign in and whose address belongs to no sender."
            </p>
            <div id=rendered::UNKNOWN_SESSIONS inner_html=unknown></div>
        </section>
    }
}

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
