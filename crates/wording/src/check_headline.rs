//! The result of a check in one line.

use domain::{CheckOutcome, CheckReport, CheckedSettings};

/// Describes the checked settings, after "with"; `None` for those that are saved.
pub fn checked_settings(settings: CheckedSettings) -> Option<&'static str> {
    match settings {
        CheckedSettings::Saved => None,
        CheckedSettings::NotYetSaved => Some("settings that are not saved yet"),
        CheckedSettings::Unsaved => Some("settings that are not saved"),
        CheckedSettings::Earlier => Some("settings that have been replaced since"),
    }
}

/// Returns the title of a report.
pub fn check_title(report: &CheckReport, settings: CheckedSettings) -> &'static str {
    match &report.outcome {
        CheckOutcome::Delivered { .. } if report.failure().is_some() => {
            "Delivered, but the mailbox cannot be read"
        }
        CheckOutcome::Delivered { .. } => "Delivered",
        CheckOutcome::Passed => match settings {
            CheckedSettings::Saved | CheckedSettings::NotYetSaved => "The connection works",
            CheckedSettings::Unsaved => "The connection works with settings that are not saved",
            CheckedSettings::Earlier => "The connection worked with earlier settings",
        },
        CheckOutcome::Cancelled => "Stopped",
        CheckOutcome::Running => "A check is running",
        CheckOutcome::Interrupted => "The check was interrupted",
        CheckOutcome::Failed(_) if report.fails_at_mailbox() => "The mailbox cannot be read",
        CheckOutcome::Failed(_) if report.recipient.is_empty() => "The connection does not work",
        CheckOutcome::Failed(_) => "Not delivered",
    }
}

/// Returns a note about the number of steps with a warning.
pub fn check_warnings(number: usize) -> Option<String> {
    match number {
        0 => None,
        1 => Some("One step has a warning; see below.".to_owned()),
        several => Some(format!("{several} steps have warnings; see below.")),
    }
}
