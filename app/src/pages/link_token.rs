//! The token of a one-use link.

use super::query::asked;
use crate::ui::sheet::Sheet;

/// The token of the link this page was opened with, or that of the form that was posted.
pub fn link_token(sheet: &Sheet) -> String {
    asked("token").unwrap_or_else(|| sheet.typed("token"))
}
