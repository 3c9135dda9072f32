//! MAIL, RCPT, and DATA.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use mail_parser::MessageParser;
use smtp_proto::request::receiver::DataReceiver;
use tokio::io::{AsyncRead, AsyncWrite};

use super::session::{Fault, Next, Session};
use crate::faults::{CutAt, Stage};
use crate::{clock, mail, random, record};

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) fn reset_transaction(&mut self) {
        self.from = None;
        self.to.clear();
    }

    /// Handles MAIL FROM (RFC 5321 §4.1.1.2). `size` is zero if the client sent none (RFC 1870 §3).
    pub(super) async fn mail(&mut self, address: &str, size: usize) -> io::Result<Next> {
        let faults = self.state.faults();
        if !self.greeted {
            return self.error("503 5.5.1 EHLO first").await;
        }
        if faults.authentication_required && self.account.is_none() {
            return self.error("530 5.7.0 Authentication required").await;
        }
        if self.from.is_some() {
            return self.error("503 5.5.1 Nested MAIL command").await;
        }
        if size > faults.max_message_octets {
            return self.error(MESSAGE_TOO_LARGE).await;
        }
        let (passed, next) = self.stage(Stage::Mail, "250 2.1.0 OK").await?;
        if passed {
            self.from = Some(address.to_owned());
        }
        Ok(next)
    }

    /// Handles RCPT TO (RFC 5321 §4.1.1.3).
    pub(super) async fn rcpt(&mut self, address: &str) -> io::Result<Next> {
        if self.from.is_none() {
            return self.error("503 5.5.1 MAIL first").await;
        }
        if address.is_empty() {
            return self.error("501 5.1.3 Bad recipient address syntax").await;
        }
        if self.to.len() >= self.state.faults().max_recipients {
            return self.error("452 4.5.3 Too many recipients").await;
        }
        let (passed, next) = self.stage(Stage::Rcpt, "250 2.1.5 OK").await?;
        if passed {
            self.to.push(address.to_owned());
        }
        Ok(next)
    }

    /// Handles DATA (RFC 5321 §4.1.1.4).
    pub(super) async fn data(&mut self) -> io::Result<Next> {
        if self.from.is_none() {
            return self.error("503 5.5.1 MAIL first").await;
        }
        if self.to.is_empty() {
            return self.error("554 5.5.1 No valid recipients").await;
        }
        let (passed, next) = self.stage(Stage::Data, "354 Go ahead").await?;
        if !passed || next != Next::Command {
            return Ok(next);
        }
        let most = self.state.faults().max_message_octets;
        match self.receive(most).await? {
            Received::Whole(raw) => self.finish(&raw).await,
            Received::TooBig => {
                self.reset_transaction();
                self.error(MESSAGE_TOO_LARGE).await
            }
            Received::Lost => Ok(Next::Close),
        }
    }

    /// Reads up to the final dot and reverses dot-stuffing (RFC 5321 §4.5.2).
    async fn receive(&mut self, most: usize) -> io::Result<Received> {
        let mut receiver = DataReceiver::new();
        let mut raw = Vec::new();
        // The receiver expects CRLF before a dot. The first line follows the CRLF of DATA.
        receiver.ingest(&mut b"\r\n".iter(), &mut raw);
        raw.clear();
        let mut too_big = false;
        loop {
            let arrived = self.lines.arrived().await?;
            if arrived.is_empty() {
                return Ok(Received::Lost);
            }
            let mut bytes = arrived.iter();
            let complete = receiver.ingest(&mut bytes, &mut raw);
            let left = bytes.as_slice().len();
            arrived.drain(..arrived.len() - left);
            too_big |= raw.len() > most;
            if complete {
                return Ok(if too_big {
                    Received::TooBig
                } else {
                    Received::Whole(raw)
                });
            }
            if too_big {
                raw.truncate(1);
            }
        }
    }

    async fn finish(&mut self, raw: &[u8]) -> io::Result<Next> {
        let headers = headers(raw);
        let from = self.from.take().unwrap_or_default();
        let to = std::mem::take(&mut self.to);
        let foreign = self.account.as_ref().is_some_and(|account| {
            let other = |address: &str| !address.eq_ignore_ascii_case(account);
            other(&from) || headers.from.as_deref().is_some_and(other)
        });
        if foreign && self.state.faults().send_as_denied {
            let account = self.account.clone().unwrap_or_default();
            return self
                .error(&format!(
                    "554 5.2.252 SendAsDenied; {account} not allowed to send as {from}; \
                     STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied"
                ))
                .await;
        }
        let fault = self.fault(Stage::Final).await?;
        let replied = match fault {
            Fault::Refused => return Ok(Next::Command),
            Fault::Close => return Ok(Next::Close),
            Fault::Passed { replied } => replied,
        };
        let id = random::text(12);
        let style = self.state.faults().message_id;
        let cut = {
            let mut inner = self.state.lock();
            let stored = style.map(|style| style.stored(raw, &id));
            let whole: Arc<[u8]> = stored.as_deref().unwrap_or(raw).into();
            let addresses: BTreeSet<_> = to.iter().map(|to| to.to_ascii_lowercase()).collect();
            for address in addresses {
                inner
                    .mail
                    .deliver(&address, mail::INBOX, Arc::clone(&whole));
            }
            inner.messages.push(record::ReceivedMessage {
                id: id.clone(),
                from,
                to,
                account: self.account.clone(),
                received_at: clock::unix_seconds(),
                tls_version: self.tls_version.map(str::to_owned),
                subject: headers.subject,
                message_id: headers.message_id,
                header_from: headers.from,
                raw: String::from_utf8_lossy(raw).into_owned(),
            });
            inner.take_cut(|at| at == CutAt::AfterFinalDotBeforeReply)
        };
        if cut {
            return Ok(Next::Close);
        }
        if replied {
            return Ok(Next::Command);
        }
        let queued = || format!("250 2.0.0 OK: queued as {id}");
        let reply = style.map_or_else(queued, |style| style.reply(&id));
        self.reply(&reply).await
    }
}

enum Received {
    Whole(Vec<u8>),
    TooBig,
    /// The client disconnected before the final dot.
    Lost,
}

const MESSAGE_TOO_LARGE: &str = "552 5.3.4 Message size exceeds fixed limit";

/// Header fields that the sandbox shows.
#[derive(Debug, Default)]
struct Headers {
    subject: Option<String>,
    message_id: Option<String>,
    from: Option<String>,
}

fn headers(raw: &[u8]) -> Headers {
    let Some(message) = MessageParser::default().parse_headers(raw) else {
        return Headers::default();
    };
    Headers {
        subject: message.subject().map(str::to_owned),
        message_id: message.message_id().map(str::to_owned),
        from: message
            .from()
            .and_then(|from| from.first())
            .and_then(|from| from.address())
            .map(str::to_owned),
    }
}
