//! Handing a message over, or seeing whether one would be taken.

use domain::{Finding, FindingCode, StepKind, Verdict};
use lettre::Address;
use net::Recorder;
use tokio::time::timeout;

use super::Connection;

impl Connection {
    /// Hands a message over; the server's final reply.
    pub(crate) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        message: &[u8],
        recorder: &Recorder,
    ) -> Result<String, Finding> {
        let size = if self.offers("SIZE") {
            format!(" SIZE={}", message.len())
        } else {
            String::new()
        };
        self.envelope(from, to, &size, recorder).await?;
        self.command(StepKind::Data, "DATA", recorder).await?;
        let shown = format!("{}\n.", String::from_utf8_lossy(message));
        let step = recorder.begin(StepKind::Message, &shown);
        let result = timeout(self.timeouts.message, self.smtp.message(message)).await;
        let answer = self.answer(StepKind::Message, false, &result, recorder);
        let answer = answer.map_err(|(text, finding)| match finding.code {
            FindingCode::ConnectionClosed | FindingCode::Timeout | FindingCode::NotSmtp => {
                let code = FindingCode::ClosedAfterMessage;
                let said = finding.said.unwrap_or_default();
                (text, self.target.finding(code).saying(said))
            }
            _ => (text, finding),
        });
        Self::conclude(step, answer, Verdict::Failed, recorder)
    }

    /// Asks whether a message from somebody to somebody would be taken, and hands none over.
    pub(crate) async fn rehearse(
        &mut self,
        from: &Address,
        to: &Address,
        recorder: &Recorder,
    ) -> Result<(), Finding> {
        self.envelope(from, to, "", recorder).await?;
        self.command(StepKind::Reset, "RSET", recorder).await?;
        Ok(())
    }

    async fn envelope(
        &mut self,
        from: &Address,
        to: &Address,
        parameters: &str,
        recorder: &Recorder,
    ) -> Result<(), Finding> {
        let mut line = format!("MAIL FROM:<{from}>{parameters}");
        let needs_smtputf8 = |address: &Address| !address.to_string().is_ascii();
        if needs_smtputf8(from) || needs_smtputf8(to) {
            if !self.offers("SMTPUTF8") {
                let step = recorder.begin(StepKind::MailFrom, &line);
                let finding = self.target.finding(FindingCode::Smtputf8NotOffered);
                let answer = Err((String::new(), finding));
                Self::conclude(step, answer, Verdict::Failed, recorder)?;
            }
            line.push_str(" SMTPUTF8");
        }
        self.command(StepKind::MailFrom, &line, recorder).await?;
        let line = format!("RCPT TO:<{to}>");
        self.command(StepKind::RcptTo, &line, recorder).await?;
        Ok(())
    }
}
