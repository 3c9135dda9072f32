//! The background loops of the server. Each is supervised, and all of them end with the server.

use std::{path::PathBuf, sync::Arc, time::Duration};

use access::Access;
use mail::Mailer;
use tokio::{task::JoinSet, time::sleep};

use crate::{spool::import_periodically, web::Feeds};

/// Interval for deleting sessions, links, and attempts that have ended.
const CLEANUP_INTERVAL: Duration = Duration::from_hours(1);

/// The parts that the loops work on.
pub struct Loops {
    pub mailer: Mailer,
    pub access: Access,
    pub feeds: Arc<Feeds>,
    pub spools_of: Vec<PathBuf>,
}

/// The running loops.
pub struct Background {
    mailer: Mailer,
    tasks: JoinSet<()>,
}

impl Background {
    /// Starts all loops except those that deliver mail.
    pub fn start(loops: Loops) -> Self {
        let Loops {
            mailer,
            access,
            feeds,
            spools_of,
        } = loops;
        let mut all = Self {
            mailer: mailer.clone(),
            tasks: JoinSet::new(),
        };
        all.run("refresh", &mailer, |mailer: Mailer| async move {
            mailer.tokens.keep_fresh().await;
        });
        all.run("incoming mail", &mailer, |mailer: Mailer| async move {
            mailer.inbound.run().await;
        });
        all.run("alerts", &mailer, |mailer: Mailer| async move {
            mailer.alerts.run().await;
        });
        all.run("daily checks", &mailer, |mailer: Mailer| async move {
            mailer.alerts.run_daily_checks().await;
        });
        all.run("disk", &mailer, |mailer: Mailer| async move {
            mailer.disk.watch().await;
        });
        all.run("database", &mailer, |mailer: Mailer| async move {
            mailer.reachability.watch().await;
        });
        all.run("SMTP sessions", &mailer, |mailer: Mailer| async move {
            mailer.sender_sessions.run().await;
        });
        all.run("event poll", &feeds, Feeds::poll);
        all.run("refusal records", &access, |access: Access| async move {
            access.keep_recording_refusals().await;
        });
        all.run("tidying", &access, delete_expired);
        for settings in spools_of {
            all.run("spool", &settings, import_periodically);
        }
        all
    }

    /// Runs an endless loop over something under supervision ([`mail::Supervisor`]).
    fn run<T, F>(
        &mut self,
        name: &'static str,
        of: &T,
        start: impl Fn(T) -> F + Send + Sync + 'static,
    ) where
        T: Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (mailer, of) = (self.mailer.clone(), of.clone());
        self.tasks.spawn(async move {
            match mailer
                .supervisor
                .supervise(name, || start(of.clone()))
                .await {}
        });
    }

    /// Stops all loops.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Deletes ended sessions, links, and attempts in an endless loop.
async fn delete_expired(access: Access) {
    loop {
        if let Err(error) = access.delete_expired().await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "expired sessions and links not deleted");
        }
        sleep(CLEANUP_INTERVAL).await;
    }
}
