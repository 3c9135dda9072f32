//! What can be wrong with a configuration.

use super::values::Source;

/// An error of the configuration: where, and what.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ConfigError {
    place: String,
    problem: String,
}

impl ConfigError {
    /// An error of a whole source.
    pub(super) fn of(source: &Source, problem: impl Into<String>) -> Self {
        Self {
            place: source.to_string(),
            problem: problem.into(),
        }
    }

    /// An error at a name within a source.
    pub(super) fn at(source: &Source, name: &str, problem: impl Into<String>) -> Self {
        Self {
            place: format!("{source}, {name}"),
            problem: problem.into(),
        }
    }
}
