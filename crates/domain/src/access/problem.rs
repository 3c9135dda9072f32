//! Reasons why a form about access was refused.

/// A reason that belongs to no field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessProblem {
    /// User name or password is wrong.
    Wrong,
    /// There were too many wrong attempts.
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
