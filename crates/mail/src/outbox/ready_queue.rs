//! Claimed messages that wait for a connection.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use super::queued_message::QueuedMessage;

#[derive(Debug, Default)]
pub(super) struct ReadyQueue {
    messages: Mutex<Messages>,
    arrived: Notify,
    /// Notified when a message leaves the queue.
    pub(super) taken: Notify,
}

#[derive(Debug, Default)]
struct Messages {
    waiting: VecDeque<QueuedMessage>,
    closed: bool,
}

impl ReadyQueue {
    fn messages(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.messages().waiting.len()
    }

    pub(super) fn push(&self, message: QueuedMessage) {
        self.messages().waiting.push_back(message);
        self.arrived.notify_one();
    }

    /// Returns the next message. `None` if none arrives within `limit` or the queue is closed.
    pub(super) async fn next(&self, limit: Duration) -> Option<QueuedMessage> {
        let next = async {
            loop {
                {
                    let mut messages = self.messages();
                    if messages.closed {
                        self.arrived.notify_one();
                        return None;
                    }
                    if let Some(message) = messages.waiting.pop_front() {
                        // `Notify` stores only one permit, even if several messages arrived while
                        // no worker waited.
                        if !messages.waiting.is_empty() {
                            self.arrived.notify_one();
                        }
                        self.taken.notify_one();
                        return Some(message);
                    }
                }
                self.arrived.notified().await;
            }
        };
        timeout(limit, next).await.ok().flatten()
    }

    /// Removes and returns all waiting messages.
    pub(super) fn drain(&self) -> Vec<QueuedMessage> {
        self.messages().waiting.drain(..).collect()
    }

    /// Closes the queue and returns its remaining messages.
    pub(super) fn close(&self) -> Vec<QueuedMessage> {
        let mut messages = self.messages();
        messages.closed = true;
        self.arrived.notify_one();
        messages.waiting.drain(..).collect()
    }
}
