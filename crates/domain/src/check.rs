//! Checks: runs of the doctor over a connection, as ordered steps. The test email is one with a message at its end.

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, Finding, UnixTime, codes::codes, id::random_id};

random_id! {
    /// Names a check.
    CheckId
}

codes! {
    /// The part of a connection that a step belongs to.
    #[derive(Default)]
    CheckPart {
        /// The OAuth client and its grant.
        OAuth = "oauth",
        /// Sending.
        #[default]
        Smtp = "smtp",
        /// Reading the mailbox.
        Imap = "imap",
        /// What the domain of the From address says in DNS.
        Domain = "domain",
        /// The test email as it arrived.
        Arrival = "arrival",
    }
}

codes! {
    /// What a step does.
    StepKind {
        /// The provider's discovery document (RFC 8414, OpenID Connect Discovery) is read, if there is one.
        Discovery = "discovery",
        /// The token endpoint answers, and its clock agrees with ours.
        TokenEndpoint = "token_endpoint",
        /// A valid access token is at hand, refreshed if need be.
        Grant = "grant",
        /// The name of the server is resolved.
        Resolve = "resolve",
        /// A TCP connection is made to one address.
        Connect = "connect",
        /// The TLS handshake.
        Tls = "tls",
        /// The server greets.
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
        /// DATA, up to the server's 354.
        Data = "data",
        /// The message and the server's final reply.
        Message = "message",
        /// RSET.
        Reset = "reset",
        /// QUIT.
        Quit = "quit",
        /// CAPABILITY (RFC 9051 §6.1.1).
        Capability = "capability",
        /// EXAMINE INBOX, which changes nothing (RFC 9051 §6.3.3).
        Examine = "examine",
        /// LOGOUT.
        Logout = "logout",
        /// The domain's mail servers.
        Mx = "mx",
        /// Who may send for the domain (RFC 7208).
        Spf = "spf",
        /// The key that signatures are checked with (RFC 6376).
        Dkim = "dkim",
        /// What receivers do with mail that is not proven (RFC 7489).
        Dmarc = "dmarc",
        /// The test email is looked for in the mailbox.
        Arrival = "arrival",
    }
}

codes! {
    /// How a step went.
    Verdict {
        /// Well.
        Passed = "passed",
        /// It failed and another way was tried, or it went well and will not for long.
        Warned = "warned",
        /// It failed, and the check ended.
        Failed = "failed",
        /// It was not tried, since something before it failed or it does not apply; or what came of it says nothing about the
        /// connection.
        Skipped = "skipped",
    }
}

codes! {
    /// What a fact is about.
    FactName {
        /// An IP address.
        Address = "address",
        /// The TLS version that was agreed on.
        TlsVersion = "tls_version",
        /// The cipher suite that was agreed on.
        Cipher = "cipher",
        /// The names in the server's certificate.
        CertificateNames = "certificate_names",
        /// Who issued a certificate of the chain.
        CertificateIssuer = "certificate_issuer",
        /// When the server's certificate ends: as [`UnixTime::rfc3339`].
        CertificateEnds = "certificate_ends",
        /// The TLS versions that the server would accept.
        ServerAccepts = "server_accepts",
        /// The largest message the server takes: octets.
        SizeLimit = "size_limit",
        /// The authentication mechanisms on offer.
        Mechanisms = "mechanisms",
        /// Whether STARTTLS is on offer: `yes` or `no`.
        StartTls = "start_tls",
        /// The mechanism that was chosen.
        Mechanism = "mechanism",
        /// Why it was chosen: `preferred` (the one we like best is on offer) or `only_offered` (of those we speak only this
        /// one is).
        Reason = "reason",
        /// The challenge of a refusal, decoded.
        Challenge = "challenge",
        /// The issuer of a discovery document.
        Issuer = "issuer",
        /// How far the provider's clock is from ours: seconds, positive when it is ahead.
        ClockSkew = "clock_skew",
        /// The account that signed in.
        Account = "account",
        /// The scopes that were asked for.
        ScopesAsked = "scopes_asked",
        /// The scopes that were granted.
        ScopesGranted = "scopes_granted",
        /// When the access token expires: as [`UnixTime::rfc3339`].
        TokenExpires = "token_expires",
        /// When the authorization was made: as [`UnixTime::rfc3339`].
        AuthorizedAt = "authorized_at",
        /// Messages in the mailbox.
        Messages = "messages",
        /// A DNS record.
        Record = "record",
        /// The From address that was sent.
        FromSent = "from_sent",
        /// The From address that arrived.
        FromArrived = "from_arrived",
    }
}

/// A fact that a step has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFact {
    /// What it is about.
    pub name: FactName,
    /// What was found; of other machines, so freed of control characters and cut.
    pub value: String,
}

/// One step of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStep {
    /// The part it belongs to.
    #[serde(default)]
    pub part: CheckPart,
    /// What was done.
    pub kind: StepKind,
    /// How it went.
    pub verdict: Verdict,
    /// How long it took: microseconds.
    pub micros: u64,
    /// What was sent, secrets redacted; empty when nothing was.
    pub sent: String,
    /// What came back, or what was found.
    pub received: String,
    /// Facts that were found.
    #[serde(default)]
    pub facts: Vec<CheckFact>,
    /// What is wrong, when it did not go well.
    #[serde(default)]
    pub finding: Option<Finding>,
}

/// What was agreed on in a TLS handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSession {
    /// For people: `TLS 1.3`.
    pub version: String,
    /// The IANA name of the cipher suite: `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckOutcome {
    /// The server accepted the message.
    Delivered {
        /// The Message-ID of the message, with angle brackets.
        message_id: String,
    },
    /// It did not come to that.
    Failed(Finding),
    /// A check without a message went well, reading the mailbox included; steps may have warned.
    Passed,
    /// Somebody ended it.
    Cancelled,
    /// The check has started and has no result yet.
    Running,
    /// The process that ran the check ended before the check did.
    Interrupted,
}

/// A finished check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Whose settings were checked.
    pub data_center: DataCenterId,
    /// When it began.
    #[serde(with = "crate::time::rfc3339")]
    pub started_at: UnixTime,
    /// `host:port` of the server.
    pub server: String,
    /// Who the test email was for; empty for a check without a message.
    pub recipient: String,
    /// The version of the saved settings that were checked; 0 when what was checked is not what was saved.
    #[serde(default)]
    pub settings_version: i64,
    /// The steps in order.
    pub steps: Vec<CheckStep>,
    /// TLS, when it came to that.
    pub tls: Option<TlsSession>,
    /// The last reply of the server.
    pub last_reply: Option<String>,
    /// How it ended.
    pub outcome: CheckOutcome,
}

impl CheckReport {
    /// Why mail cannot be sent, or why the mailbox cannot be read although mail can be sent.
    pub fn failure(&self) -> Option<&Finding> {
        match &self.outcome {
            CheckOutcome::Failed(finding) => Some(finding),
            CheckOutcome::Delivered { .. } | CheckOutcome::Passed => mailbox_failure(&self.steps),
            CheckOutcome::Cancelled | CheckOutcome::Running | CheckOutcome::Interrupted => None,
        }
    }

    /// Returns true if it is the mailbox alone that fails: mail can be sent.
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

/// Why the mailbox cannot be read, by the steps of a check. A failed step before a successful try does not count.
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

/// What happens in a check, as it happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckEvent {
    /// A step has ended. Parts run side by side, so their steps come mixed; the report has them in order.
    Step(CheckStep),
    /// The check has ended; nothing follows.
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
