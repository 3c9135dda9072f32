//! Steps of a check.

use domain::{CheckPart, CheckStep, StepKind, Verdict};

/// Returns the name of a part of a connection.
pub fn check_part(part: CheckPart) -> &'static str {
    match part {
        CheckPart::OAuth => "OAuth",
        CheckPart::Smtp => "SMTP",
        CheckPart::Imap => "Mailbox",
        CheckPart::Domain => "Domain",
        CheckPart::Arrival => "Arrival",
    }
}

/// Returns the name of a step.
pub fn step_kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Grant => "Access token",
        StepKind::Resolve => "Resolve the name",
        StepKind::Connect => "Connect",
        StepKind::Tls => "TLS handshake",
        StepKind::Greeting => "Greeting",
        StepKind::Ehlo => "EHLO",
        StepKind::StartTls => "STARTTLS",
        StepKind::Authenticate => "Authenticate",
        StepKind::MailFrom => "MAIL FROM",
        StepKind::RcptTo => "RCPT TO",
        StepKind::Data => "DATA",
        StepKind::Message => "Message",
        StepKind::Reset => "RSET",
        StepKind::Quit => "QUIT",
        StepKind::Discovery => "Discovery document",
        StepKind::TokenEndpoint => "Token endpoint",
        StepKind::Capability => "CAPABILITY",
        StepKind::Examine => "EXAMINE INBOX",
        StepKind::Logout => "LOGOUT",
        StepKind::Mx => "Mail servers (MX)",
        StepKind::Spf => "Allowed senders (SPF)",
        StepKind::Dkim => "Signing key (DKIM)",
        StepKind::Dmarc => "Policy (DMARC)",
        StepKind::Arrival => "Arrival in the mailbox",
    }
}

/// Returns the result of a step.
pub fn step_verdict(step: &CheckStep) -> &'static str {
    match step.verdict {
        Verdict::Passed => "passed",
        Verdict::Warned => "warning",
        Verdict::Failed => "failed",
        // Something was sent, but the response says nothing about the connection.
        Verdict::Skipped if !step.sent.is_empty() => "no result",
        Verdict::Skipped => "not tried",
    }
}

/// Returns microseconds as milliseconds, with one decimal below ten: `0.4 ms`, `123 ms`.
pub fn milliseconds(micros: u64) -> String {
    let tenths = (micros + 50) / 100;
    if tenths < 100 {
        format!("{}.{} ms", tenths / 10, tenths % 10)
    } else {
        format!("{} ms", (micros + 500) / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn writes_milliseconds_with_one_decimal_below_ten() {
        for (micros, text) in [
            (0, "0.0 ms"),
            (449, "0.4 ms"),
            (9_949, "9.9 ms"),
            (9_950, "10 ms"),
            (123_456, "123 ms"),
        ] {
            assert_eq!(milliseconds(micros), text);
        }
    }
}
