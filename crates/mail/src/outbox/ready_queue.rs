//! Messages that are claimed and wait for a connection.

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
    /// Told each time a message is taken.
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

    /// The next message; `None` when none comes for a while, and when the queue is closed.
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
                        // One word stands for several messages when nobody was waiting.
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

    /// Takes all that wait.
    pub(super) fn drain(&self) -> Vec<Job> {
        self.jobs().waiting.drain(..).collect()
    }

    /// Nothing more is given out.
    pub(super) fn close(&self) -> Vec<Job> {
        let mut jobs = self.jobs();
        jobs.closed = true;
        self.arrived.notify_one();
        jobs.waiting.drain(..).collect()
    }
}
