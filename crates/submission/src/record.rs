//! Records a session, redacted.
//!
//! Only commands are recorded as they are. The responses of AUTH, the content of messages, and
//! lines that are no command are replaced by their size: some devices send a password as a command
//! after AUTH was refused.

use std::{io, net::SocketAddr, sync::Arc};

use access::Submitter;
use domain::{Finding, FindingCode, SenderId, Speaker};
use listener::{Line, Mode, Refused};
use mail::{Recording, SenderSessions};
use rustls::{AlertDescription, Error, ProtocolVersion, ServerConnection};

use crate::{Intake, reply::Reply};

/// Commands whose parameters are recorded.
const WITH_PARAMETERS: [&str; 4] = ["EHLO", "HELO", "MAIL", "RCPT"];
/// Commands whose parameters have no meaning and are left out.
const WITHOUT_PARAMETERS: [&str; 8] = [
    "DATA", "RSET", "NOOP", "QUIT", "STARTTLS", "HELP", "VRFY", "BDAT",
];
/// Names of mechanisms. Another word after AUTH may be a part of a password.
const MECHANISMS: [&str; 10] = [
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "NTLM",
    "GSSAPI",
    "XOAUTH2",
    "OAUTHBEARER",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
];

/// State of a session at its end.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// True if the client could submit mail.
    pub may_send: bool,
    /// True if the client has sent EHLO or HELO.
    pub has_greeted: bool,
    /// True if signing in was possible on the connection.
    pub offers_sign_in: bool,
}

/// The record of a session.
#[derive(Debug)]
pub struct Record {
    recording: Recording,
    /// The last rejection without a finding of its own.
    rejected: Option<String>,
    /// True if the client sent a line, or a handshake failed.
    is_notable: bool,
    /// True if the client signed in as a program without a sender, with an API key.
    is_program: bool,
}

impl Record {
    /// Begins a record.
    pub fn begin(
        sessions: &Arc<SenderSessions>,
        address: String,
        listener: Option<SocketAddr>,
        mode: Mode,
    ) -> Self {
        let listener = listener.map_or_else(String::new, |listener| listener.to_string());
        Self {
            recording: sessions.begin(address, listener, mode.name()),
            rejected: None,
            is_notable: false,
            is_program: false,
        }
    }

    /// Adds a line of the client. `is_response` means that it belongs to an AUTH exchange.
    pub fn client(&mut self, line: &Line, is_response: bool) {
        self.is_notable = true;
        self.push(Speaker::Client, &redacted(line, is_response));
    }

    /// Adds a reply, and its finding.
    pub fn server(&mut self, reply: &Reply) {
        let text = String::from_utf8(reply.to_bytes()).unwrap_or_default();
        for line in text.lines() {
            self.push(Speaker::Server, line);
        }
        match reply.finding() {
            Some(code) => self.failed(Finding::new(code).saying(&text)),
            None if reply.code() >= 500 => self.rejected = Some(text),
            None => {}
        }
    }

    /// Adds the size of a message that was read.
    pub fn message(&self, octets: usize) {
        self.push(Speaker::Client, &format!("(message, {octets} octets)"));
    }

    /// Counts an accepted message.
    pub fn accepted(&self) {
        self.recording.with(|session| session.accepted += 1);
    }

    /// Sets the sender. Its sign-in resolves earlier findings about signing in.
    pub fn submitter(&mut self, submitter: &Submitter) {
        let sender = submitter.sender().map(|sender| sender.id.clone());
        self.is_program = sender.is_none();
        self.rejected = None;
        self.recording.with(|session| {
            session.sender = sender;
            session.finding = None;
        });
    }

    /// Sets the sender whose user name was sent with a wrong password.
    pub fn claimed(&self, sender: SenderId) {
        self.recording.with(|session| session.sender = Some(sender));
    }

    /// Adds the result of a successful TLS handshake.
    pub fn encrypted(&mut self, connection: Option<&ServerConnection>) {
        let version = connection.and_then(|connection| connection.protocol_version());
        let version = match version {
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS",
        };
        let suite = connection.and_then(|connection| connection.negotiated_cipher_suite());
        let suite = suite.and_then(|suite| suite.suite().as_str());
        let tls = [version, " ", suite.unwrap_or_default()].concat();
        self.push(Speaker::Note, &tls);
        self.rejected = None;
        self.recording.with(|session| {
            session.tls = Some(tls.trim().to_owned());
            session.finding = None;
        });
    }

    /// Adds a failed TLS handshake. `after_starttls` is false if the client began with TLS.
    pub fn handshake_failed(
        &mut self,
        error: Option<&io::Error>,
        mode: Mode,
        after_starttls: bool,
    ) {
        self.is_notable = true;
        let text = error.map_or_else(|| "timed out".to_owned(), ToString::to_string);
        self.push(Speaker::Note, &format!("TLS handshake failed: {text}"));
        let error = error.and_then(io::Error::get_ref);
        let code = match error.and_then(|error| error.downcast_ref::<Error>()) {
            Some(error) => of_tls(error),
            None => FindingCode::InboundTlsFailed,
        };
        let code = match (code, mode) {
            (FindingCode::InboundTlsFailed, Mode::StartTls | Mode::Plain) if !after_starttls => {
                FindingCode::InboundTlsOnPlainPort
            }
            (FindingCode::InboundPlaintextOnTlsPort, Mode::StartTls | Mode::Plain) => {
                FindingCode::InboundTlsFailed
            }
            (code, _) => code,
        };
        self.failed(Finding::new(code).saying(text));
    }

