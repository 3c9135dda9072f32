//! An open, encrypted, greeted connection, and its commands.

use std::{future::Future, time::Duration};

use decode::{ImapStage, imap_reply};
use domain::{FactName, Finding, FindingCode, StepKind};
use imap_codec::imap_types::{command::CommandBody, mailbox::Mailbox as Name};
use net::{Recorder, RecordingStream, Stream, Timeouts};
use tokio::time::timeout;

use crate::{
    Mailbox,
    client::{Answer, Client, NoReply, Reply},
    response::{Data, Ending},
};

/// Opens INBOX without changing it (RFC 9051 §6.3.3).
pub(crate) const EXAMINE_INBOX: CommandBody<'static> = CommandBody::Examine {
    mailbox: Name::Inbox,
};

/// An open connection to the server of a mailbox.
pub struct Connection {
    pub(crate) mailbox: Mailbox,
    /// The commands and responses.
    pub client: Client,
    pub(crate) wire: RecordingStream,
    pub(crate) timeouts: Timeouts,
    /// The capabilities, in upper case.
    pub(crate) capabilities: Vec<String>,
}

impl Connection {
    pub(crate) fn note_capabilities(&mut self, answer: &Answer) {
        let all = answer.data.iter().filter_map(|data| match data {
            Data::Capability(all) => Some(all),
            _ => None,
        });
        // Some servers write the list in several lines.
        let all: Vec<_> = all.flatten().cloned().collect();
        if !all.is_empty() {
            self.capabilities = all;
        }
    }

    /// Returns true if the server has a capability, given in upper case.
    pub fn offers(&self, name: &str) -> bool {
        self.capabilities.iter().any(|one| one == name)
    }

    pub(crate) fn mechanisms(&self) -> Vec<String> {
        let all = self.capabilities.iter();
        all.filter_map(|one| one.strip_prefix("AUTH="))
            .map(str::to_owned)
            .collect()
    }

    /// Sends a command, and reads the response within the time for a reply.
    ///
    /// # Errors
    /// The finding code about a missing response.
    pub async fn ask(&mut self, body: CommandBody<'static>) -> Result<Answer, FindingCode> {
        within(self.timeouts.reply, self.client.command(body)).await
    }

    /// Begins IDLE (RFC 2177). It has begun when the server sends a continuation request.
    ///
    /// # Errors
    /// The finding code about a missing response.
    pub async fn begin_idle(&mut self) -> Result<Reply, FindingCode> {
        within(self.timeouts.reply, self.client.begin(CommandBody::Idle)).await
    }

    /// Ends IDLE.
    ///
    /// # Errors
    /// The finding code about a missing response.
    pub async fn end_idle(&mut self) -> Result<(), FindingCode> {
        match within(self.timeouts.reply, self.client.continue_with("DONE")).await? {
            Reply::Answer(_) => Ok(()),
            Reply::Challenge(_) => Err(FindingCode::NotImap),
        }
    }

    /// Allows longer responses, in bytes.
    pub fn set_limit(&self, limit: usize) {
        self.wire.set_limit(limit);
    }

    /// Sends EXAMINE INBOX, and returns the number of messages in it.
    ///
    /// # Errors
    /// The finding about the refusal.
    pub async fn examine(&mut self, recorder: &Recorder) -> Result<u32, Finding> {
        let mut step = recorder.begin(StepKind::Examine, "EXAMINE INBOX");
        let answer = self.ask(EXAMINE_INBOX).await;
        let received = self.take_received();
        let code = match answer {
            Ok(answer) if answer.ending == Ending::Ok => {
                let messages = answer.data.iter().find_map(|data| match data {
                    Data::Exists(messages) => Some(*messages),
                    _ => None,
                });
                let messages = messages.unwrap_or_default();
                step.fact(FactName::Messages, messages.to_string());
                recorder.passed(step, &received);
                return Ok(messages);
            }
            Ok(answer) => imap_reply(ImapStage::Examine, &answer.code, &answer.text),
            Err(code) => code,
        };
        let finding = self.mailbox.finding(code).saying(&received);
        Err(recorder.failed(step, &received, finding))
    }

    /// Asks for the capabilities after the sign-in. Returns them in upper case.
    ///
    /// # Errors
    /// The finding about a missing response.
    pub async fn capabilities(&mut self, recorder: &Recorder) -> Result<Vec<String>, Finding> {
        self.ask_capabilities(recorder).await?;
        Ok(self.capabilities.clone())
    }

    /// Returns the stream, and the octets that have been read from it and not processed. Returns
    /// `None` if the connection is lost.
    pub fn into_stream(self) -> Option<(Stream, Vec<u8>)> {
        let (wire, rest) = self.client.into_parts();
        Some((wire.take_stream()?, rest))
    }

    /// Sends LOGOUT. The server's response no longer matters.
    pub async fn log_out(mut self, recorder: &Recorder) {
        let step = recorder.begin(StepKind::Logout, "LOGOUT");
        let _ = self.ask(CommandBody::Logout).await;
        let received = self.take_received();
        recorder.passed(step, &received);
    }

    /// Returns the text that the server has sent since the last call.
    pub fn take_received(&self) -> String {
        self.wire.take_replies().concat()
    }
}

pub(crate) async fn within<T>(
    time: Duration,
    answer: impl Future<Output = Result<T, NoReply>>,
) -> Result<T, FindingCode> {
    match timeout(time, answer).await {
        Ok(answer) => answer.map_err(no_reply),
        Err(_) => Err(FindingCode::Timeout),
    }
}

/// Returns the finding code about a missing response.
pub fn no_reply(error: NoReply) -> FindingCode {
    match error {
        NoReply::Closed => FindingCode::ConnectionClosed,
        NoReply::Unreadable => FindingCode::NotImap,
    }
}
