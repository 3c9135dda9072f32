//! SMTP commands.

use std::io;

use smtp_proto::{Error, Request};
use tokio::io::{AsyncRead, AsyncWrite};

use super::session::{Fault, Next, Session};
use crate::faults::Stage;

/// Maximum length of an AUTH command line with its CRLF in octets (RFC 4954 §4).
const MAX_AUTH_LINE: usize = 512;
/// Maximum length of other command lines. RFC 5321 §4.5.3.1.4 requires 512, but parameters and long
/// addresses need more.
const MAX_COMMAND_LINE: usize = 2048;

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Executes the command of a line.
    pub(super) async fn command(&mut self, line: &[u8]) -> io::Result<Next> {
        let is_auth = line
            .get(..4)
            .is_some_and(|verb| verb.eq_ignore_ascii_case(b"AUTH"));
        let longest = if is_auth {
            MAX_AUTH_LINE
        } else {
            MAX_COMMAND_LINE
        };
        if line.len() > longest {
            if is_auth {
                self.record_auth(crate::sasl::name_in(line), true, false, None);
            }
            return self.error("500 5.5.2 Line too long").await;
        }
        match Request::parse(&mut line.iter()) {
            Ok(Request::Ehlo { .. }) => self.ehlo().await,
            Ok(Request::Helo { .. }) => {
                let (passed, next) = self.stage(Stage::Ehlo, "250 localhost").await?;
                self.greeted |= passed;
                self.reset_transaction();
                Ok(next)
            }
            Ok(Request::StartTls) => self.starttls().await,
            Ok(Request::Auth {
                initial_response, ..
            }) => {
                let name = crate::sasl::name_in(line);
                self.auth(&name, &initial_response).await
            }
            Ok(Request::Mail { from }) => self.mail(&from.address, from.size).await,
            Ok(Request::Rcpt { to }) => self.rcpt(&to.address).await,
            Ok(Request::Data) => self.data().await,
            Ok(Request::Rset) => {
                self.reset_transaction();
                self.reply("250 2.0.0 OK").await
            }
            Ok(Request::Noop { .. }) => self.reply("250 2.0.0 OK").await,
            Ok(Request::Vrfy { .. }) => self.reply("252 2.5.2 Send some mail").await,
            Ok(Request::Help { .. }) => self.reply("214 2.0.0 See RFC 5321").await,
            Ok(Request::Quit) => {
                self.reply("221 2.0.0 Bye").await?;
                Ok(Next::Close)
            }
            Ok(_) => self.error("502 5.5.1 Command not implemented").await,
            Err(error) => self.error(&refusal(&error)).await,
        }
    }

    async fn ehlo(&mut self) -> io::Result<Next> {
        self.reset_transaction();
        let faults = self.state.faults();
        let mut lines = vec![
            "localhost at your service".to_owned(),
            "PIPELINING".to_owned(),
            format!("SIZE {}", faults.max_message_octets),
            "8BITMIME".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
        ];
        if faults.offer_smtputf8 {
            lines.push("SMTPUTF8".to_owned());
        }
        if self.tls_version.is_none() && faults.offer_starttls {
            lines.push("STARTTLS".to_owned());
        }
        let auth = self.tls_version.is_some() || faults.auth_without_tls;
        if auth && !faults.mechanisms.is_empty() {
            lines.push(format!("AUTH {}", faults.mechanisms.join(" ")));
        }
        let last = lines.len() - 1;
        let reply: Vec<String> = lines
            .into_iter()
            .enumerate()
            .map(|(index, line)| {
                let separator = if index == last { ' ' } else { '-' };
                format!("250{separator}{line}")
            })
            .collect();
        let (passed, next) = self.stage(Stage::Ehlo, &reply.join("\r\n")).await?;
        self.greeted |= passed;
        Ok(next)
    }

    async fn starttls(&mut self) -> io::Result<Next> {
        if self.tls_version.is_some() {
            return self.error("503 5.5.1 TLS is already active").await;
        }
        if !self.state.faults().offer_starttls {
            return self.error("502 5.5.1 STARTTLS is not offered").await;
        }
        match self.fault(Stage::Starttls).await? {
            Fault::Passed { replied } => {
                if !replied {
                    self.reply("220 2.0.0 Ready to start TLS").await?;
                }
                Ok(Next::Upgrade)
            }
            Fault::Refused => Ok(Next::Command),
            Fault::Close => Ok(Next::Close),
        }
    }
}

/// Returns the reply to a line that cannot be parsed.
fn refusal(error: &Error) -> String {
    match error {
        Error::InvalidSenderAddress => "501 5.1.7 Bad sender address syntax".to_owned(),
        Error::InvalidRecipientAddress => "501 5.1.3 Bad recipient address syntax".to_owned(),
        Error::SyntaxError { syntax } => format!("501 5.5.4 Syntax: {syntax}"),
        Error::InvalidParameter { param } => format!("501 5.5.4 Invalid parameter {param}"),
        Error::UnsupportedParameter { .. } => "555 5.5.4 Unsupported parameter".to_owned(),
        _ => "500 5.5.2 Command not recognized".to_owned(),
    }
}
