//! Transactions: messages sent one after the other over a connection.
//!
//! With PIPELINING (RFC 2920) a message takes two writes and two waits.

use domain::{Finding, FindingCode, StepKind};
use net::Recorder;

use crate::{
    connection::Connection,
    dot_stuffing::{DotStuffing, END},
    message::{Message, TransactionEnd, TransactionOutcome},
    reply::Reply,
    transcript::Transcript,
};

/// Size of one write of message content, in bytes.
const CHUNK: usize = 64 * 1024;

/// Returns true if the caller may still send the message.
type StillOurs<'a> = &'a (dyn Fn() -> bool + Send + Sync);

impl Connection {
    /// Sends a message. `still_ours` is called before the first command and before the end of the
    /// message is sent, after which the message cannot be recalled.
    pub async fn send(
        &mut self,
        message: Message<'_>,
        still_ours: StillOurs<'_>,
    ) -> TransactionOutcome {
        self.send_with(message, still_ours, None).await
    }

    /// Sends a message as [`Connection::send`] does, and records each command as a step of a check.
    ///
    /// # Errors
    /// The finding of the step that failed, also if it concerns a recipient only.
    pub async fn send_recorded(&mut self, message: Message<'_>) -> Result<(), Finding> {
        let recorder = self.recorder.clone();
        let outcome = self
            .send_with(message, &|| true, Some(recorder.clone()))
            .await;
        let refused = outcome.refused.into_iter().flatten();
        let refused = refused.map(|(_, finding)| finding).next();
        let failed = match outcome.end {
            TransactionEnd::Accepted(_) | TransactionEnd::Abandoned => refused,
            TransactionEnd::Failed(finding) | TransactionEnd::Stale(finding) => {
                refused.or(Some(finding))
            }
        };
        failed.map_or(Ok(()), |finding| Err(recorder.cleaned(finding)))
    }

    /// Asks whether the server would accept a message with this envelope, without sending one.
    /// Records each command as a step of a check.
    ///
    /// # Errors
    /// The finding of the step that failed.
    pub async fn dry_run(&mut self, message: Message<'_>) -> Result<(), Finding> {
        let recorder = self.recorder.clone();
        let mut transcript = Transcript::new(message.recipients.len(), Some(recorder.clone()));
        self.dry_run_commands(message, &mut transcript)
            .await
            .map_err(|finding| recorder.cleaned(finding))
    }

    async fn dry_run_commands(
        &mut self,
        message: Message<'_>,
        transcript: &mut Transcript,
    ) -> Result<(), Finding> {
        let extensions = self.message_extensions();
        let mail_from = message.mail_from(extensions);
        if message.needs_smtputf8() && !extensions.utf8 {
            return Err(self.smtputf8_not_offered(&mail_from, transcript));
        }
        let mut commands = vec![(StepKind::MailFrom, mail_from)];
        let recipients = message.recipients.iter();
        commands.extend(recipients.map(|to| (StepKind::RcptTo, format!("RCPT TO:<{to}>"))));
        commands.push((StepKind::Reset, "RSET".to_owned()));
        for (kind, line) in commands {
            self.out.clear();
            self.out.extend_from_slice(line.as_bytes());
            self.out.extend_from_slice(b"\r\n");
            transcript.begin(kind, &line);
            if let Err(finding) = self.write(FindingCode::ConnectionClosed).await {
                transcript.failed("", &finding);
                return Err(finding);
            }
            let reply = self.reply(self.timeouts.reply, transcript).await?;
            if !reply.is_positive() {
                let finding = self.refusal(kind, &reply);
                transcript.failed(&reply.text, &finding);
                return Err(finding);
            }
            transcript.passed(&reply.text);
        }
        Ok(())
    }

