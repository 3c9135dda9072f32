//! A protocol up to the sign-in, without I/O.

use listener::{Credentials, Line};

use crate::reply::Refusal;

/// A protocol that programs read mail with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// IMAP (RFC 9051).
    Imap,
}

impl Protocol {
    /// Returns the name of the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Self::Imap => "IMAP",
        }
    }
}

/// Use of TLS on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// True if the connection is encrypted.
    pub is_encrypted: bool,
    /// True if TLS can be started.
    pub offers_tls: bool,
    /// True if clients may sign in without TLS.
    pub allows_plaintext: bool,
}

impl Protection {
    /// Returns true if the client may sign in now.
    pub fn allows_sign_in(self) -> bool {
        self.is_encrypted || self.allows_plaintext
    }
}

/// Next step after a line of the client.
#[derive(Debug)]
pub enum Step {
    /// The server sends this. Empty if the next line continues a command.
    Reply(String),
    /// The server sends this and reads so many octets, which are part of the command.
    Literal(String, usize),
    /// The server sends this and starts TLS.
    StartTls(String),
    /// The server verifies credentials.
    SignIn(Credentials),
    /// The server sends this and closes the connection.
    Close(String),
}

/// Reason why the server ends a session before the sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// The client was too slow.
    TimedOut,
    /// The server stops.
    Stopping,
    /// Octets arrived before TLS that would be read after it (CVE-2011-0411).
    Injection,
}

impl Farewell {
    /// Returns a sentence for the client.
    pub fn text(self) -> &'static str {
        match self {
            Self::TimedOut => "Timed out before the sign-in",
            Self::Stopping => "The server is stopping; connect again in a minute",
            Self::Injection => "Data arrived between the request for TLS and TLS",
        }
    }
}

/// The state of a session before the sign-in.
pub trait Session: Send + Sync {
    /// Returns the greeting.
    fn greeting(&self, server: &str) -> String;

    /// Decides what to do after a line.
    fn line(&mut self, line: Line) -> Step;

    /// Continues a command after [`Step::Literal`].
    fn literal(&mut self, octets: Vec<u8>) -> Step;

    /// Notes that TLS has begun. The session starts again (RFC 3207 §4.2, RFC 9051 §6.2.1).
    fn encrypted(&mut self);

    /// Returns the reply to a sign-in that succeeded. `capabilities` are those of the mail server.
    fn signed_in(&mut self, capabilities: &[String]) -> String;

    /// Returns the reply to a sign-in that failed. `is_last` is true if the connection is closed.
    fn refused(&mut self, refusal: &Refusal, is_last: bool) -> String;

    /// Returns the last reply of the server before the sign-in.
    fn farewell(&self, reason: Farewell) -> String {
        self.ended(reason.text())
    }

    /// Returns the line that tells the client why the server ends the session.
    fn ended(&self, text: &str) -> String;
}
