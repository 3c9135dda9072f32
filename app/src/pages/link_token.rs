//! The token of a one-use link.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::ui::sheet::Sheet;

/// The token of the link this page was opened with, or that of the form that was posted.
pub fn link_token(sheet: &Sheet) -> String {
    use_query_map()
        .with_untracked(|query| query.get("token"))
        .unwrap_or_else(|| sheet.typed("token"))
}
