//! The source of a value.

use std::{fmt, path::PathBuf};

use figment::{Metadata, Source as Origin};

use super::Setting;

/// The source of a value, in ascending order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The default; no source sets the value.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A credential that the service manager passes.
    Credentials,
    /// An environment variable.
    Environment,
    /// A flag.
    CommandLine,
}

impl Source {
    pub(super) const CREDENTIALS: &str = "credentials of the service";
    pub(super) const ENVIRONMENT: &str = "environment";
    pub(super) const COMMAND_LINE: &str = "command line";

    pub(super) fn of(metadata: &Metadata) -> Self {
        match (&metadata.source, &*metadata.name) {
            (Some(Origin::File(path)), _) => Self::File(path.clone()),
            (_, Self::CREDENTIALS) => Self::Credentials,
            (_, Self::ENVIRONMENT) => Self::Environment,
            (_, Self::COMMAND_LINE) => Self::CommandLine,
            _ => Self::Default,
        }
    }

    /// Returns the name of a setting in this source.
    pub(super) fn name_of(&self, setting: Setting) -> String {
        match self {
            Self::Default | Self::File(_) | Self::Credentials => setting.name().to_owned(),
            Self::Environment => setting.variable(),
            Self::CommandLine => setting.flag(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Credentials => formatter.write_str(Self::CREDENTIALS),
            Self::Environment => formatter.write_str(Self::ENVIRONMENT),
            Self::CommandLine => formatter.write_str(Self::COMMAND_LINE),
        }
    }
}
