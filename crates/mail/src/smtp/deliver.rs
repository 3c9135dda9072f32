//! Handing a message over.

use std::time::Instant;

use domain::{Finding, FindingCode, StepKind};
use lettre::Address;
use tokio::time::timeout;

use super::Connection;
use crate::recorder::Recorder;

impl Connection {
    /// Hands a message over; the server's final reply.
    pub(crate) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        let size = if self.offers("SIZE") {
            format!(" SIZE={}", message.len())
        } else {
            String::new()
        };
        let line = format!("MAIL FROM:<{from}>{size}");
        self.command(StepKind::MailFrom, &line, None, recorder)
            .await?;
        self.command(StepKind::RcptTo, &format!("RCPT TO:<{to}>"), None, recorder)
            .await?;
        self.command(StepKind::Data, "DATA", None, recorder).await?;
        let since = Instant::now();
        let result = timeout(self.timeouts.message, self.smtp.message(message)).await;
        let shown = format!("{}\n.", String::from_utf8_lossy(message));
        let said = self.conclude(StepKind::Message, &shown, since, false, &result, recorder);
        said.map_err(|finding| match finding.code {
            FindingCode::ConnectionClosed | FindingCode::Timeout => {
                self.target.finding(FindingCode::ClosedAfterMessage)
            }
            _ => finding,
        })
    }
}