    async fn send_with(
        &mut self,
        message: Message<'_>,
        still_ours: StillOurs<'_>,
        recorder: Option<Recorder>,
    ) -> TransactionOutcome {
        if self.offers("SMTPUTF8") || !message.needs_smtputf8() {
            self.send_as_is(message, still_ours, recorder).await
        } else {
            self.send_in_ascii(message, still_ours, recorder).await
        }
    }

    /// Sends to the recipients with an ASCII address. The others are refused, each with its
    /// finding.
    async fn send_in_ascii(
        &mut self,
        message: Message<'_>,
        still_ours: StillOurs<'_>,
        recorder: Option<Recorder>,
    ) -> TransactionOutcome {
        let finding = self.finding(FindingCode::Smtputf8NotOffered);
        let recipients = message.recipients.iter();
        let refused: Vec<_> = recipients
            .map(|to| (!to.is_ascii()).then(|| (String::new(), finding.clone())))
            .collect();
        let to: Vec<&str> = message
            .recipients
            .iter()
            .copied()
            .filter(|to| to.is_ascii())
            .collect();
        if to.is_empty() || !message.sender.is_ascii() {
            let mut transcript = Transcript::new(0, recorder);
            let line = message.mail_from(self.message_extensions());
            self.smtputf8_not_offered(&line, &mut transcript);
            return TransactionOutcome {
                refused,
                transcript: format!("({})\n", finding.code.code()),
                end: TransactionEnd::Failed(finding),
            };
        }
        let content = (message.with_ascii_header)(message.content);
        let message = Message {
            recipients: &to,
            content: &content,
            ..message
        };
        let mut outcome = self.send_as_is(message, still_ours, recorder).await;
        let mut of_others = std::mem::take(&mut outcome.refused).into_iter();
        outcome.refused = refused
            .into_iter()
            .map(|one| one.or_else(|| of_others.next().flatten()))
            .collect();
        outcome
    }

    fn smtputf8_not_offered(&self, line: &str, transcript: &mut Transcript) -> Finding {
        let finding = self.finding(FindingCode::Smtputf8NotOffered);
        transcript.begin(StepKind::MailFrom, line);
        transcript.failed("", &finding);
        finding
    }

    async fn send_as_is(
        &mut self,
        message: Message<'_>,
        still_ours: StillOurs<'_>,
        recorder: Option<Recorder>,
    ) -> TransactionOutcome {
        let mut transcript = Transcript::new(message.recipients.len(), recorder);
        self.uses += 1;
        let end = match self.transaction(message, still_ours, &mut transcript).await {
            Ok(end) => end,
            Err(finding) => {
                // A step that is open is the one that failed.
                transcript.failed("", &finding);
                TransactionEnd::Failed(finding)
            }
        };
        self.in_doubt = false;
        self.out.clear();
        self.out.shrink_to(2 * CHUNK);
        TransactionOutcome {
            refused: transcript.refused,
            end,
            transcript: self.recorder.clean(&transcript.text),
        }
    }

