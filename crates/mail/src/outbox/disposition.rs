//! The state of a message after an attempt.

use std::time::Duration;

use domain::{
    Attempt, AttemptOutcome, DataCenterId, Finding, FindingCode, MessageState, RecipientState,
    Retry, UnixTime,
};
use store::{AttemptUpdate, ClaimedMessage};

use crate::backoff::Backoff;

/// Wait between attempts.
const RETRY: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_hours(4));

/// The outcome of an attempt for one recipient.
#[derive(Clone, Debug)]
pub(super) enum RecipientOutcome {
    /// Not tried in this attempt.
    Untried,
    /// Accepted, with this reply.
    Accepted(String),
    /// Not accepted, with the server's reply and the reason.
    NotAccepted(String, Finding),
}

/// Scope of a failure: the message or its data center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureScope {
    /// The message, or a recipient.
    Message,
    /// The connection or the account. Other messages would fail as well, so the failure does not
    /// count against this message.
    DataCenter,
}

/// The result of an attempt.
#[derive(Debug)]
pub(super) struct AttemptReport {
    /// The outcome for each recipient of the message.
    pub(super) recipients: Vec<RecipientOutcome>,
    /// The scope of the failures.
    pub(super) scope: FailureScope,
    /// Number of transactions that the server accepted.
    pub(super) accepted_transactions: i64,
    pub(super) started_at: UnixTime,
    pub(super) micros: i64,
    pub(super) server: String,
    pub(super) transcript: String,
}

/// Returns the scope of a finding.
pub(super) fn failure_scope(code: FindingCode) -> FailureScope {
    use FindingCode as F;
    match code {
        F::QuotaExceeded
        | F::TooManySignIns
        | F::AuthenticationUnavailable
        | F::TooManyConnections
        | F::SendingRateLimited
        | F::AccountSuspended
        | F::EhloNameRefused
        | F::TlsRequired
        | F::AuthenticationWanted
        | F::TlsTooOld
        | F::SmtpAuthDisabledForTenant
        | F::SmtpAuthDisabledForMailbox
        | F::PasswordSignInRetired => FailureScope::DataCenter,
        _ => FailureScope::Message,
    }
}

/// Determines the state of a message and its next attempt from the result of an attempt.
pub(super) fn apply(
    message: &ClaimedMessage,
    lease: &str,
    data_center: &DataCenterId,
    report: AttemptReport,
    drop_content: bool,
    give_up_after: i64,
    now: UnixTime,
) -> AttemptUpdate {
    let number = message.attempts + 1;
    let old = number > 1 && now.since(message.created_at) >= give_up_after;
    let mut recipients = message.recipients.clone();
    let mut finding = None;
    let mut accepted = 0;
    let mut provider_ids: Vec<String> = Vec::new();
    for (recipient, outcome) in recipients.iter_mut().zip(report.recipients) {
        match outcome {
            RecipientOutcome::Untried => {}
            RecipientOutcome::Accepted(reply) => {
                accepted += 1;
                for id in message::provider_ids(&reply) {
                    if !provider_ids.contains(&id) {
                        provider_ids.push(id);
                    }
                }
                recipient.state = RecipientState::Accepted;
                recipient.reply = reply;
                recipient.finding = None;
            }
            RecipientOutcome::NotAccepted(reply, why) => {
                let waits = report.scope == FailureScope::DataCenter || why.retry() == Retry::Later;
                if !waits || old {
                    recipient.state = RecipientState::Refused;
                }
                recipient.reply = reply;
                recipient.finding = Some(why.clone());
                let unknown = why.code == FindingCode::ClosedAfterMessage;
                if unknown || finding.is_none() {
                    finding = Some(why);
                }
            }
        }
    }
    let is = |state| {
        recipients
            .iter()
            .filter(move |one| one.state == state)
            .count()
    };
    let waiting = is(RecipientState::Waiting);
    let state = match (
        waiting,
        is(RecipientState::Accepted),
        is(RecipientState::Refused),
    ) {
        (1.., ..) => MessageState::Waiting,
        (0, _, 0) => MessageState::Delivered,
        (0, 0, _) => MessageState::Failed,
        _ => MessageState::PartlyDelivered,
    };
    let unknown = finding
        .as_ref()
        .is_some_and(|finding| finding.code == FindingCode::ClosedAfterMessage);
    let outcome = match (&finding, accepted, waiting) {
        _ if unknown => AttemptOutcome::Unknown,
        (None, _, 0) => AttemptOutcome::Delivered,
        (_, 1.., _) => AttemptOutcome::PartlyDelivered,
        (_, 0, 1..) => AttemptOutcome::PutOff,
        _ => AttemptOutcome::Refused,
    };
    // A failure that does not concern the message does not delay its retry.
    let waits = report.scope == FailureScope::Message && finding.is_some();
    let due_at = if state == MessageState::Waiting && waits {
        // Progress resets the backoff.
        let in_a_row = if accepted > 0 { 1 } else { number };
        let in_a_row = u32::try_from(in_a_row).unwrap_or(u32::MAX);
        let next = now.plus(RETRY.spread_seconds_after(in_a_row, chance()));
        // One last attempt is due when the retry period ends.
        let last = message.created_at.plus(give_up_after);
        if now < last { next.min(last) } else { next }
    } else {
        message.due_at
    };
    AttemptUpdate {
        id: message.id.clone(),
        data_center: data_center.clone(),
        lease: lease.to_owned(),
        state,
        due_at,
        recipients,
        finding: finding.clone(),
        attempt: Attempt {
            number,
            started_at: report.started_at,
            micros: report.micros,
            server: report.server,
            outcome,
            finding,
            transcript: report.transcript,
        },
        provider_ids,
        drop_content: drop_content && state == MessageState::Delivered,
        uncounted_submissions: report.accepted_transactions,
        may_be_recorded: false,
    }
}

fn chance() -> u32 {
    u32::from_str_radix(&clock::random::hex::<3>(), 16).unwrap_or_default()
}
