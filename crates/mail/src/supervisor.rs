//! Background loops. Each runs in its own task and is restarted if it ends unexpectedly.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};
use tracing::Instrument as _;

use crate::{
    backoff::{Backoff, Failures},
    liveness::Liveness,
    metrics::Counters,
};

/// Pause before a restart.
const RESTART: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
/// Run time after which a restarted loop counts as stable, so its next failure has the shortest
/// pause.
const STABLE: Duration = Duration::from_mins(5);

/// Runs background loops and tracks which of them failed recently.
#[derive(Debug)]
pub struct Supervisor {
    counters: Arc<Counters>,
    liveness: Arc<Liveness>,
    count: AtomicU64,
    /// Loops that failed and have not run long enough since.
    failing: Mutex<BTreeMap<Key, Instant>>,
}

/// Name of a loop, and a number that distinguishes loops with the same name.
type Key = (&'static str, u64);

/// Removes the report of a loop when its supervision ends.
struct Supervision<'a> {
    supervisor: &'a Supervisor,
    key: Key,
}

impl Drop for Supervision<'_> {
    fn drop(&mut self) {
        self.supervisor.failing().remove(&self.key);
        self.supervisor.liveness.remove(self.key.0);
    }
}

impl Supervisor {
    pub(crate) fn new(counters: Arc<Counters>, liveness: Arc<Liveness>) -> Self {
        Self {
            counters,
            liveness,
            count: AtomicU64::new(0),
            failing: Mutex::default(),
        }
    }

    fn failing(&self) -> MutexGuard<'_, BTreeMap<Key, Instant>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the name of a failing loop, if any.
    pub(crate) fn failing_task(&self) -> Option<&'static str> {
        let mut failing = self.failing();
        failing.retain(|_, until| Instant::now() < *until);
        failing.keys().next().map(|(name, _)| *name)
    }

    /// Runs an endless loop in its own task. If the task panics or returns, the failure is logged,
    /// counted, and reported by [`Health::ready`](crate::Health::ready), and the loop is restarted
    /// after a pause. Dropping the future ends the task.
    pub async fn supervise<F>(&self, name: &'static str, start: impl Fn() -> F) -> Infallible
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let never = || {
            let run = start();
            async move {
                run.await;
                None
            }
        };
        self.supervise_until_done(name, never).await
    }

    /// Runs a loop like [`Self::supervise`], until it returns `Some`.
    pub(crate) async fn supervise_until_done<F, T>(
        &self,
        name: &'static str,
        start: impl Fn() -> F,
    ) -> T
    where
        F: Future<Output = Option<T>> + Send + 'static,
        T: Send + 'static,
    {
        let key = (name, self.count.fetch_add(1, Ordering::Relaxed));
        let _supervision = Supervision {
            supervisor: self,
            key,
        };
        let mut failures = Failures::new(RESTART);
        loop {
            let began = Instant::now();
            let mut task = JoinSet::new();
            task.spawn(start().instrument(tracing::info_span!("task", name)));
            let error = match task.join_next().await {
                Some(Ok(Some(result))) => return result,
                Some(Ok(None)) | None => "it returned".to_owned(),
                Some(Err(error)) => error.to_string(),
            };
            if began.elapsed() > STABLE {
                failures.reset();
            }
            let pause = failures.next_wait();
            self.counters.count_task_failure(name);
            tracing::error!(
                task = name,
                error,
                restart_seconds = pause.as_secs(),
                "background task failed"
            );
            // The loop counts as running once it has run for as long as the pause.
            self.failing().insert(key, Instant::now() + 2 * pause);
            sleep(pause).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        time::Duration,
    };

    use store::{KeySource, Store};
    use tokio::time::{sleep, timeout};

    use crate::{Mailer, MailerOptions, NotReady};

    async fn mailer() -> Mailer {
        let key = KeySource::Value("01".repeat(32).into());
        let store = Store::open("sqlite::memory:", key).await.unwrap();
        Mailer::new(store, MailerOptions::default()).unwrap()
    }

    #[tokio::test]
    async fn a_loop_that_panics_or_returns_is_reported_counted_and_restarted() {
        let mailer = mailer().await;
        let runs = Arc::new(AtomicU32::new(0));
        let start = {
            let runs = Arc::clone(&runs);
            move || {
                let run = runs.fetch_add(1, Ordering::Relaxed);
                async move {
                    match run {
                        0 => panic!("injected"),
                        1 => {}
                        _ => std::future::pending().await,
                    }
                }
            }
        };
        let supervised = {
            let mailer = mailer.clone();
            tokio::spawn(async move { mailer.supervisor.supervise("test", start).await })
        };
        let wait = timeout(Duration::from_secs(30), async {
            while runs.load(Ordering::Relaxed) < 3 {
                assert!(!supervised.is_finished());
                sleep(Duration::from_millis(10)).await;
            }
        });
        wait.await.unwrap();
        assert!(matches!(
            mailer.health.ready().await,
            Err(NotReady::Failed("test"))
        ));
        let metrics = mailer.metrics.render(None).await.unwrap();
        let counted = r#"mailgrant_task_failures_total{task="test"} 2"#;
        assert!(metrics.contains(counted), "{metrics}");
        let recovered = timeout(Duration::from_secs(30), async {
            while mailer.health.ready().await.is_err() {
                sleep(Duration::from_millis(50)).await;
            }
        });
        recovered.await.unwrap();
        supervised.abort();
    }

    #[tokio::test]
    async fn a_loop_ends_with_its_supervision_and_is_no_longer_reported() {
        let mailer = mailer().await;
        let running = Arc::new(());
        let held = Arc::clone(&running);
        let start = move || {
            let held = Arc::clone(&held);
            async move {
                sleep(Duration::from_millis(20)).await;
                drop(held);
            }
        };
        let _ = timeout(
            Duration::from_millis(100),
            mailer.supervisor.supervise("test", start),
        )
        .await;
        let ended = timeout(Duration::from_secs(30), async {
            while Arc::strong_count(&running) > 1 {
                sleep(Duration::from_millis(5)).await;
            }
        });
        ended.await.unwrap();
        assert!(mailer.health.ready().await.is_ok());
    }
}
