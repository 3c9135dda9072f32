//! The HTTP status of pages.

/// The page being rendered is one that does not exist. Does nothing in the browser.
pub fn not_found() {
    #[cfg(feature = "ssr")]
    super::context::set_status(http::StatusCode::NOT_FOUND);
}
