//! Claimed messages that wait for a connection.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use super::job::Job;

#[derive(Debug, Default)]
pub(super) struct ReadyQueue {
    jobs: Mutex<Jobs>,
    arrived: Notify,
    /// Notified each time a message leaves the queue.
    pub(super) taken: Notify,
}

#[derive(Debug, Default)]
struct Jobs {
    waiting: VecDeque<Job>,
    closed: bool,
}

impl ReadyQueue {
    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.jobs().waiting.len()
    }

    pub(super) fn push(&self, job: Job) {
        self.jobs().waiting.push_back(job);
        self.arrived.notify_one();
    }

    /// Returns the next message; `None` if none arrives within `patience` or the queue is closed.
    pub(super) async fn next(&self, patience: Duration) -> Option<Job> {
        let next = async {
            loop {
                {
                    let mut jobs = self.jobs();
                    if jobs.closed {
                        self.arrived.notify_one();
                        return None;
                    }
                    if let Some(job) = jobs.waiting.pop_front() {
                        // `Notify` stores one permit, even if several messages arrived while no
                        // worker waited.
                        if !jobs.waiting.is_empty() {
                            self.arrived.notify_one();
                        }
                        self.taken.notify_one();
                        return Some(job);
                    }
                }
                self.arrived.notified().await;
            }
        };
        timeout(patience, next).await.ok().flatten()
    }

    /// Removes and returns all waiting messages.
    pub(super) fn drain(&self) -> Vec<Job> {
        self.jobs().waiting.drain(..).collect()
    }

    /// Closes the queue and returns its remaining messages.
    pub(super) fn close(&self) -> Vec<Job> {
        let mut jobs = self.jobs();
        jobs.closed = true;
        self.arrived.notify_one();
        jobs.waiting.drain(..).collect()
    }
}
