//! Delivery attempts of a message.

use domain::{Attempt, AttemptOutcome, Finding};
use leptos::{either::Either, prelude::*};

use crate::ui::{copy::CopyButton, explanation::Explained, when::When};

/// The attempts, newest first. `shown` is the finding that the page already explains.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Attempts(attempts: Vec<Attempt>, waits: bool, shown: Option<Finding>) -> impl IntoView {
    let is_empty = attempts.is_empty();
    let entries = attempts.into_iter().rev();
    let entries = entries
        .map(|one| attempt(one, shown.as_ref()))
        .collect_view();
    let empty = if waits {
        "No attempts yet."
    } else {
        "No attempts."
    };
    view! {
        <section class="card" aria-labelledby="attempts-title">
            <h2 id="attempts-title">"Attempts"</h2>
            {if is_empty {
                view! { <p class="empty">{empty}</p> }.into_any()
            } else {
                view! {
                    <ol class="entries" id="attempts" reversed>
                        {entries}
                    </ol>
                }
                .into_any()
            }}
        </section>
    }
}

/// Renders an attempt. Only the cause is shown of a finding that the page already explains.
fn attempt(attempt: Attempt, shown: Option<&Finding>) -> impl IntoView + use<> {
    let number = attempt.number.to_string();
    let class = match attempt.outcome {
        AttemptOutcome::Delivered => "state good",
        AttemptOutcome::PartlyDelivered | AttemptOutcome::PutOff | AttemptOutcome::Unknown => {
            "state careful"
        }
        AttemptOutcome::Refused => "state bad",
    };
    let server = if attempt.server.is_empty() {
        "no connection".to_owned()
    } else {
        attempt.server
    };
    let duration = wording::milliseconds(attempt.micros.unsigned_abs());
    let finding_id = ["attempt-finding-", &number].concat();
    let finding = attempt.finding.map(|finding| {
        if shown == Some(&finding) {
            Either::Left(
                view! { <p class="message-finding">{wording::explain(&finding).cause}</p> },
            )
        } else {
            Either::Right(view! { <Explained finding id=finding_id /> })
        }
    });
    let transcript_id = ["attempt-transcript-", &number].concat();
    view! {
        <li>
            <p class="entry-head">
                <span class=class>{wording::attempt_outcome(attempt.outcome)}</span>
                <span>"Attempt " {number}</span>
                <When at=attempt.started_at />
                <span>{server}</span>
                <span>{duration}</span>
            </p>
            {finding}
            {(!attempt.transcript.is_empty())
                .then(|| {
                    view! {
                        <details class="transcript">
                            <summary>"Transcript"</summary>
                            <pre id=transcript_id.clone() tabindex="0">
                                {attempt.transcript}
                            </pre>
                            <CopyButton of=transcript_id what="the transcript" />
                        </details>
                    }
                })}
        </li>
    }
}
