//! Pages that the server shows in place of what was asked for, with the status that says so. Nothing links to them.

/// The role does not allow it (403).
pub const FORBIDDEN: &str = "/refused/forbidden";
/// A form came from somebody whose session has ended (401).
pub const SESSION: &str = "/refused/session";
/// A provider led back to a browser in which nobody is signed in (401).
pub const CALLBACK: &str = "/refused/callback";
