//! Errors of the configuration.

use super::source::Source;

/// A configuration error with its location.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ConfigError {
    place: String,
    problem: String,
}

impl ConfigError {
    /// Returns an error about a whole source.
    pub(super) fn of(source: &Source, problem: impl Into<String>) -> Self {
        Self {
            place: source.to_string(),
            problem: problem.into(),
        }
    }

    /// Returns an error about one name in a source.
    pub(super) fn at(source: &Source, name: &str, problem: impl Into<String>) -> Self {
        Self {
            place: format!("{source}, {name}"),
            problem: problem.into(),
        }
    }
}
