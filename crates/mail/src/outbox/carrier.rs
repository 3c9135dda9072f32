//! One connection, and the messages that go over it.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{FindingCode, MessageId};
use futures::FutureExt as _;

use super::{
    attempt::{Attempt, Open, Outcome},
    job::Job,
    lane::Lane,
    lease::Lease,
    verdict::{Came, Fault, settle},
};

/// Carries messages until none has come for a while. A panic ends the connection and nothing else.
pub(super) async fn run(lane: Arc<Lane>, slot: Option<i64>) {
    let current = Mutex::new(None);
    let carried = carry_all(&lane, slot.is_some(), &current);
    if AssertUnwindSafe(carried).catch_unwind().await.is_err() {
        lane.mailer.count_task_failure("connection");
        let current = current.into_inner().unwrap_or_else(PoisonError::into_inner);
        let message = current.as_ref().map(|(_, id)| id.as_str());
        tracing::error!(data_center = %lane.id, message_id = message, "a connection failed unexpectedly");
        if let Some((lease, id)) = current {
            // It is tried again when its lease has run out.
            lease.end(&id);
        }
        lane.cool_down().await;
    }
    lane.leave(slot).await;
}

/// The message that a connection is working on.
type Current = Mutex<Option<(Arc<Lease>, MessageId)>>;

async fn carry_all(lane: &Arc<Lane>, is_limited: bool, current: &Current) {
    let set = |job: Option<&Job>| {
        let job = job.map(|job| (Arc::clone(&job.lease), job.message.id.clone()));
        *current.lock().unwrap_or_else(PoisonError::into_inner) = job;
    };
    let mut open = None;
    let options = &lane.mailer.0.options.outbox;
    // A connection that others may want is not kept for long.
    let idle = if is_limited {
        options.idle / 4
    } else {
        options.idle
    };
    while let Some(job) = lane.queue.next(idle).await {
        set(Some(&job));
        carry(lane, job, &mut open).await;
        set(None);
        if lane.is_stopping() {
            break;
        }
    }
    if let Some(Open { connection, .. }) = open {
        connection.quit().await;
    }
}

/// Tries one message, and hands on how it went.
async fn carry(lane: &Arc<Lane>, job: Job, open: &mut Option<Open>) {
    if !job.is_ours(lane.mailer.boot_time()) {
        return lane.give_back(vec![job]).await;
    }
    let Ok(Some(plan)) = lane.plan().await else {
        return lane.give_back(vec![job]).await;
    };
    let mut attempt = Attempt::new(&lane.mailer, &lane.id, &plan, &job);
    let outcome = attempt.run(lane, open).await;
    match outcome {
        Outcome::Tried => {}
        Outcome::NotOurs | Outcome::GiveBack => return lane.give_back(vec![job]).await,
    }
    let tried = attempt.tried();
    let started_at = tried.started_at;
    let fault = tried.fault;
    let why = tried.came.iter().find_map(|came| match came {
        Came::Not(_, finding) => Some(finding.clone()),
        _ => None,
    });
    let seconds = lane.mailer.0.options.outbox.give_up_after;
    let now = lane.mailer.now();
    let drop = plan.drop_content;
    let mut settlement = settle(
        &job.message,
        &job.lease.name,
        &lane.id,
        tried,
        drop,
        seconds,
        now,
    );
    if job.counted {
        settlement.handed_over = 0;
    }
    lane.mailer.observe_attempt(&lane.id, &settlement.attempt);
    tracing::info!(
        data_center = %lane.id,
        // Not `message`: that is the name of the text of the line.
        id = settlement.id.as_str(),
        state = settlement.state.code(),
        attempt = settlement.attempt.number,
        micros = settlement.attempt.micros,
        finding = settlement.finding.as_ref().map(|finding| finding.code.code()),
        "attempt"
    );
    match why {
        None => lane.went_well(),
        Some(finding) if fault == Fault::DataCenter => match finding.code {
            FindingCode::TooManyConnections => {
                lane.crowded();
                lane.cool_down().await;
            }
            _ => lane.pause(&finding, plan.key, started_at).await,
        },
        Some(_) => {}
    }
    // The other end is there as long as there are lanes.
    let _ = lane.settled.send((settlement, job.lease)).await;
}
