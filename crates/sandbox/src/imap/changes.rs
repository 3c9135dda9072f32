//! Changes of the selected folder, reported at NOOP and during IDLE (RFC 2177).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::mailbox::Mailbox;
use super::session::{Next, Session};
use crate::faults::ImapFault;

/// Polling interval during IDLE.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) fn offers_idle(&self) -> bool {
        self.state.faults().imap != Some(ImapFault::NoIdle)
    }

    /// Reports expunged messages and the new number of messages.
    pub(super) async fn report_changes(&mut self) -> io::Result<()> {
        let Some(before) = self.selected.take() else {
            return Ok(());
        };
        let account = self.account.clone().unwrap_or_default();
        let now = Mailbox::of(
            &account,
            &before.folder,
            before.read_only,
            &self.state.lock(),
        );
        if Arc::ptr_eq(&now.messages, &before.messages) {
            self.selected = Some(before);
            return Ok(());
        }
        let uids: Vec<_> = now.messages.iter().map(|one| one.uid).collect();
        let mut lines = Vec::new();
        let mut number = 1;
        for message in before.messages.iter() {
            if uids.binary_search(&message.uid).is_ok() {
                number += 1;
            } else {
                lines.push(format!("* {number} EXPUNGE"));
            }
        }
        if now.len() != number - 1 {
            lines.push(format!("* {} EXISTS", now.len()));
        }
        self.selected = Some(now);
        for line in lines {
            self.send_line(&line).await?;
        }
        Ok(())
    }

    pub(super) async fn idle(&mut self, tag: &str) -> io::Result<Next> {
        self.send_line("+ idling").await?;
        loop {
            tokio::select! {
                line = self.line() => return match line? {
                    Some(line) if line.eq_ignore_ascii_case(b"DONE") => {
                        self.done(tag, "OK Done").await
                    }
                    Some(_) => self.done(tag, "BAD Expected DONE").await,
                    None => Ok(Next::Close),
                },
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
            self.report_changes().await?;
        }
    }
}
