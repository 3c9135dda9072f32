//! The events of a check. Watchers can subscribe at any time and receive all events from the start.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{CheckEvent, CheckReport};
use futures::{Stream, stream};
use tokio::sync::watch;

/// The events of one run, from its start.
#[derive(Debug)]
pub(crate) struct Feed {
    events: Mutex<Events>,
    /// Signals new events.
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Events {
    all: Vec<CheckEvent>,
    closed: bool,
}

impl Feed {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: Mutex::default(),
            changed: watch::Sender::new(()),
        })
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an event.
    pub(crate) fn publish(&self, event: CheckEvent) {
        self.events().all.push(event);
        self.changed.send_replace(());
    }

    /// Ends the feed.
    pub(super) fn close(&self) {
        self.events().closed = true;
        self.changed.send_replace(());
    }

    /// Returns true if the feed has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.events().closed
    }

    /// Returns the report, if the run has finished.
    fn report(&self) -> Option<CheckReport> {
        self.events()
            .all
            .iter()
            .rev()
            .find_map(|event| match event {
                CheckEvent::Finished(report) => Some(CheckReport::clone(report)),
                CheckEvent::Step(_) => None,
            })
    }

    /// Waits for the end of the feed and returns the report; `None` if the run ended without one.
    pub(super) async fn finished(&self) -> Option<CheckReport> {
        let mut changed = self.changed.subscribe();
        while !self.is_closed() {
            changed.changed().await.ok()?;
        }
        self.report()
    }

    /// Streams all events from the first to the end of the feed.
    pub(super) fn watch(self: Arc<Self>) -> impl Stream<Item = CheckEvent> + Send + 'static {
        let changed = self.changed.subscribe();
        stream::unfold((self, changed, 0), |(feed, mut changed, at)| async move {
            loop {
                let (next, closed) = {
                    let events = feed.events();
                    (events.all.get(at).cloned(), events.closed)
                };
                match next {
                    Some(event) => return Some((event, (feed, changed, at + 1))),
                    None if closed => return None,
                    None => changed.changed().await.ok()?,
                }
            }
        })
    }
}
