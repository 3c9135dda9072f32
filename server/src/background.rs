//! The background loops of the server: each is supervised, and all of them end with the server.

use mail::Mailer;
use tokio::task::JoinSet;

/// The loops that run.
pub struct Background {
    mailer: Mailer,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts without loops.
    pub fn new(mailer: Mailer) -> Self {
        let tasks = JoinSet::new();
        Self { mailer, tasks }
    }

    /// Runs an endless loop under supervision ([`Mailer::supervise`]).
    pub fn run<F>(&mut self, name: &'static str, start: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mailer = self.mailer.clone();
        self.tasks
            .spawn(async move { match mailer.supervise(name, start).await {} });
    }

    /// Ends all loops.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}
