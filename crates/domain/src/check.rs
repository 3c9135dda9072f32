//! Checks: runs of the doctor over a connection, as ordered steps. A test email is a check that
//! also sends a message.

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, Finding, UnixTime, codes::codes, id::random_id};

random_id! {
    /// ID of a check.
    CheckId
}

codes! {
    /// Part of the connection that a step belongs to.
    #[derive(Default)]
    CheckPart {
        /// The OAuth client and its grant.
        OAuth = "oauth",
        /// Sending by SMTP.
        #[default]
        Smtp = "smtp",
        /// Reading the mailbox by IMAP.
        Imap = "imap",
        /// DNS records of the From address's domain.
        Domain = "domain",
        /// Arrival of the test email in the mailbox.
        Arrival = "arrival",
    }
}

codes! {
    /// Action of a step.
    StepKind {
        /// Reads the provider's discovery document (RFC 8414, OpenID Connect Discovery), if there
        /// is one.
        Discovery = "discovery",
        /// Checks that the token endpoint answers and that its clock agrees with ours.
        TokenEndpoint = "token_endpoint",
        /// Gets a valid access token, refreshing it if needed.
        Grant = "grant",
        /// Resolves the host name of the server.
        Resolve = "resolve",
        /// Connects to one address over TCP.
        Connect = "connect",
        /// TLS handshake.
        Tls = "tls",
        /// Greeting of the server.
        Greeting = "greeting",
        /// EHLO.
        Ehlo = "ehlo",
        /// STARTTLS.
        StartTls = "start_tls",
        /// AUTH.
        Authenticate = "authenticate",
        /// MAIL FROM.
        MailFrom = "mail_from",
        /// RCPT TO.
        RcptTo = "rcpt_to",
        /// DATA, up to the server's reply 354.
        Data = "data",
        /// Content of the message and the server's final reply.
        Message = "message",
        /// RSET.
        Reset = "reset",
        /// QUIT.
        Quit = "quit",
        /// CAPABILITY (RFC 9051 §6.1.1).
        Capability = "capability",
        /// EXAMINE INBOX, which changes nothing in the mailbox (RFC 9051 §6.3.3).
        Examine = "examine",
        /// LOGOUT.
        Logout = "logout",
        /// Looks up the domain's mail servers.
        Mx = "mx",
        /// Looks up the servers that may send for the domain (RFC 7208).
        Spf = "spf",
        /// Looks up the key that verifies signatures (RFC 6376).
        Dkim = "dkim",
        /// Looks up the policy for unauthenticated mail (RFC 7489).
        Dmarc = "dmarc",
        /// Searches for the test email in the mailbox.
        Arrival = "arrival",
    }
}

codes! {
    /// Result of a step.
    Verdict {
        /// It succeeded.
        Passed = "passed",
        /// It failed and another attempt followed, or it succeeded but will fail soon.
        Warned = "warned",
        /// It failed and ended the check.
        Failed = "failed",
        /// It did not run because an earlier step failed or because it does not apply, or its
        /// result says nothing about the connection.
        Skipped = "skipped",
    }
}

codes! {
    /// Name of a fact that a step found.
    FactName {
        /// IP address.
        Address = "address",
        /// Negotiated TLS version.
        TlsVersion = "tls_version",
        /// Negotiated cipher suite.
        Cipher = "cipher",
        /// Names in the server's certificate.
        CertificateNames = "certificate_names",
        /// Issuer of a certificate in the chain.
        CertificateIssuer = "certificate_issuer",
        /// Expiry of the server's certificate, as [`UnixTime::rfc3339`].
        CertificateEnds = "certificate_ends",
        /// TLS versions that the server accepts.
        ServerAccepts = "server_accepts",
        /// Maximum message size of the server in octets.
        SizeLimit = "size_limit",
        /// Authentication mechanisms that the server offers.
        Mechanisms = "mechanisms",
        /// `yes` if the server offers STARTTLS, else `no`.
        StartTls = "start_tls",
        /// Authentication mechanism in use.
        Mechanism = "mechanism",
        /// Reason for the mechanism: `preferred` (our first choice is offered) or `only_offered`
        /// (it is the only one of ours that is offered).
        Reason = "reason",
        /// Decoded challenge of a rejected authentication.
        Challenge = "challenge",
        /// Issuer of a discovery document.
        Issuer = "issuer",
        /// Seconds between the provider's clock and ours; positive if the provider's is ahead.
        ClockSkew = "clock_skew",
        /// Account that signed in.
        Account = "account",
        /// Requested scopes.
        ScopesAsked = "scopes_asked",
        /// Granted scopes.
        ScopesGranted = "scopes_granted",
        /// Expiry of the access token, as [`UnixTime::rfc3339`].
        TokenExpires = "token_expires",
        /// Time of the authorization, as [`UnixTime::rfc3339`].
        AuthorizedAt = "authorized_at",
        /// Number of messages in the mailbox.
        Messages = "messages",
        /// DNS record.
        Record = "record",
        /// From address of the test email as it was sent.
        FromSent = "from_sent",
        /// From address of the test email as it arrived.
        FromArrived = "from_arrived",
    }
}

/// Fact that a step found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFact {
    /// Name of the fact.
    pub name: FactName,
    /// Value. It comes from another machine, so control characters are removed and long text is
    /// cut.
    pub value: String,
}

