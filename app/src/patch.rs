//! Changes of a page that is open in a browser: HTML from the server, and the place where it belongs.

use serde::{Deserialize, Serialize};

/// Position of a patch, relative to its element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// Replaces the content of the element.
    Within,
    /// Follows the content of the element.
    End,
    /// Precedes the content of the element.
    Start,
    /// Replaces the element. Without HTML, the element is removed.
    Instead,
}

/// Change of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HtmlPatch {
    /// ID of the element.
    pub into: String,
    /// Position.
    pub place: Placement,
    /// HTML.
    pub html: String,
    /// Text for screen readers.
    pub said: String,
    /// Set in the last patch. True if the check succeeded.
    pub ended: Option<bool>,
}

impl HtmlPatch {
    /// Returns a patch without text for screen readers, which would be interrupted constantly on a
    /// page that changes often.
    pub(crate) fn changed(into: &str, place: Placement, html: String) -> Self {
        Self {
            into: into.to_owned(),
            place,
            html,
            said: String::new(),
            ended: None,
        }
    }
}