    async fn transaction(
        &mut self,
        message: Message<'_>,
        still_ours: StillOurs<'_>,
        transcript: &mut Transcript,
    ) -> Result<TransactionEnd, Finding> {
        if !still_ours() {
            return Ok(TransactionEnd::Abandoned);
        }
        if !self.replies.is_empty() {
            // Most often 421, which the server sent before it closed the connection.
            self.broken = true;
            let finding = self.finding(FindingCode::ConnectionClosed);
            return Ok(TransactionEnd::Stale(finding));
        }
        let reset = std::mem::replace(&mut self.dirty, true);
        let commands = self.commands(message, reset);
        let pipelining = self.offers("PIPELINING");

        self.out.clear();
        if pipelining {
            for (kind, line) in &commands {
                self.out.extend_from_slice(line.as_bytes());
                self.out.extend_from_slice(b"\r\n");
                transcript.begin(*kind, line);
            }
        }
        let mut failed = None;
        let mut go_ahead = false;
        let mut recipient = 0;
        for (index, (kind, line)) in commands.iter().enumerate() {
            if !pipelining {
                let nobody = transcript.refused.iter().all(Option::is_some);
                if failed.is_some() || (*kind == StepKind::Data && nobody) {
                    break;
                }
                self.out.clear();
                self.out.extend_from_slice(line.as_bytes());
                self.out.extend_from_slice(b"\r\n");
                transcript.begin(*kind, line);
            }
            if !self.out.is_empty() {
                self.write(FindingCode::ConnectionClosed).await.ok();
                self.out.clear();
            }
            transcript.sent(line);
            let reply = match self.reply(self.timeouts.reply, transcript).await {
                Ok(reply) => reply,
                Err(finding) if index <= usize::from(reset) && self.uses > 1 => {
                    return Ok(TransactionEnd::Stale(finding));
                }
                Err(finding) => return Err(failed.unwrap_or(finding)),
            };
            let good = if *kind == StepKind::Data {
                // Some servers without PIPELINING send 250. With it, 250 may belong to another
                // command.
                go_ahead = reply.code == 354 || (!pipelining && reply.code == 250);
                go_ahead
            } else {
                reply.is_positive()
            };
            let place = recipient;
            recipient += usize::from(*kind == StepKind::RcptTo);
            let out_of_protocol = !good && !reply.is_refusal();
            if reply.code == 421 || out_of_protocol {
                self.broken = true;
                let finding = if out_of_protocol {
                    self.unexpected(FindingCode::NotSmtp, &reply)
                } else {
                    self.refusal(*kind, &reply)
                };
                transcript.failed(&reply.text, &finding);
                if self.uses > 1 && index <= usize::from(reset) {
                    return Ok(TransactionEnd::Stale(finding));
                }
                return Err(failed.unwrap_or(finding));
            }
            if good {
                transcript.passed(&reply.text);
                continue;
            }
            let finding = self.refusal(*kind, &reply);
            transcript.failed(&reply.text, &finding);
            match kind {
                StepKind::RcptTo if failed.is_none() => {
                    transcript.refused[place] = Some((self.recorder.clean(&reply.text), finding));
                }
                // A working server never refuses RSET.
                StepKind::Reset => {
                    self.broken = true;
                    return Ok(TransactionEnd::Stale(finding));
                }
                StepKind::Data if transcript.refused.iter().all(Option::is_some) => {}
                _ => failed = failed.or(Some(finding)),
            }
        }
        let nobody = transcript.refused.iter().all(Option::is_some);
        if failed.is_some() || nobody {
            if go_ahead {
                // DATA was pipelined although every recipient was refused, and the server now waits
                // for a message.
                self.out.extend_from_slice(END);
                self.write(FindingCode::ConnectionClosed).await?;
                transcript.sent(".");
                // The reply does not matter: the failure is known, and the message has no
                // recipients.
                self.reply(self.timeouts.reply, transcript).await.ok();
            }
            let finding = failed.unwrap_or_else(|| self.finding(FindingCode::RecipientRefused));
            return Err(finding);
        }
        self.content(message.content, still_ours, transcript).await
    }

    fn commands(&self, message: Message<'_>, reset: bool) -> Vec<(StepKind, String)> {
        let mut commands = Vec::with_capacity(message.recipients.len() + 3);
        if reset {
            commands.push((StepKind::Reset, "RSET".to_owned()));
        }
        let mail_from = message.mail_from(self.message_extensions());
        commands.push((StepKind::MailFrom, mail_from));
        let recipients = message.recipients.iter();
        commands.extend(recipients.map(|to| (StepKind::RcptTo, format!("RCPT TO:<{to}>"))));
        commands.push((StepKind::Data, "DATA".to_owned()));
        commands
    }

