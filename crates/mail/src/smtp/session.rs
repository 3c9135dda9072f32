//! Handing over many messages, one after the other, over a connection that is signed in.
//!
//! From here on the stream is read and written directly: with PIPELINING (RFC 2920) a message takes two writes and two waits.

mod letter;
mod talk;

use std::fmt::Write as _;

use domain::{Finding, FindingCode, StepKind};
use message::with_ascii_header;
use net::{Recorder, Stream, Timeouts};
use tokio::{io::AsyncWriteExt as _, time::timeout};

use super::{
    Connection, Target,
    dots::{Dots, END},
    reply::{NoReply, Replies, Reply},
};
use letter::Offers;
use talk::Talk;

pub(crate) use letter::{Ended, Handed, Letter};

/// How much of a message is written at once: bytes.
const PIECE: usize = 64 * 1024;

/// A connection that is signed in.
#[expect(clippy::struct_excessive_bools, reason = "how the connection stands")]
pub(crate) struct Session {
    stream: Stream,
    replies: Replies,
    target: Target,
    timeouts: Timeouts,
    recorder: Recorder,
    pipelining: bool,
    offers: Offers,
    /// Whether the server is in the midst of a transaction.
    dirty: bool,
    /// Whether nothing more can be said.
    pub(crate) broken: bool,
    /// Whether the end of a message is on its way, and its reply not yet here.
    pub(crate) in_doubt: bool,
    /// Messages that were tried.
    pub(crate) uses: u32,
    out: Vec<u8>,
}

impl Connection {
    /// Goes on with messages. `None` when the stream is gone.
    pub(crate) fn into_session(self, recorder: Recorder) -> Option<Session> {
        let stream = self.take_stream()?;
        Some(Session {
            stream,
            replies: Replies::default(),
            pipelining: self.offers("PIPELINING"),
            offers: Offers {
                size: self.offers("SIZE"),
                eight_bit: self.offers("8BITMIME"),
                utf8: self.offers("SMTPUTF8"),
            },
            target: self.target,
            timeouts: self.timeouts,
            recorder,
            dirty: false,
            broken: false,
            in_doubt: false,
            uses: 0,
            out: Vec::new(),
        })
    }
}

impl Session {
    /// Hands a message over. `ours` is asked before anything is said, and before the end of the message is sent, after
    /// which it cannot be taken back.
    pub(crate) async fn hand_over(
        &mut self,
        letter: Letter<'_>,
        ours: &(dyn Fn() -> bool + Send + Sync),
    ) -> Handed {
        if self.offers.utf8 || !letter.needs_smtputf8() {
            self.hand_over_as_is(letter, ours).await
        } else {
            self.hand_over_in_ascii(letter, ours).await
        }
    }

    /// Sends to the recipients whose address is ASCII. The others are refused, each with its finding.
    async fn hand_over_in_ascii(
        &mut self,
        letter: Letter<'_>,
        ours: &(dyn Fn() -> bool + Send + Sync),
    ) -> Handed {
        let finding = self.finding(FindingCode::Smtputf8NotOffered);
        let recipients = letter.to.iter();
        let refused: Vec<_> = recipients
            .map(|to| (!to.is_ascii()).then(|| (String::new(), finding.clone())))
            .collect();
        let to: Vec<&str> = letter
            .to
            .iter()
            .copied()
            .filter(|to| to.is_ascii())
            .collect();
        if to.is_empty() || !letter.from.is_ascii() {
            return Handed {
                refused,
                transcript: format!("({})\n", finding.code.as_str()),
                ended: Ended::Failed(finding),
            };
        }
        let content = with_ascii_header(letter.content);
        let letter = Letter {
            to: &to,
            content: &content,
            ..letter
        };
        let mut handed = self.hand_over_as_is(letter, ours).await;
        let mut of_others = std::mem::take(&mut handed.refused).into_iter();
        handed.refused = refused
            .into_iter()
            .map(|one| one.or_else(|| of_others.next().flatten()))
            .collect();
        handed
    }

