//! Relation of a report to the saved settings.

use domain::CheckReport;

/// The settings that were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The saved settings.
    Saved,
    /// Settings on a form, before any were saved.
    NotYetSaved,
    /// Settings on a form that differ from the saved ones.
    Unsaved,
    /// Settings of an earlier save.
    Earlier,
}

impl About {
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

    /// Describes the settings, after "with"; `None` for those that are saved.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::Saved => None,
            Self::NotYetSaved => Some("settings that are not saved yet"),
            Self::Unsaved => Some("settings that are not saved"),
            Self::Earlier => Some("settings that have been replaced since"),
        }
    }
}