    /// Sends the content, and reads the final reply.
    async fn content(
        &mut self,
        content: &[u8],
        still_ours: StillOurs<'_>,
        transcript: &mut Transcript,
    ) -> Result<TransactionEnd, Finding> {
        if transcript.is_recorded() {
            let shown = format!("{}\n.", String::from_utf8_lossy(content));
            transcript.begin(StepKind::Message, shown);
        }
        let mut stuffing = DotStuffing::new(content);
        while stuffing.fill(&mut self.out, CHUNK) {
            if let Err(finding) = self.write(FindingCode::ConnectionClosed).await {
                return Err(self.early_refusal(transcript).await.unwrap_or(finding));
            }
            self.out.clear();
        }
        if !still_ours() {
            self.broken = true;
            return Ok(TransactionEnd::Abandoned);
        }
        self.out.extend_from_slice(END);
        self.in_doubt = true;
        transcript.sent(&format!("({} octets)", content.len()));
        transcript.sent(".");
        let written = self.write(FindingCode::ClosedAfterMessage).await;
        if let Err(finding) = written {
            return Err(self.early_refusal(transcript).await.unwrap_or(finding));
        }
        let reply = match self.receive(self.timeouts.message, transcript).await {
            Ok(reply) => reply,
            Err((finding, text)) => {
                let unknown = self.finding(FindingCode::ClosedAfterMessage);
                let unknown = unknown.saying(finding.said.unwrap_or_default());
                transcript.failed(&text, &unknown);
                return Err(unknown);
            }
        };
        self.broken |= reply.code == 421;
        if !reply.is_positive() && !reply.is_refusal() {
            self.broken = true;
            let finding = self.unexpected(FindingCode::ClosedAfterMessage, &reply);
            transcript.failed(&reply.text, &finding);
            return Err(finding);
        }
        self.dirty = false;
        if reply.is_positive() {
            transcript.passed(&reply.text);
            return Ok(TransactionEnd::Accepted(self.recorder.clean(&reply.text)));
        }
        let finding = self.refusal(StepKind::Message, &reply);
        transcript.failed(&reply.text, &finding);
        Err(finding)
    }

    /// Reads the refusal of a server that replies before it has read the whole message and closes
    /// the connection.
    async fn early_refusal(&mut self, transcript: &mut Transcript) -> Option<Finding> {
        let reply = self.receive(self.timeouts.reply, transcript).await.ok()?;
        let finding = (reply.code >= 400).then(|| self.refusal(StepKind::Message, &reply))?;
        transcript.failed(&reply.text, &finding);
        Some(finding)
    }

    /// Reads a reply to a command.
    async fn reply(
        &mut self,
        time: std::time::Duration,
        transcript: &mut Transcript,
    ) -> Result<Reply, Finding> {
        let received = self.receive(time, transcript).await;
        received.map_err(|(finding, text)| {
            transcript.failed(&text, &finding);
            finding
        })
    }

    /// Reads a reply. An error has the text that is not a reply.
    async fn receive(
        &mut self,
        time: std::time::Duration,
        transcript: &mut Transcript,
    ) -> Result<Reply, (Finding, String)> {
        let (code, text) = match self.read_reply(time).await {
            Ok(reply) => {
                transcript.received(&reply.text);
                return Ok(reply);
            }
            Err(error) => error,
        };
        let mut finding = self.finding(code);
        let text = self.recorder.clean(&text);
        if code == FindingCode::NotSmtp {
            transcript.received(&text);
            finding = finding.saying(text.clone());
        }
        transcript.note(code.code());
        Err((finding, text))
    }

    /// Returns the finding of a reply that the protocol does not allow here.
    fn unexpected(&self, code: FindingCode, reply: &Reply) -> Finding {
        self.finding(code).saying(self.recorder.clean(&reply.text))
    }

    fn refusal(&self, kind: StepKind, reply: &Reply) -> Finding {
        let code = decode::smtp_reply(kind, false, reply.code, &reply.text);
        let finding = decode::with_blocklist(self.finding(code), &reply.text);
        finding.saying(self.recorder.clean(&reply.text))
    }
}
