//! Which settings a report is about, seen from those that are saved now.

use domain::CheckReport;

/// The settings that were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Those that are saved.
    Saved,
    /// Those on a form, before any were saved.
    NotYetSaved,
    /// Others than those that are saved.
    Unsaved,
    /// Those of an earlier save.
    Earlier,
}

impl About {
    /// Of a report. `saved` is the version of the settings that are saved now; 0 when there are none.
    pub fn of(report: &CheckReport, saved: i64) -> Self {
        match (report.settings_version, saved) {
            (0, 0) => Self::NotYetSaved,
            (0, _) => Self::Unsaved,
            (checked, saved) if checked == saved => Self::Saved,
            _ => Self::Earlier,
        }
    }

    /// Returns true if a good result says nothing about the saved settings.
    pub fn is_other(self) -> bool {
        matches!(self, Self::Unsaved | Self::Earlier)
    }

    /// The settings in words, after "with"; `None` for those that are saved.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::Saved => None,
            Self::NotYetSaved => Some("settings that are not saved yet"),
            Self::Unsaved => Some("settings that are not saved"),
            Self::Earlier => Some("settings that have been replaced since"),
        }
    }
}
