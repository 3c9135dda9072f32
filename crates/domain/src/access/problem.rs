//! Reasons why a form about access was refused.

/// Reason that belongs to no single field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessProblem {
    /// The user name or the password is wrong.
    Wrong,
    /// There were too many failed attempts.
    SlowDown {
        /// Seconds until the next attempt is accepted.
        seconds: i64,
    },
    /// The one-use link for the first account is not valid.
    SetupLink,
    /// The one-use link for a password is not valid.
    PasswordLink,
    /// The subject of the form no longer exists.
    Gone,
    /// The server cannot do it at the moment. Its log has the cause.
    Unavailable,
}
