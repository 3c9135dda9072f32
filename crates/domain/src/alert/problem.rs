//! Reasons why a form about alerts was refused.

/// Reason that belongs to no single field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertFormProblem {
    /// The channel, the webhook, or the data center no longer exists.
    Gone,
    /// Another user saved in the meantime.
    Conflict,
    /// The server cannot do it at the moment. Its log has the cause.
    Unavailable,
}
