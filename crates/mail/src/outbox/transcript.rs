//! The beginning of a connection as text.

use std::fmt::Write as _;

use domain::{CheckStep, StepKind};

/// Steps that were recorded, and are redacted.
pub(super) fn of(steps: &[CheckStep]) -> String {
    let mut text = String::new();
    for step in steps {
        if step.kind == StepKind::Resolve {
            // Nobody says that to the mail server.
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