    /// Adds a failure of the connection. Some clients verify the certificate after the handshake.
    pub fn connection_failed(&mut self, error: &io::Error) {
        let error = error
            .get_ref()
            .and_then(|error| error.downcast_ref::<Error>());
        if error.map(of_tls) == Some(FindingCode::InboundCertificateRejected) {
            self.failed(Finding::new(FindingCode::InboundCertificateRejected));
        }
    }

    /// Adds a note about the connection.
    pub fn note(&self, text: &str) {
        self.push(Speaker::Note, text);
    }

    /// Sets the finding.
    pub fn failed(&mut self, finding: Finding) {
        self.is_notable = true;
        self.recording
            .with(|session| session.finding = Some(finding));
    }

    /// Ends the record. Connections without a command, such as health checks, are not kept.
    pub fn end(mut self, outcome: Outcome) {
        let (is_clean, accepted) = self
            .recording
            .with(|session| (session.is_clean(), session.accepted));
        if is_clean && accepted == 0 {
            if let Some(rejected) = self.rejected.take() {
                self.failed(Finding::new(FindingCode::InboundRefused).saying(rejected));
            } else if outcome.has_greeted && !outcome.may_send {
                let code = if outcome.offers_sign_in {
                    FindingCode::InboundNoSignIn
                } else {
                    FindingCode::InboundNoTls
                };
                self.failed(Finding::new(code));
            }
        }
        let is_clean = self.recording.with(|session| session.is_clean());
        let keep = self.is_notable && !(is_clean && self.is_program);
        self.recording.end(keep);
    }

    fn push(&self, by: Speaker, text: &str) {
        self.recording.with(|session| session.push(by, text));
    }
}

/// Records a connection that was refused before its session began, unless there are too many.
pub fn record_refusal(intake: &Intake, refused: &Refused, reply: &Reply) {
    let sessions = intake.sessions();
    if !sessions.has_room_for_unknown() {
        return;
    }
    let (address, listener) = (refused.address.to_string(), Some(refused.listener));
    let mut record = Record::begin(sessions, address, listener, refused.mode);
    record.server(reply);
    record.recording.end(true);
}

fn redacted(line: &Line, is_response: bool) -> String {
    let Line::Whole(line) = line else {
        return "(a line that is too long)".to_owned();
    };
    if is_response {
        return if line.as_slice() == b"*" {
            "*".to_owned()
        } else {
            format!("(response, {} octets)", line.len())
        };
    }
    let unknown = || format!("(no command, {} octets)", line.len());
    let Ok(text) = std::str::from_utf8(line) else {
        return unknown();
    };
    let (verb, parameters) = text.split_once(' ').unwrap_or((text, ""));
    let known = verb.trim().to_ascii_uppercase();
    if WITH_PARAMETERS.contains(&&*known) {
        return text.to_owned();
    }
    if WITHOUT_PARAMETERS.contains(&&*known) {
        return known;
    }
    if known != "AUTH" {
        return unknown();
    }
    let mut words = parameters.split_ascii_whitespace();
    let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
    let mechanism = if MECHANISMS.contains(&&*mechanism) {
        &*mechanism
    } else {
        "(unknown mechanism)"
    };
    let response = if words.next().is_some() {
        " (response)"
    } else {
        ""
    };
    ["AUTH ", mechanism, response].concat()
}

/// Returns the finding of an error in a handshake.
fn of_tls(error: &Error) -> FindingCode {
    match error {
        Error::PeerIncompatible(_)
        | Error::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity,
        ) => FindingCode::InboundTlsTooOld,
        Error::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::NoCertificate,
        ) => FindingCode::InboundCertificateRejected,
        Error::InvalidMessage(_) => FindingCode::InboundPlaintextOnTlsPort,
        _ => FindingCode::InboundTlsFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, is_response: bool) -> String {
        redacted(&Line::Whole(line.into()), is_response)
    }

    #[test]
    fn only_commands_are_recorded_as_they_are() {
        for (line, expected) in [
            ("EHLO printer", "EHLO printer"),
            ("mail from:<a@b.example>", "mail from:<a@b.example>"),
            ("AUTH PLAIN AHVzZXIAcGFzcw==", "AUTH PLAIN (response)"),
            ("auth login dXNlcg==", "AUTH LOGIN (response)"),
            ("AUTH LOGIN", "AUTH LOGIN"),
            ("AUTH cGFzcw", "AUTH (unknown mechanism)"),
            ("NOOP secret", "NOOP"),
            ("cGFzcw==", "(no command, 8 octets)"),
            ("LOGIN user secret", "(no command, 17 octets)"),
        ] {
            assert_eq!(shown(line, false), expected);
        }
        assert_eq!(shown("EHLO", true), "(response, 4 octets)");
        assert_eq!(shown("*", true), "*");
    }
}
