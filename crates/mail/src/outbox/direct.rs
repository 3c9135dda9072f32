//! The way to the mail server without the outbox, for measuring.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{DataCenterId, EmailAddress};
use net::Recorder;
use tokio::task::JoinSet;

use crate::{
    MailError, Mailer,
    smtp::{Ended, Letter},
};

impl Mailer {
    /// Hands one message over many times, over several connections at once, as [`Mailer::deliver`] does but without storing
    /// anything. How often it was accepted. For `cargo xtask bench send`; programs submit.
    ///
    /// # Errors
    /// When the database fails, or the data center cannot send now.
    #[doc(hidden)]
    pub async fn send_without_outbox(
        &self,
        id: &DataCenterId,
        address: &EmailAddress,
        content: &[u8],
        times: usize,
        connections: usize,
    ) -> Result<usize, MailError> {
        let plan = self.plan(id).await?.ok_or(MailError::NoSettings)?;
        let left = Arc::new(AtomicUsize::new(times));
        let content: Arc<[u8]> = content.into();
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let (mailer, id, plan) = (self.clone(), id.clone(), Arc::clone(&plan));
            let (left, content, address) =
                (Arc::clone(&left), Arc::clone(&content), address.clone());
            tasks.spawn(async move {
                let opened = mailer.open(&id, &plan, &Recorder::default()).await;
                let Ok(mut session) = opened else { return 0 };
                let mut accepted = 0;
                let one_less = |left: usize| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
                    .is_ok()
                {
                    let letter = Letter {
                        from: address.as_str(),
                        to: &[address.as_str()],
                        content: &content,
                    };
                    let handed = session.hand_over(letter, &|| true).await;
                    accepted += usize::from(matches!(handed.ended, Ended::Accepted(_)));
                    if session.broken {
                        break;
                    }
                }
                session.quit().await;
                accepted
            });
        }
        let mut accepted = 0;
        while let Some(count) = tasks.join_next().await {
            accepted += count.unwrap_or(0);
        }
        Ok(accepted)
    }
}
