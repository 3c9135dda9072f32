//! Reasons why a form about alerts was refused.

/// A reason that belongs to no field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertFormProblem {
    /// The channel, the webhook, or the data center no longer exists.
    Gone,
    /// Somebody else saved in the meantime.
    Conflict,
    /// The server cannot do it at the moment. Its log has the cause.
    Unavailable,
}
