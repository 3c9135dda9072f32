//! One delivery attempt of a message. It covers all waiting recipients, in several transactions if
//! the provider limits the recipients of one.

use std::time::Instant;

use domain::{DataCenterId, Finding, FindingCode, RecipientState, Retry, UnixTime};
use message::with_ascii_header;
use net::Recorder;
use smtp::{Connection, Message, TransactionEnd, TransactionOutcome};

use super::{
    Outbox,
    batches::{Batches, Excess},
    connect::ConnectError,
    disposition::{AttemptReport, FailureScope, RecipientOutcome, failure_scope},
    plan::{Plan, PlanKey},
    queue_state::QueueState,
    queued_message::QueuedMessage,
    transcript,
};

/// An open connection, with the key of the plan under which it was opened.
pub(super) struct Open {
    key: PlanKey,
    pub(super) connection: Connection,
}

/// Result of an attempt.
pub(super) enum AttemptEnd {
    /// The result was recorded.
    Recorded,
    /// The lease was lost. Another process may deliver the message.
    Abandoned,
    /// Nothing was tried. The message stays due.
    Release,
}

/// One attempt to deliver a message.
pub(super) struct Attempt<'a> {
    outbox: &'a Outbox,
    id: &'a DataCenterId,
    plan: &'a Plan,
    queued: &'a QueuedMessage,
    recipients: Vec<RecipientOutcome>,
    scope: FailureScope,
    accepted_transactions: i64,
    transcript: String,
    started_at: UnixTime,
    since: Instant,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(
        outbox: &'a Outbox,
        id: &'a DataCenterId,
        plan: &'a Plan,
        queued: &'a QueuedMessage,
    ) -> Self {
        Self {
            outbox,
            id,
            plan,
            queued,
            recipients: vec![RecipientOutcome::Untried; queued.message.recipients.len()],
            scope: FailureScope::Message,
            accepted_transactions: 0,
            transcript: String::new(),
            started_at: outbox.clock.now(),
            since: Instant::now(),
        }
    }

    pub(super) fn report(self) -> AttemptReport {
        let micros = self.since.elapsed().as_micros();
        AttemptReport {
            recipients: self.recipients,
            scope: self.scope,
            accepted_transactions: self.accepted_transactions,
            started_at: self.started_at,
            micros: i64::try_from(micros).unwrap_or(i64::MAX),
            server: self.plan.server.address(),
            transcript: self.transcript,
        }
    }

    /// Tries all waiting recipients. Each transaction has at most as many recipients as the
    /// provider allows.
    pub(super) async fn run(&mut self, queue: &QueueState, open: &mut Option<Open>) -> AttemptEnd {
        let recipients = self.queued.message.recipients.iter().enumerate();
        let waiting: Vec<usize> = recipients
            .filter(|(_, one)| one.state == RecipientState::Waiting)
            .map(|(index, _)| index)
            .collect();
        let Some(content) = self.queued.message.content.as_deref() else {
            let finding = Finding::new(FindingCode::Refused).saying("the content was dropped");
            self.all_failed(&waiting, &finding);
            return AttemptEnd::Recorded;
        };
        let at_once = self.plan.limits.recipients.unwrap_or(u32::MAX);
        let mut batches = Batches::new(waiting, at_once as usize);
        while let Some(part) = batches.next() {
            let excess = match self.part(queue, open, &part, content).await {
                Ok(excess) => excess,
                // The results of earlier transactions must be recorded.
                Err(_) if self.has_result() => return AttemptEnd::Recorded,
                Err(outcome) => return outcome,
            };
            let broken = open.as_ref().is_none_or(|open| open.connection.is_broken());
            if self.scope == FailureScope::DataCenter || (broken && excess.is_none()) {
                break;
            }
            if let Some(excess) = excess {
                batches.put_back(excess);
            }
            if queue.is_stopping() && self.has_result() {
                break;
            }
        }
        AttemptEnd::Recorded
    }

    fn has_result(&self) -> bool {
        !self
            .recipients
            .iter()
            .all(|outcome| matches!(outcome, RecipientOutcome::Untried))
    }

    /// Runs one transaction. Returns the recipients that need another transaction because of the
    /// recipient limit.
    async fn part(
        &mut self,
        queue: &QueueState,
        open: &mut Option<Open>,
        part: &[usize],
        content: &[u8],
    ) -> Result<Option<Excess>, AttemptEnd> {
        let to: Vec<&str> = part
            .iter()
            .filter_map(|index| self.queued.message.recipients.get(*index))
            .map(|recipient| recipient.address.as_str())
            .collect();
        let message = Message {
            sender: self.queued.message.sender.as_str(),
            recipients: &to,
            content,
            with_ascii_header,
        };
        // The server may have closed an idle connection. The first such failure is retried over a
        // new connection.
        for last in [false, true] {
            match self.connect(queue, open, part).await {
                Ok(()) => {}
                Err(AttemptEnd::Recorded) => return Ok(None),
                Err(outcome) => return Err(outcome),
            }
            let Some(Open { connection, .. }) = open else {
                return Err(AttemptEnd::Release);
            };
            let outcome = self.send(queue, connection, message).await;
            let Some(outcome) = outcome else {
                let in_doubt = connection.is_in_doubt();
                *open = None;
                if !in_doubt {
                    return Err(AttemptEnd::Release);
                }
                let finding = self.plan.server.finding(FindingCode::ClosedAfterMessage);
                self.all_failed(part, &finding);
                return Ok(None);
            };
            let broken = connection.is_broken();
            if broken {
                *open = None;
            }
            match outcome.end {
                TransactionEnd::Stale(_) if !last => *open = None,
                TransactionEnd::Abandoned => return Err(AttemptEnd::Abandoned),
                _ => {
                    self.transcript.push_str(&outcome.transcript);
                    return Ok(self.note(part, outcome, broken));
                }
            }
        }
        Ok(None)
    }

    /// Sends the message over a connection. Returns `None` if the grace period of a stopping server
    /// ends first.
    async fn send(
        &self,
        queue: &QueueState,
        connection: &mut Connection,
        message: Message<'_>,
    ) -> Option<TransactionOutcome> {
        let mut stopping = queue.stopping.clone();
        let ours = || self.queued.has_lease(self.outbox.clock.boot_time());
        tokio::select! {
            biased;
            outcome = connection.send(message, &ours) => Some(outcome),
            _ = stopping.wait_for(|stage| *stage > 1) => None,
        }
    }

    /// Opens a connection unless an open one can be reused.
    async fn connect(
        &mut self,
        queue: &QueueState,
        open: &mut Option<Open>,
        part: &[usize],
    ) -> Result<(), AttemptEnd> {
        if let Some(other) = open.take_if(|open| open.key != self.plan.key) {
            other.connection.quit().await;
        }
        if open.is_some() {
            return Ok(());
        }
        let recorder = Recorder::default();
        let mut stopping = queue.stopping.clone();
        let opened = tokio::select! {
            biased;
            opened = self.outbox.open_connection(self.id, self.plan, &recorder) => opened,
            _ = stopping.wait_for(|stage| *stage > 1) => return Err(AttemptEnd::Release),
        };
        self.transcript.push_str(&transcript::of(&recorder.steps()));
        match opened {
            Ok(connection) => {
                let key = self.plan.key;
                *open = Some(Open { key, connection });
                Ok(())
            }
            Err(ConnectError::Failed(finding)) => {
                let later = finding.retry() == Retry::Later;
                if !later || failure_scope(finding.code) == FailureScope::DataCenter {
                    self.scope = FailureScope::DataCenter;
                } else {
                    queue.cool_down().await;
                }
                self.all_failed(part, &finding);
                Err(AttemptEnd::Recorded)
            }
            Err(ConnectError::Waits) => {
                queue.cool_down().await;
                Err(AttemptEnd::Release)
            }
            Err(ConnectError::Mail(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, data_center = %self.id, "delivery connection not opened");
                queue.cool_down().await;
                Err(AttemptEnd::Release)
            }
        }
    }

    /// Records the result of a transaction. Returns the recipients to try immediately in another
    /// one.
    fn note(
        &mut self,
        part: &[usize],
        outcome: TransactionOutcome,
        broken: bool,
    ) -> Option<Excess> {
        let excess = Excess::of(part, &outcome, broken);
        let mut others = Vec::new();
        for (index, refused) in part.iter().zip(outcome.refused) {
            let again = |excess: &Excess| excess.recipients.contains(index);
            match refused {
                _ if excess.as_ref().is_some_and(again) => {}
                Some((reply, finding)) => {
                    if failure_scope(finding.code) == FailureScope::DataCenter {
                        self.scope = FailureScope::DataCenter;
                    }
                    self.set(*index, RecipientOutcome::NotAccepted(reply, finding));
                }
                None => others.push(*index),
            }
        }
        match outcome.end {
            TransactionEnd::Accepted(reply) => {
                self.accepted_transactions += 1;
                for index in others {
                    self.set(index, RecipientOutcome::Accepted(reply.clone()));
                }
            }
            TransactionEnd::Failed(finding) | TransactionEnd::Stale(finding) => {
                if !others.is_empty() && failure_scope(finding.code) == FailureScope::DataCenter {
                    self.scope = FailureScope::DataCenter;
                }
                self.all_failed(&others, &finding);
            }
            TransactionEnd::Abandoned => {}
        }
        excess
    }

    fn all_failed(&mut self, part: &[usize], finding: &Finding) {
        let text = finding.said.clone().unwrap_or_default();
        for index in part {
            self.set(
                *index,
                RecipientOutcome::NotAccepted(text.clone(), finding.clone()),
            );
        }
    }

    fn set(&mut self, index: usize, outcome: RecipientOutcome) {
        if let Some(place) = self.recipients.get_mut(index) {
            *place = outcome;
        }
    }
}
