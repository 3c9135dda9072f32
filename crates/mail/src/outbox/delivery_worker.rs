//! A delivery worker: one connection and the messages that it sends.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{FindingCode, MessageId};
use futures::FutureExt as _;

use super::{
    attempt::{Attempt, AttemptEnd, Open},
    delivery_queue::DeliveryQueue,
    disposition::{FailureScope, RecipientOutcome, settle},
    job::Job,
    lease::Lease,
};

/// Sends messages until none has arrived for the idle time. A panic ends only this connection.
pub(super) async fn run(delivery: Arc<DeliveryQueue>, slot: Option<i64>) {
    let current = Mutex::new(None);
    let delivering = deliver_all(&delivery, slot.is_some(), &current);
    if AssertUnwindSafe(delivering).catch_unwind().await.is_err() {
        delivery.mailer.count_task_failure("connection");
        let current = current.into_inner().unwrap_or_else(PoisonError::into_inner);
        let message = current.as_ref().map(|(_, id)| id.as_str());
        tracing::error!(data_center = %delivery.id, message_id = message, "a connection failed unexpectedly");
        if let Some((lease, id)) = current {
            // It is retried when its lease has expired.
            lease.end(&id);
        }
        delivery.cool_down().await;
    }
    delivery.leave(slot).await;
}

/// The message that a connection is working on.
type Current = Mutex<Option<(Arc<Lease>, MessageId)>>;

async fn deliver_all(delivery: &Arc<DeliveryQueue>, is_limited: bool, current: &Current) {
    let set = |job: Option<&Job>| {
        let job = job.map(|job| (Arc::clone(&job.lease), job.message.id.clone()));
        *current.lock().unwrap_or_else(PoisonError::into_inner) = job;
    };
    let mut open = None;
    let options = &delivery.mailer.0.options.outbox;
    // Other servers may be waiting for one of the limited connections.
    let idle = if is_limited {
        options.idle / 4
    } else {
        options.idle
    };
    while let Some(job) = delivery.ready.next(idle).await {
        set(Some(&job));
        deliver_one(delivery, job, &mut open).await;
        set(None);
        if delivery.is_stopping() {
            break;
        }
    }
    if let Some(Open { connection, .. }) = open {
        connection.quit().await;
    }
}

/// Tries one message and sends the outcome to the outcome writer.
async fn deliver_one(delivery: &Arc<DeliveryQueue>, job: Job, open: &mut Option<Open>) {
    if !job.is_ours(delivery.mailer.boot_time()) {
        return delivery.give_back(vec![job]).await;
    }
    let Ok(Some(plan)) = delivery.plan().await else {
        return delivery.give_back(vec![job]).await;
    };
    let mut attempt = Attempt::new(&delivery.mailer, &delivery.id, &plan, &job);
    let outcome = attempt.run(delivery, open).await;
    match outcome {
        AttemptEnd::Recorded => {}
        AttemptEnd::Abandoned | AttemptEnd::GiveBack => return delivery.give_back(vec![job]).await,
    }
    let tried = attempt.tried();
    let started_at = tried.started_at;
    let fault = tried.fault;
    let why = tried.came.iter().find_map(|came| match came {
        RecipientOutcome::NotAccepted(_, finding) => Some(finding.clone()),
        _ => None,
    });
    let seconds = delivery.mailer.0.options.outbox.give_up_after;
    let now = delivery.mailer.now();
    let drop = plan.drop_content;
    let mut settlement = settle(
        &job.message,
        &job.lease.name,
        &delivery.id,
        tried,
        drop,
        seconds,
        now,
    );
    if job.counted {
        settlement.uncounted_submissions = 0;
    }
    delivery
        .mailer
        .observe_attempt(&delivery.id, &settlement.attempt);
    tracing::info!(
        data_center = %delivery.id,
        // The field `message` holds the text of the log line.
        id = settlement.id.as_str(),
        state = settlement.state.code(),
        attempt = settlement.attempt.number,
        micros = settlement.attempt.micros,
        finding = settlement.finding.as_ref().map(|finding| finding.code.code()),
        "attempt"
    );
    match why {
        None => delivery.accepted(),
        Some(finding) if fault == FailureScope::DataCenter => match finding.code {
            FindingCode::TooManyConnections => {
                delivery.crowded();
                delivery.cool_down().await;
            }
            _ => delivery.pause(&finding, plan.key, started_at).await,
        },
        Some(_) => {}
    }
    // The outcome writer runs while there are delivery queues.
    let _ = delivery.settled.send((settlement, job.lease)).await;
}
