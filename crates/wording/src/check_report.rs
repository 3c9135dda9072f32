//! Checks as plain text, for support tickets and the command line. Steps are already redacted.

use std::fmt::Write as _;

use domain::{
    CheckOutcome, CheckReport, CheckStep, Finding, FindingCode, Verdict, untrusted::is_displayable,
};

use crate::{
    check_fact, check_fact_value, check_part, explain, milliseconds, step_kind, step_verdict,
};

/// Returns the outcome of a check in one line.
pub fn check_outcome(report: &CheckReport) -> String {
    let server = &report.server;
    if report.fails_at_mailbox()
        && let Some(finding) = report.failure()
    {
        let cause = explain(finding).cause;
        let sent = match &report.outcome {
            CheckOutcome::Delivered { message_id } => format!(
                "{server} accepted the test email for {}. Message-ID: {message_id}",
                report.recipient
            ),
            _ => format!("{server} accepts mail"),
        };
        return format!("Failed: the mailbox cannot be read: {cause} {sent}.");
    }
    match &report.outcome {
        CheckOutcome::Delivered { message_id } => {
            let recipient = &report.recipient;
            format!("{server} accepted the test email for {recipient}. Message-ID: {message_id}")
        }
        CheckOutcome::Passed => format!("The connection works: {server} accepts mail."),
        CheckOutcome::Cancelled => "Stopped before it finished.".to_owned(),
        CheckOutcome::Running => "Running.".to_owned(),
        CheckOutcome::Interrupted => {
            "Interrupted: Mailgrant stopped or restarted before the check finished.".to_owned()
        }
        CheckOutcome::Failed(finding) => format!("Failed: {}", explain(finding).cause),
    }
}

/// Returns the whole check, including each exchange.
pub fn check_transcript(report: &CheckReport) -> String {
    let tls = match &report.tls {
        Some(tls) => [&*tls.version, ", ", &tls.cipher].concat(),
        None => "none".to_owned(),
    };
    let settings = match report.settings_version {
        0 => "not the saved ones".to_owned(),
        version => format!("version {version}"),
    };
    let mut text = String::from("Mailgrant: transcript of a check\n\n");
    for (name, value) in [
        ("Data center", report.data_center.as_str()),
        ("Settings", &settings),
        ("Server", &report.server),
        ("Recipient", &report.recipient),
        ("Started", &report.started_at.rfc3339()),
        ("TLS", &tls),
        (
            "Last reply",
            report.last_reply.as_deref().unwrap_or_default(),
        ),
    ] {
        if !value.is_empty() {
            line(&mut text, "", name, value);
        }
    }
    let _ = writeln!(text, "\n{}\n", check_outcome(report));
    for step in &report.steps {
        text += &check_step_lines(step);
        for (arrow, said) in [("->", &step.sent), ("<-", &step.received)] {
            for said in said.lines() {
                let _ = writeln!(text, "    {arrow} {}", printable(said));
            }
        }
    }
    if let Some(finding) = unplaced_finding(report) {
        explained(&mut text, finding);
    }
    text
}

/// Returns the finding of a failed check if none of its steps has it.
pub fn unplaced_finding(report: &CheckReport) -> Option<&Finding> {
    let CheckOutcome::Failed(finding) = &report.outcome else {
        return None;
    };
    let code = finding.code;
    (!has(&report.steps, code)).then_some(finding)
}

fn has(steps: &[CheckStep], code: FindingCode) -> bool {
    let mut findings = steps.iter().filter_map(|step| step.finding.as_ref());
    findings.any(|finding| finding.code == code)
}

/// Returns a step with its facts, and with the cause and the fix of its finding.
pub fn check_step_lines(step: &CheckStep) -> String {
    let time = match step.verdict {
        Verdict::Skipped => String::new(),
        _ => format!(" ({})", milliseconds(step.micros)),
    };
    let (verdict, part, kind) = (
        step_verdict(step),
        check_part(step.part),
        step_kind(step.kind),
    );
    let mut text = format!("{verdict:<9} {part:<11} {kind}{time}\n");
    for found in &step.facts {
        line(
            &mut text,
            "    ",
            check_fact(found.name),
            &check_fact_value(found),
        );
    }
    if let Some(finding) = &step.finding {
        explained(&mut text, finding);
    }
    text
}

/// Returns a finding with its cause, its fix, and its code, one on each line.
pub fn finding_lines(finding: &Finding) -> String {
    let mut text = String::new();
    explained(&mut text, finding);
    text
}

fn explained(text: &mut String, finding: &Finding) {
    let words = explain(finding);
    let likely = if words.likely { "probably: " } else { "" };
    line(text, "    ", "Cause", &[likely, &words.cause].concat());
    line(text, "    ", "Fix", &words.fix);
    if let Some(copy) = &words.copy {
        line(text, "    ", "Copy", copy);
    }
    if let Some((name, url)) = words.link {
        line(text, "    ", &name, &url);
    }
    if let Some(said) = &finding.said {
        line(text, "    ", "Reply", said);
    }
    line(text, "    ", "Code", finding.code.code());
}

fn line(text: &mut String, indent: &str, name: &str, value: &str) {
    let value = value.lines().map(printable).collect::<Vec<_>>();
    let between = format!("\n{indent}    ");
    let _ = writeln!(text, "{indent}{name}: {}", value.join(&between));
}

/// Removes characters that a terminal would interpret.
fn printable(text: &str) -> String {
    text.chars().filter(|c| is_displayable(*c)).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        CheckFact, CheckPart, DataCenterId, FactName, StepKind, UnixTime, finding::FindingValue,
    };

    use super::*;

    fn report(finding: Finding) -> CheckReport {
        let step = CheckStep {
            part: CheckPart::Smtp,
            kind: StepKind::Greeting,
            verdict: Verdict::Failed,
            micros: 1_500,
            sent: String::new(),
            received: "220 \u{1b}[31m\u{202e}hello\r\n220 there".to_owned(),
            facts: vec![CheckFact {
                name: FactName::Address,
                value: "192.0.2.1".to_owned(),
            }],
            finding: Some(finding.clone()),
        };
        CheckReport {
            data_center: DataCenterId::parse("default").unwrap(),
            started_at: UnixTime(0),
            server: "smtp.example.com:587".to_owned(),
            recipient: String::new(),
            settings_version: 3,
            steps: vec![step],
            tls: None,
            last_reply: None,
            outcome: CheckOutcome::Failed(finding),
        }
    }

    #[test]
    fn contains_each_step_with_its_facts_cause_fix_and_exchange() {
        let finding = Finding::new(FindingCode::TlsOnPlaintextPort)
            .with(FindingValue::Server, "smtp.example.com:587");
        let text = check_transcript(&report(finding));
        for part in [
            "Server: smtp.example.com:587\n",
            "Settings: version 3\n",
            "Started: 1970-01-01T00:00:00Z\n",
            "failed    SMTP        Greeting (1.5 ms)\n",
            "    Address: 192.0.2.1\n",
            "    Cause: smtp.example.com:587 expects implicit TLS",
            "    Fix: Choose implicit TLS",
            "    <- 220 [31mhello\n    <- 220 there\n",
            "    Code: tls_on_plaintext_port\n",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains(['\u{1b}', '\r']));
    }

    #[test]
    fn a_finding_that_no_step_has_stands_at_the_end() {
        let mut report = report(Finding::new(FindingCode::GrantMissing));
        assert_eq!(unplaced_finding(&report), None);
        report.steps[0].finding = None;
        assert!(unplaced_finding(&report).is_some());
        assert!(check_transcript(&report).ends_with("Code: grant_missing\n"));
    }
}
