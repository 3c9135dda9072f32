//! AUTH (RFC 4954) with tokens and with passwords.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::lines::Line;
use super::session::{Fault, Next, Session};
use crate::clock;
use crate::descriptor::Service;
use crate::faults::{RefusalStyle, Stage};
use crate::record::AuthAttempt;
use crate::sasl::{self, Credentials, Mechanism};

/// Client's answer to a 334.
enum Answer {
    Blob(Vec<u8>),
    /// The exchange has failed with this reply.
    Refused(&'static str),
    Gone,
}

/// Result of an exchange in which the client sends its credentials.
enum Exchange {
    Credentials(Credentials),
    /// The exchange has failed with this reply.
    Refused(&'static str),
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) async fn auth(&mut self, name: &str, initial: &str) -> io::Result<Next> {
        let faults = self.state.faults();
        let with_initial = !initial.is_empty();
        if self.tls_version.is_none() && !faults.auth_without_tls {
            self.record_auth(name.to_owned(), with_initial, false, None);
            return self
                .error("530 5.7.0 Must issue a STARTTLS command first")
                .await;
        }
        if !self.greeted {
            return self.error("503 5.5.1 EHLO first").await;
        }
        if self.account.is_some() {
            return self.error("503 5.5.1 Already authenticated").await;
        }
        if self.from.is_some() {
            return self.error("503 5.5.1 Not during a mail transaction").await;
        }
        let offered = faults
            .mechanisms
            .iter()
            .any(|one| one.eq_ignore_ascii_case(name));
        let Some(mechanism) = Mechanism::named(name).filter(|_| offered) else {
            self.record_auth(name.to_owned(), with_initial, false, None);
            return self
                .error("504 5.5.4 Unrecognized authentication type")
                .await;
        };
        let answer = if mechanism == Mechanism::Login {
            self.login(initial).await?
        } else {
            self.one_message(mechanism, initial).await?
        };
        match answer {
            Exchange::Credentials(credentials) => {
                self.check_credentials(mechanism, name, with_initial, credentials)
                    .await
            }
            Exchange::Refused(reply) => {
                self.record_auth(name.to_owned(), with_initial, false, None);
                self.error(reply).await
            }
            Exchange::Gone => Ok(Next::Close),
        }
    }

    async fn one_message(&mut self, mechanism: Mechanism, initial: &str) -> io::Result<Exchange> {
        let blob = match self.message(initial, "334 ").await? {
            Answer::Blob(blob) => blob,
            Answer::Refused(reply) => return Ok(Exchange::Refused(reply)),
            Answer::Gone => return Ok(Exchange::Gone),
        };
        Ok(match mechanism.parse(&blob) {
            Some(credentials) => Exchange::Credentials(credentials),
            None => Exchange::Refused("501 5.5.2 Malformed authentication response"),
        })
    }

    /// Reads the credentials of LOGIN. The initial response may contain the user name. The password
    /// is always requested.
    async fn login(&mut self, initial: &str) -> io::Result<Exchange> {
        let mut texts = Vec::new();
        for (first, prompt) in [(initial, "334 VXNlcm5hbWU6"), ("", "334 UGFzc3dvcmQ6")] {
            match self.message(first, prompt).await? {
                Answer::Blob(blob) => texts.push(String::from_utf8_lossy(&blob).into_owned()),
                Answer::Refused(reply) => return Ok(Exchange::Refused(reply)),
                Answer::Gone => return Ok(Exchange::Gone),
            }
        }
        let mut texts = texts.into_iter();
        Ok(match (texts.next(), texts.next()) {
            (Some(user), Some(secret)) => Exchange::Credentials(Credentials { user, secret }),
            _ => Exchange::Gone,
        })
    }

    /// Returns the initial response, or else the client's answer to `prompt`.
    async fn message(&mut self, initial: &str, prompt: &str) -> io::Result<Answer> {
        if !initial.is_empty() {
            return Ok(decoded(initial));
        }
        self.lines.reply(prompt).await?;
        Ok(match self.lines.line().await? {
            None => Answer::Gone,
            Some(Line::TooLong) => {
                Answer::Refused("500 5.5.6 Authentication exchange line is too long")
            }
            Some(Line::Whole(line)) => {
                let text = String::from_utf8_lossy(&line);
                match text.trim_end() {
                    "*" => Answer::Refused("501 5.7.0 Authentication aborted"),
                    text => decoded(text),
                }
            }
        })
    }

    async fn check_credentials(
        &mut self,
        mechanism: Mechanism,
        name: &str,
        with_initial: bool,
        credentials: Credentials,
    ) -> io::Result<Next> {
        let Credentials { user, secret } = credentials;
        let faults = self.state.faults();
        let style = if mechanism.takes_tokens() {
            let is_valid = self
                .state
                .lock()
                .grants
                .opens(Service::Smtp, &secret, &user);
            let bad = (!is_valid).then_some(faults.bad_token_style);
            faults.refuse_tokens.or(bad)
        } else {
            let bad = (!self.state.is_password_of(&user, &secret)).then_some(RefusalStyle::Dovecot);
            faults.refuse_passwords.or(bad)
        };
        let fault = self.fault(Stage::Auth).await?;
        let accepted = match fault {
            Fault::Passed { replied } => replied || style.is_none(),
            Fault::Refused | Fault::Close => false,
        };
        self.record_auth(name.to_owned(), with_initial, accepted, Some(user.clone()));
        if accepted {
            self.account = Some(user);
        }
        match (fault, style) {
            (Fault::Close, _) => Ok(Next::Close),
            (Fault::Refused | Fault::Passed { replied: true }, _) => Ok(Next::Command),
            (Fault::Passed { .. }, None) => self.reply("235 2.7.0 Accepted").await,
            (Fault::Passed { .. }, Some(style)) => self.refuse(mechanism, style).await,
        }
    }

    /// Rejects the credentials. With tokens, a challenge with the reason precedes the reply. The
    /// client answers it with an empty line or, under OAUTHBEARER, with `AQ==` (RFC 7628 §3.2.3).
    async fn refuse(&mut self, mechanism: Mechanism, style: RefusalStyle) -> io::Result<Next> {
        let bearer = mechanism == Mechanism::Oauthbearer;
        let challenge = style
            .challenge(bearer, &self.state.descriptor.issuer)
            .filter(|_| mechanism.takes_tokens());
        if let Some(challenge) = challenge {
            let text = format!("334 {}", sasl::encode(&challenge.to_string()));
            self.lines.reply(&text).await?;
            match self.lines.line().await? {
                None => return Ok(Next::Close),
                Some(Line::Whole(line)) if line.trim_ascii() == b"*" => {
                    return self.error("501 5.7.0 Authentication aborted").await;
                }
                Some(_) => {}
            }
        }
        self.error(style.reply()).await
    }

    pub(super) fn record_auth(
        &self,
        mechanism: String,
        with_initial_response: bool,
        accepted: bool,
        account: Option<String>,
    ) {
        self.state.lock().auth_attempts.push(AuthAttempt {
            at: clock::unix_seconds(),
            mechanism,
            with_initial_response,
            accepted,
            account,
            tls_version: self.tls_version.map(str::to_owned),
        });
    }
}

fn decoded(text: &str) -> Answer {
    sasl::decode(text).map_or(
        Answer::Refused("501 5.5.2 Invalid base64 data"),
        Answer::Blob,
    )
}
