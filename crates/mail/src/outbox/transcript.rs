//! Transcript of the start of a connection.

use std::fmt::Write as _;

use domain::{CheckStep, StepKind};

/// Formats recorded steps as redacted text.
pub(super) fn of(steps: &[CheckStep]) -> String {
    let mut text = String::new();
    for step in steps {
        if step.kind == StepKind::Resolve {
            // Name resolution is not part of the session with the mail server.
            for address in step.received.lines() {
                let _ = writeln!(text, "({} is {address})", step.sent.trim());
            }
        } else {
            for (who, said) in [('C', &step.sent), ('S', &step.received)] {
                for line in said.lines() {
                    let _ = writeln!(text, "{who}: {line}");
                }
            }
        }
        if let Some(finding) = &step.finding {
            let _ = writeln!(text, "({})", finding.code.code());
        }
    }
    text
}
