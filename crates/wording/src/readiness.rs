//! Reasons why the server is not ready.

/// The database does not respond.
pub const DATABASE: &str = "the database does not respond";
/// Messages cannot be stored.
pub const STORING: &str = "new mail could not be stored";
/// A background task makes no progress.
pub const STUCK: &str = "a background task is stuck";
/// A background task failed.
pub const FAILED: &str = "a background task failed and is being restarted";
