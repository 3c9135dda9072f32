//! What happens in a run, for any number of watchers, whenever they come.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{CheckEvent, CheckReport};
use futures::{Stream, stream};
use tokio::sync::watch;

/// The events of one run, from its beginning.
#[derive(Debug)]
pub(crate) struct Feed {
    events: Mutex<Events>,
    /// Says that there is something new.
    news: watch::Sender<()>,
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
            news: watch::Sender::new(()),
        })
    }

    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what has happened.
    pub(crate) fn tell(&self, event: CheckEvent) {
        self.events().all.push(event);
        self.news.send_replace(());
    }

    /// Nothing follows.
    pub(super) fn close(&self) {
        self.events().closed = true;
        self.news.send_replace(());
    }

    /// Whether nothing follows.
    pub(super) fn is_closed(&self) -> bool {
        self.events().closed
    }

    /// The report, when there is one.
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

    /// The report, once nothing follows; `None` when the run broke off.
    pub(super) async fn finished(&self) -> Option<CheckReport> {
        let mut news = self.news.subscribe();
        while !self.is_closed() {
            news.changed().await.ok()?;
        }
        self.report()
    }

    /// Everything so far, then what happens, to the end.
    pub(super) fn watch(self: Arc<Self>) -> impl Stream<Item = CheckEvent> + Send + 'static {
        let news = self.news.subscribe();
        stream::unfold((self, news, 0), |(feed, mut news, at)| async move {
            loop {
                let (next, closed) = {
                    let events = feed.events();
                    (events.all.get(at).cloned(), events.closed)
                };
                match next {
                    Some(event) => return Some((event, (feed, news, at + 1))),
                    None if closed => return None,
                    None => news.changed().await.ok()?,
                }
            }
        })
    }
}