/// Step of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// Part of the connection that the step belongs to.
    #[serde(default)]
    pub part: CheckPart,
    /// Action of the step.
    pub kind: StepKind,
    /// Result of the step.
    pub verdict: Verdict,
    /// Duration in microseconds.
    pub micros: u64,
    /// Data that was sent, with secrets redacted. Empty if nothing was sent.
    pub sent: String,
    /// Data that was received or found.
    pub received: String,
    /// Facts that the step found.
    #[serde(default)]
    pub facts: Vec<CheckFact>,
    /// Cause and fix, if the step did not succeed.
    #[serde(default)]
    pub finding: Option<Finding>,
}

/// Parameters negotiated in a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSession {
    /// Human-readable version: `TLS 1.3`.
    pub version: String,
    /// IANA name of the cipher suite: `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
}

/// Outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckOutcome {
    /// The mail server accepted the message.
    Delivered {
        /// Message-ID of the message, with angle brackets.
        message_id: String,
    },
    /// The check failed.
    Failed(Finding),
    /// A check without a message succeeded, including reading the mailbox. Steps may have warned.
    Passed,
    /// A user cancelled the check.
    Cancelled,
    /// The check has started and has no result yet.
    Running,
    /// The process that ran the check ended before the check did.
    Interrupted,
}

/// Report of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Data center that was checked.
    pub data_center: DataCenterId,
    /// Time at which the check started.
    #[serde(with = "crate::time::rfc3339")]
    pub started_at: UnixTime,
    /// `host:port` of the server.
    pub server: String,
    /// Recipient of the test email. Empty for a check without a message.
    pub recipient: String,
    /// Version of the saved settings that were checked; 0 if the checked settings are not the saved
    /// ones.
    #[serde(default)]
    pub settings_version: i64,
    /// Steps, in order.
    pub steps: Vec<CheckStep>,
    /// TLS session, if a handshake succeeded.
    pub tls: Option<TlsSession>,
    /// Last reply of the server.
    pub last_reply: Option<String>,
    /// Outcome.
    pub outcome: CheckOutcome,
}

impl CheckReport {
    /// Returns the reason why mail cannot be sent, or, if it can, why the mailbox cannot be read.
    pub fn failure(&self) -> Option<&Finding> {
        match &self.outcome {
            CheckOutcome::Failed(finding) => Some(finding),
            CheckOutcome::Delivered { .. } | CheckOutcome::Passed => mailbox_failure(&self.steps),
            CheckOutcome::Cancelled | CheckOutcome::Running | CheckOutcome::Interrupted => None,
        }
    }

    /// Returns true if only the mailbox fails and mail can be sent.
    pub fn fails_at_mailbox(&self) -> bool {
        let found = mailbox_failure(&self.steps).map(|finding| finding.code);
        let sends = self.steps.iter().any(|step| {
            step.part == CheckPart::Smtp
                && matches!(step.kind, StepKind::RcptTo | StepKind::Message)
                && step.verdict == Verdict::Passed
        });
        sends && found.is_some() && self.failure().map(|finding| finding.code) == found
    }
}

/// Returns the reason why the mailbox cannot be read. Failed steps before a successful attempt are
/// ignored.
pub fn mailbox_failure(steps: &[CheckStep]) -> Option<&Finding> {
    let steps = steps.iter().filter(|step| step.part == CheckPart::Imap);
    let opened = |step: &&CheckStep| {
        step.kind == StepKind::Examine && matches!(step.verdict, Verdict::Passed | Verdict::Warned)
    };
    if steps.clone().any(|step| opened(&step)) {
        return None;
    }
    let mut failed = steps.filter(|step| step.verdict == Verdict::Failed);
    failed.next_back()?.finding.as_ref()
}

/// Progress event of a running check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckEvent {
    /// A step ended. Parts run in parallel, so their steps are interleaved; the report has them in
    /// order.
    Step(CheckStep),
    /// The check ended. No event follows.
    Finished(Box<CheckReport>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FindingCode;

    fn step(part: CheckPart, kind: StepKind, verdict: Verdict) -> CheckStep {
        let failed = verdict == Verdict::Failed;
        CheckStep {
            part,
            kind,
            verdict,
            micros: 0,
            sent: String::new(),
            received: String::new(),
            facts: Vec::new(),
            finding: failed.then(|| Finding::new(FindingCode::TokenRefused)),
        }
    }

    #[test]
    fn a_mailbox_that_opens_at_the_second_try_does_not_fail() {
        use CheckPart::Imap;
        let refused = step(Imap, StepKind::Authenticate, Verdict::Failed);
        let mut steps = vec![refused, step(Imap, StepKind::Examine, Verdict::Skipped)];
        let code = mailbox_failure(&steps).map(|finding| finding.code);
        assert_eq!(code, Some(FindingCode::TokenRefused));
        steps.push(step(Imap, StepKind::Authenticate, Verdict::Passed));
        steps.push(step(Imap, StepKind::Examine, Verdict::Passed));
        assert_eq!(mailbox_failure(&steps), None);
        let smtp = [step(CheckPart::Smtp, StepKind::Ehlo, Verdict::Failed)];
        assert_eq!(mailbox_failure(&smtp), None);
    }
}
