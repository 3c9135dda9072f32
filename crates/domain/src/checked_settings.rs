//! Relation of a report to the saved settings.

use crate::CheckReport;

/// Settings that were checked, compared with the saved ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckedSettings {
    /// The saved settings.
    Saved,
    /// Settings on a form, before any were saved.
    NotYetSaved,
    /// Settings on a form that differ from the saved ones.
    Unsaved,
    /// Settings of an earlier save.
    Earlier,
}

impl CheckedSettings {
    /// Compares a report with the saved settings. `saved` is their version; 0 if there are none.
    pub fn of(report: &CheckReport, saved: i64) -> Self {
        match (report.settings_version, saved) {
            (0, 0) => Self::NotYetSaved,
            (0, _) => Self::Unsaved,
            (checked, saved) if checked == saved => Self::Saved,
            _ => Self::Earlier,
        }
    }

    /// Returns true if a good result does not apply to the saved settings.
    pub fn is_other(self) -> bool {
        matches!(self, Self::Unsaved | Self::Earlier)
    }
}
