//! One message: state, actions, recipients, and attempts.

use domain::{Attempt, Finding, MessageState, OutboxMessage, Recipient, SendingState};
use leptos::prelude::*;

use super::{attempts::Attempts, sending_problems, state_class};
use crate::{
    paths,
    ui::{explanation::Explained, when::When},
};

/// The changing parts of a message. `sending` is the sending state of its data center.
#[component]
pub fn Details(
    message: OutboxMessage,
    attempts: Vec<Attempt>,
    sending: Option<SendingState>,
    may_act: bool,
) -> impl IntoView {
    let waits = !message.state.is_final();
    // If the whole data center cannot send, that is the reason.
    let stopped = sending.filter(|state| waits && sending_problems::stops(state));
    let problem = stopped.as_ref().map(sending_problems::of_one);
    let shown = message
        .finding
        .clone()
        .filter(|_| message.state != MessageState::Delivered);
    let pause = stopped.as_ref().and_then(|state| state.pause.as_ref());
    let is_told = pause.map(|pause| &pause.finding) == shown.as_ref();
    let finding = shown.clone().filter(|_| !is_told);
    let help = if stopped.is_some() && message.state == MessageState::Waiting {
        "Mailgrant delivers it when its data center can send again."
    } else {
        wording::message_state_help(message.state)
    };
    view! {
        {problem}
        <section class="card" aria-labelledby="state-title">
            <h2 id="state-title">"State"</h2>
            <p class="status-text">
                <span class=state_class::message_state_class(message.state) id="message-state">
                    {wording::message_state(message.state)}
                </span>
                <span>{help}</span>
            </p>
            {finding.map(|finding| view! { <Explained finding id="message-finding" /> })}
            {(message.state == MessageState::Waiting && stopped.is_none())
                .then(|| {
                    view! {
                        <p class="help">"The next attempt is due at " <When at=message.due_at /> "."</p>
                    }
                })}
            {may_act.then(|| view! { <Actions message=message.clone() /> })}
        </section>
        <Recipients recipients=message.recipients shown=shown.clone() />
        <Attempts attempts waits shown />
    }
}

/// Actions that are possible in the current state.
#[component]
fn Actions(message: OutboxMessage) -> impl IntoView {
    let action = paths::Message::path(message.id.as_str());
    let has_content = message.has_content;
    let retry = match message.state {
        MessageState::Waiting => Some("Try now"),
        MessageState::Failed | MessageState::Cancelled => Some("Try again"),
        MessageState::PartlyDelivered => Some("Retry failed recipients"),
        MessageState::Sending | MessageState::Delivered | MessageState::Bounced => None,
    };
    let retry = retry.filter(|_| has_content);
    let cancels = message.state == MessageState::Waiting;
    let resends = has_content && message.state.is_final();
    let people = wording::counted(
        i64::try_from(message.recipients.len()).unwrap_or(i64::MAX),
        "recipient",
        "recipients",
    );
    view! {
        {(retry.is_some() || cancels)
            .then(|| {
                view! {
                    <form method="post" action=action.clone() class="choices">
                        {retry
                            .map(|words| {
                                view! {
                                    <button name="do" value="retry" class="button">
                                        {words}
                                    </button>
                                }
                            })}
                        {cancels
                            .then(|| {
                                view! {
                                    <button name="do" value="cancel" class="button">
                                        "Cancel"
                                    </button>
                                }
                            })}
                    </form>
                }
            })}
        {resends
            .then(|| {
                view! {
                    <details class="confirm">
                        <summary>"Send again"</summary>
                        <form method="post" action=action>
                            <p class="help">
                                "It goes to " {people}
                                " as a new message, including recipients who already received it. This cannot be undone."
                            </p>
                            <button name="do" value="resend" class="button danger">
                                "Send this message again"
                            </button>
                        </form>
                    </details>
                }
            })}
        {(!has_content)
            .then(|| {
                view! {
                    <p class="help">"The content was deleted, so this message cannot be sent again."</p>
                }
            })}
    }
}

/// The recipients. `shown` is the finding that the page already explains.
#[component]
fn Recipients(recipients: Vec<Recipient>, shown: Option<Finding>) -> impl IntoView {
    let rows = recipients
        .into_iter()
        .enumerate()
        .map(move |(at, recipient)| {
            let id = ["recipient-finding-", &at.to_string()].concat();
            let repeated = recipient.finding == shown;
            let finding = recipient.finding.filter(|_| !repeated);
            view! {
                <li>
                    <p class="entry-head">
                        <span class=state_class::recipient_state_class(recipient.state)>
                            {wording::recipient_state(recipient.state)}
                        </span>
                        <span>{wording::recipient_kind(recipient.kind)}</span>
                    </p>
                    <p><bdi>{recipient.address.to_string()}</bdi></p>
                    {(!recipient.reply.is_empty())
                        .then(|| view! { <pre class="reply">{recipient.reply}</pre> })}
                    {finding.map(|finding| view! { <Explained finding id /> })}
                </li>
            }
        });
    view! {
        <section class="card" aria-labelledby="recipients-title">
            <h2 id="recipients-title">"Recipients"</h2>
            <ul class="entries" id="recipients">
                {rows.collect_view()}
            </ul>
        </section>
    }
}