    async fn hand_over_as_is(
        &mut self,
        letter: Letter<'_>,
        ours: &(dyn Fn() -> bool + Send + Sync),
    ) -> Handed {
        let mut talk = Talk::new(letter.to.len());
        self.uses += 1;
        let ended = match self.transaction(letter, ours, &mut talk).await {
            Ok(ended) => ended,
            Err(finding) => Ended::Failed(finding),
        };
        self.in_doubt = false;
        self.out.clear();
        self.out.shrink_to(2 * PIECE);
        Handed {
            refused: talk.refused,
            ended,
            transcript: self.recorder.clean(&talk.transcript),
        }
    }

    async fn transaction(
        &mut self,
        letter: Letter<'_>,
        ours: &(dyn Fn() -> bool + Send + Sync),
        talk: &mut Talk,
    ) -> Result<Ended, Finding> {
        if !ours() {
            return Ok(Ended::NotOurs);
        }
        if !self.replies.is_empty() {
            // Most often 421, said before the server closed.
            self.broken = true;
            return Ok(Ended::Stale(self.finding(FindingCode::ConnectionClosed)));
        }
        let reset = std::mem::replace(&mut self.dirty, true);
        let mut lines: Vec<(StepKind, String)> = Vec::with_capacity(letter.to.len() + 3);
        if reset {
            lines.push((StepKind::Reset, "RSET".to_owned()));
        }
        lines.push((StepKind::MailFrom, letter.mail_from(self.offers)));
        let recipients = letter.to.iter();
        lines.extend(recipients.map(|to| (StepKind::RcptTo, format!("RCPT TO:<{to}>"))));
        lines.push((StepKind::Data, "DATA".to_owned()));

        self.out.clear();
        if self.pipelining {
            for (_, line) in &lines {
                self.out.extend_from_slice(line.as_bytes());
                self.out.extend_from_slice(b"\r\n");
            }
        }
        let mut failed = None;
        let mut go_ahead = false;
        let mut recipient = 0;
        for (index, (kind, line)) in lines.iter().enumerate() {
            if !self.pipelining {
                let nobody = talk.refused.iter().all(Option::is_some);
                if failed.is_some() || (*kind == StepKind::Data && nobody) {
                    break;
                }
                self.out.clear();
                self.out.extend_from_slice(line.as_bytes());
                self.out.extend_from_slice(b"\r\n");
            }
            if !self.out.is_empty() {
                self.write(FindingCode::ConnectionClosed).await.ok();
                self.out.clear();
            }
            talk.sent(line);
            let reply = match self.reply(self.timeouts.reply, talk).await {
                Ok(reply) => reply,
                Err(finding) if index <= usize::from(reset) && self.uses > 1 => {
                    return Ok(Ended::Stale(finding));
                }
                Err(finding) => return Err(failed.unwrap_or(finding)),
            };
            let good = if *kind == StepKind::Data {
                go_ahead = reply.code == 354;
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
                    self.meaning(*kind, &reply)
                };
                if self.uses > 1 && index <= usize::from(reset) {
                    return Ok(Ended::Stale(finding));
                }
                return Err(failed.unwrap_or(finding));
            }
            if good {
                continue;
            }
            let finding = self.meaning(*kind, &reply);
            match kind {
                StepKind::RcptTo if failed.is_none() => {
                    talk.refused[place] = Some((self.recorder.clean(&reply.text), finding));
                }
                // RSET is never refused by a server that goes on.
                StepKind::Reset => {
                    self.broken = true;
                    return Ok(Ended::Stale(finding));
                }
                StepKind::Data if talk.refused.iter().all(Option::is_some) => {}
                _ => failed = failed.or(Some(finding)),
            }
        }
        let nobody = talk.refused.iter().all(Option::is_some);
        if failed.is_some() || nobody {
            if go_ahead {
                // Asked for in advance, and in vain: the server waits for a message now.
                self.out.extend_from_slice(END);
                self.write(FindingCode::ConnectionClosed).await?;
                talk.sent(".");
                // The reason is known already, and nobody would get this message.
                self.reply(self.timeouts.reply, talk).await.ok();
            }
            let finding = failed.unwrap_or_else(|| self.finding(FindingCode::RecipientRefused));
            return Err(finding);
        }
        self.content(letter.content, ours, talk).await
    }

    /// The message and the final reply.
    async fn content(
        &mut self,
        content: &[u8],
        ours: &(dyn Fn() -> bool + Send + Sync),
        talk: &mut Talk,
    ) -> Result<Ended, Finding> {
        let mut dots = Dots::new(content);
        while dots.fill(&mut self.out, PIECE) {
            if let Err(finding) = self.write(FindingCode::ConnectionClosed).await {
                return Err(self.said_before_closing(talk).await.unwrap_or(finding));
            }
            self.out.clear();
        }
        if !ours() {
            self.broken = true;
            return Ok(Ended::NotOurs);
        }
        self.out.extend_from_slice(END);
        self.in_doubt = true;
        let _ = writeln!(talk.transcript, "C: ({} octets)\nC: .", content.len());
        let written = self.write(FindingCode::ClosedAfterMessage).await;
        if let Err(finding) = written {
            return Err(self.said_before_closing(talk).await.unwrap_or(finding));
        }
        let reply = match self.reply(self.timeouts.message, talk).await {
            Ok(reply) => reply,
            Err(finding) => {
                let unknown = self.finding(FindingCode::ClosedAfterMessage);
                return Err(unknown.saying(finding.said.unwrap_or_default()));
            }
        };
        self.broken |= reply.code == 421;
        if !reply.is_positive() && !reply.is_refusal() {
            self.broken = true;
            return Err(self.unexpected(FindingCode::ClosedAfterMessage, &reply));
        }
        self.dirty = false;
        if reply.is_positive() {
            return Ok(Ended::Accepted(self.recorder.clean(&reply.text)));
        }
        Err(self.meaning(StepKind::Message, &reply))
    }

    /// Some servers refuse a message before they have read it, and close.
    async fn said_before_closing(&mut self, talk: &mut Talk) -> Option<Finding> {
        let reply = self.reply(self.timeouts.reply, talk).await.ok()?;
        (reply.code >= 400).then(|| self.meaning(StepKind::Message, &reply))
    }

    /// QUIT; how the server takes it does not matter any more.
    pub(crate) async fn quit(mut self) {
        if self.broken || self.in_doubt {
            return;
        }
        self.out.clear();
        self.out.extend_from_slice(b"QUIT\r\n");
        let patience = self.timeouts.connect;
        let quit = async {
            if self.write(FindingCode::ConnectionClosed).await.is_ok() {
                let _ = self.replies.next(&mut self.stream).await;
            }
            let _ = self.stream.shutdown().await;
        };
        let _ = timeout(patience, quit).await;
    }

    /// Writes what is in `out`; `closed` is what a failure means.
    async fn write(&mut self, closed: FindingCode) -> Result<(), Finding> {
        let write = async {
            self.stream.write_all(&self.out).await?;
            self.stream.flush().await
        };
        let written = timeout(self.timeouts.message, write).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => {
                self.broken = true;
                Err(self.finding(closed))
            }
            Err(_) => {
                self.broken = true;
                let silent = closed == FindingCode::ConnectionClosed;
                let code = if silent { FindingCode::Timeout } else { closed };
                Err(self.finding(code))
            }
        }
    }

    async fn reply(
        &mut self,
        patience: std::time::Duration,
        talk: &mut Talk,
    ) -> Result<Reply, Finding> {
        let heard = timeout(patience, self.replies.next(&mut self.stream)).await;
        let code = match heard {
            Ok(Ok(reply)) => {
                talk.heard(&reply.text);
                return Ok(reply);
            }
            Ok(Err(NoReply::Closed)) => FindingCode::ConnectionClosed,
            Ok(Err(NoReply::Garbage)) => FindingCode::NotSmtp,
            Err(_) => FindingCode::Timeout,
        };
        self.broken = true;
        let mut finding = self.finding(code);
        if code == FindingCode::NotSmtp {
            let said = self.recorder.clean(&self.replies.unreadable());
            talk.heard(&said);
            finding = finding.saying(said);
        }
        let _ = writeln!(talk.transcript, "({})", code.as_str());
        Err(finding)
    }

    /// A finding about a reply that the protocol does not allow here.
    fn unexpected(&self, code: FindingCode, reply: &Reply) -> Finding {
        self.finding(code).saying(self.recorder.clean(&reply.text))
    }

    fn meaning(&self, kind: StepKind, reply: &Reply) -> Finding {
        let code = decode::smtp_reply(kind, false, reply.code, &reply.text);
        self.finding(code).saying(self.recorder.clean(&reply.text))
    }

    fn finding(&self, code: FindingCode) -> Finding {
        self.target.finding(code)
    }
}
