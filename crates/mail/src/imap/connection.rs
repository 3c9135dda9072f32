//! An open, protected, greeted connection, and its commands.

use std::{future::Future, time::Duration};

use decode::{ImapStage, imap_reply};
use domain::{FactName, Finding, FindingCode, StepKind};
use imap_codec::imap_types::{
    command::CommandBody,
    response::{Capability, Data},
};
use net::RecordingStream;
use tokio::time::timeout;

use super::{
    Mailbox,
    client::{Answer, Client, Ending, NoAnswer, Said},
    steps::{Step, Steps},
};
use net::Timeouts;

pub(crate) struct Connection {
    pub(super) mailbox: Mailbox,
    pub(crate) client: Client,
    pub(super) wire: RecordingStream,
    pub(super) timeouts: Timeouts,
    /// Upper case.
    pub(super) capabilities: Vec<String>,
}

impl Connection {
    pub(super) fn note_capabilities(&mut self, answer: &Answer) {
        for data in &answer.data {
            if let Data::Capability(all) = data {
                let all = all.as_ref().iter().map(Capability::to_string);
                self.capabilities = all.map(|one| one.to_ascii_uppercase()).collect();
            }
        }
    }

    pub(crate) fn offers(&self, name: &str) -> bool {
        self.capabilities.iter().any(|one| one == name)
    }

    pub(super) fn mechanisms(&self) -> Vec<String> {
        let all = self.capabilities.iter();
        all.filter_map(|one| one.strip_prefix("AUTH="))
            .map(str::to_owned)
            .collect()
    }

    /// A command within the time for a reply.
    pub(crate) async fn ask(&mut self, body: CommandBody<'static>) -> Result<Answer, FindingCode> {
        within(self.timeouts.reply, self.client.command(body)).await
    }

    /// Begins IDLE (RFC 2177); it has begun when the server asks for more.
    pub(crate) async fn begin_idle(&mut self) -> Result<Said, FindingCode> {
        within(self.timeouts.reply, self.client.begin(CommandBody::Idle)).await
    }

    /// Ends IDLE.
    pub(crate) async fn end_idle(&mut self) -> Result<(), FindingCode> {
        match within(self.timeouts.reply, self.client.answer("DONE")).await? {
            Said::Answer(_) => Ok(()),
            Said::Challenge(_) => Err(FindingCode::NotImap),
        }
    }

    /// Allows longer answers: bytes.
    pub(crate) fn allow(&self, at_most: usize) {
        self.wire.allow(at_most);
    }

    /// EXAMINE INBOX; the number of messages in it.
    pub(super) async fn examine(&mut self, steps: &mut Steps) -> Result<u32, Finding> {
        let mut step = Step::new(StepKind::Examine, "EXAMINE INBOX");
        let body = CommandBody::examine("INBOX")
            .map_err(|_| self.mailbox.finding(FindingCode::InboxMissing))?;
        let answer = self.ask(body).await;
        step.received = self.heard();
        let code = match answer {
            Ok(answer) if answer.ending == Ending::Ok => {
                let messages = answer.data.iter().find_map(|data| match data {
                    Data::Exists(messages) => Some(*messages),
                    _ => None,
                });
                let messages = messages.unwrap_or_default();
                step.fact(FactName::Messages, messages.to_string());
                steps.passed(step);
                return Ok(messages);
            }
            Ok(answer) => imap_reply(ImapStage::Examine, &answer.code, &answer.text),
            Err(code) => code,
        };
        let finding = self.mailbox.finding(code).saying(&step.received);
        Err(steps.failed(step, finding))
    }

    /// LOGOUT; how the server takes it does not matter any more.
    pub(super) async fn log_out(mut self, steps: &mut Steps) {
        let mut step = Step::new(StepKind::Logout, "LOGOUT");
        let _ = self.ask(CommandBody::Logout).await;
        step.received = self.heard();
        steps.passed(step);
    }

    /// What the server has said since the last look.
    pub(crate) fn heard(&self) -> String {
        let replies = self.wire.take_replies();
        replies.into_iter().map(|reply| reply.text).collect()
    }
}

pub(super) async fn within<T>(
    time: Duration,
    answer: impl Future<Output = Result<T, NoAnswer>>,
) -> Result<T, FindingCode> {
    match timeout(time, answer).await {
        Ok(answer) => answer.map_err(no_answer),
        Err(_) => Err(FindingCode::Timeout),
    }
}

pub(crate) fn no_answer(error: NoAnswer) -> FindingCode {
    match error {
        NoAnswer::Closed => FindingCode::ConnectionClosed,
        NoAnswer::Unreadable => FindingCode::NotImap,
    }
}
