//! The HTTP status of pages.

/// Sets the status `404 Not Found` for the page that is rendered. Does nothing in the browser.
pub fn not_found() {
    #[cfg(feature = "ssr")]
    super::context::set_status(http::StatusCode::NOT_FOUND);
}
