//! A delivery worker: one connection and the messages that it sends.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{FindingCode, MessageId};
use futures::FutureExt as _;

use super::{
    attempt::{Attempt, AttemptEnd, Open},
    disposition::{FailureScope, RecipientOutcome, apply},
    lease::Lease,
    queue_state::QueueState,
    queued_message::QueuedMessage,
};

/// Sends messages until none arrives within the idle time. A panic ends only this connection.
pub(super) async fn run(queue: Arc<QueueState>, slot: Option<i64>) {
    let current = Mutex::new(None);
    let delivering = deliver_all(&queue, slot.is_some(), &current);
    if AssertUnwindSafe(delivering).catch_unwind().await.is_err() {
        queue.outbox.counters.count_task_failure("connection");
        let current = current.into_inner().unwrap_or_else(PoisonError::into_inner);
        let message = current.as_ref().map(|(_, id)| id.as_str());
        tracing::error!(data_center = %queue.id, message_id = message, "delivery connection panicked");
        if let Some((lease, id)) = current {
            // The message is retried when its lease has expired.
            lease.end(&id);
        }
        queue.cool_down().await;
    }
    queue.leave(slot).await;
}

/// The message that a connection is working on.
type Current = Mutex<Option<(Arc<Lease>, MessageId)>>;

async fn deliver_all(queue: &Arc<QueueState>, is_limited: bool, current: &Current) {
    let set = |queued: Option<&QueuedMessage>| {
        let queued = queued.map(|queued| (Arc::clone(&queued.lease), queued.message.id.clone()));
        *current.lock().unwrap_or_else(PoisonError::into_inner) = queued;
    };
    let mut open = None;
    let options = &queue.outbox.options;
    // Other servers may be waiting for one of the limited connections.
    let idle = if is_limited {
        options.idle / 4
    } else {
        options.idle
    };
    while let Some(queued) = queue.ready.next(idle).await {
        set(Some(&queued));
        deliver_one(queue, queued, &mut open).await;
        set(None);
        if queue.is_stopping() {
            break;
        }
    }
    if let Some(Open { connection, .. }) = open {
        connection.quit().await;
    }
}

/// Delivers one message and passes the result to the outcome writer.
async fn deliver_one(queue: &Arc<QueueState>, queued: QueuedMessage, open: &mut Option<Open>) {
    if !queued.has_lease(queue.outbox.clock.boot_time()) {
        return queue.release(vec![queued]).await;
    }
    let Ok(Some(plan)) = queue.plan().await else {
        return queue.release(vec![queued]).await;
    };
    let mut attempt = Attempt::new(&queue.outbox, &queue.id, &plan, &queued);
    let outcome = attempt.run(queue, open).await;
    match outcome {
        AttemptEnd::Recorded => {}
        AttemptEnd::Abandoned | AttemptEnd::Release => return queue.release(vec![queued]).await,
    }
    let report = attempt.report();
    let started_at = report.started_at;
    let scope = report.scope;
    let why = report.recipients.iter().find_map(|outcome| match outcome {
        RecipientOutcome::NotAccepted(_, finding) => Some(finding.clone()),
        _ => None,
    });
    let give_up_after = queue.outbox.options.give_up_after;
    let now = queue.outbox.clock.now();
    let drop = plan.drop_content;
    let mut update = apply(
        &queued.message,
        &queued.lease.name,
        &queue.id,
        report,
        drop,
        give_up_after,
        now,
    );
    if queued.counted {
        update.uncounted_submissions = 0;
    }
    queue
        .outbox
        .counters
        .observe_attempt(&queue.id, &update.attempt);
    tracing::info!(
        data_center = %queue.id,
        // The field `message` is reserved for the text of the event.
        id = update.id.as_str(),
        state = update.state.code(),
        attempt = update.attempt.number,
        micros = update.attempt.micros,
        finding = update.finding.as_ref().map(|finding| finding.code.code()),
        "delivery attempted"
    );
    match why {
        None => queue.accepted(),
        Some(finding) if scope == FailureScope::DataCenter => match finding.code {
            FindingCode::TooManyConnections => {
                queue.too_many_connections();
                queue.cool_down().await;
            }
            _ => queue.pause(&finding, plan.key, started_at).await,
        },
        Some(_) => {}
    }
    // The outcome writer runs while there are delivery queues.
    let _ = queue.outcomes.send((update, queued.lease)).await;
}
