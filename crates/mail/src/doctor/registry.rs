//! The running and recently ended checks of this process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::CheckId;
use tokio::{sync::watch, time::Instant};

use super::feed::Feed;

/// Time for which the events of a run stay available after its end.
const RETENTION: Duration = Duration::from_mins(5);
/// Maximum number of runs, including those that have ended.
const MAX_RUNS: usize = 256;

/// One run of a check.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) feed: Arc<Feed>,
    /// True once a user has canceled the run.
    cancelled: watch::Sender<bool>,
    /// True once the server is stopping.
    interrupted: watch::Sender<bool>,
    ended_at: Mutex<Option<Instant>>,
}

impl Run {
    /// Completes when a user cancels the run.
    pub(super) async fn cancelled(&self) {
        let mut cancelled = self.cancelled.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
    }

    /// Cancels the run. Returns false if it has ended.
    pub(super) fn cancel(&self) -> bool {
        self.cancelled.send_replace(true);
        !self.feed.is_closed()
    }

    /// Completes when the server stops.
    pub(super) async fn interrupted(&self) {
        let mut interrupted = self.interrupted.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _ = interrupted.wait_for(|interrupted| *interrupted).await;
    }

    fn ended_at(&self) -> Option<Instant> {
        *self.ended_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the run when dropped, even after a panic. Otherwise watchers could wait forever.
#[derive(Debug)]
pub(super) struct Ending(pub(super) Arc<Run>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut ended_at = self
            .0
            .ended_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *ended_at = Some(Instant::now());
        self.0.feed.close();
    }
}

/// Runs by ID.
#[derive(Debug, Default)]
pub(crate) struct Registry(Mutex<HashMap<CheckId, Arc<Run>>>);

impl Registry {
    /// Adds a new run. Returns `None` if there are too many.
    pub(super) fn add(&self, id: &CheckId) -> Option<Arc<Run>> {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.retain(|_, run| {
            run.ended_at()
                .is_none_or(|ended| ended.elapsed() < RETENTION)
        });
        if runs.len() >= MAX_RUNS {
            let ended = runs
                .iter()
                .filter_map(|(id, run)| Some((run.ended_at()?, id)));
            let oldest = ended.min_by_key(|(ended, _)| *ended)?.1.clone();
            runs.remove(&oldest);
        }
        let run = Arc::new(Run {
            feed: Feed::new(),
            cancelled: watch::Sender::new(false),
            interrupted: watch::Sender::new(false),
            ended_at: Mutex::default(),
        });
        runs.insert(id.clone(), Arc::clone(&run));
        Some(run)
    }

    /// Interrupts all runs that have not ended, and returns them.
    pub(super) fn interrupt_all(&self) -> Vec<Arc<Run>> {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = runs.values().filter(|run| !run.feed.is_closed());
        let running: Vec<_> = running.cloned().collect();
        for run in &running {
            run.interrupted.send_replace(true);
        }
        running
    }

    /// Returns a run that is running or ended recently.
    pub(super) fn get(&self, id: &CheckId) -> Option<Arc<Run>> {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> CheckId {
        CheckId::parse(&format!("check-{number}")).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_is_kept_for_some_minutes_after_its_end_and_while_it_goes_on() {
        let registry = Registry::default();
        drop(Ending(registry.add(&id(1)).unwrap()));
        registry.add(&id(2)).unwrap();
        tokio::time::advance(Duration::from_secs(299)).await;
        registry.add(&id(3)).unwrap();
        assert!(registry.get(&id(1)).is_some());
        tokio::time::advance(Duration::from_secs(2)).await;
        registry.add(&id(4)).unwrap();
        assert!(registry.get(&id(1)).is_none() && registry.get(&id(2)).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_run_that_ended_first_is_removed_and_never_a_running_one() {
        let registry = Registry::default();
        for number in 0..MAX_RUNS {
            registry.add(&id(number)).unwrap();
        }
        assert!(registry.add(&id(1_000)).is_none());
        for number in [7, 3] {
            drop(Ending(registry.get(&id(number)).unwrap()));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        registry.add(&id(1_000)).unwrap();
        assert!(registry.get(&id(7)).is_none() && registry.get(&id(3)).is_some());
    }
}
