//! Values with their sources.

use std::{path::PathBuf, str::FromStr};

use figment::Figment;
use serde::Deserialize;

use super::{ConfigError, Setting, Sources, source::Source};

/// A value with its setting and its source.
#[derive(Clone)]
pub struct Sourced<T> {
    pub setting: Setting,
    pub source: Source,
    pub value: T,
}

impl<T> Sourced<T> {
    /// Replaces the value and keeps its setting and source.
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced {
            setting: self.setting,
            source: self.source,
            value: change(self.value),
        }
    }

    /// Returns an error that says this value is not valid.
    pub fn invalid(&self, problem: impl Into<String>) -> ConfigError {
        let name = self.source.name_of(self.setting);
        ConfigError::at(&self.source, &name, problem)
    }
}

/// All configured values.
pub struct Values(Figment);

/// One value or a list; the command line and the environment give lists.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> From<OneOrMore<T>> for Vec<T> {
    fn from(values: OneOrMore<T>) -> Self {
        match values {
            OneOrMore::One(one) => vec![one],
            OneOrMore::More(more) => more,
        }
    }
}

/// A list or one value. Lists come first, because a list of texts could be read as one table.
#[derive(Deserialize)]
#[serde(untagged)]
enum MoreOrOne<T> {
    More(Vec<T>),
    One(T),
}

/// A value that TOML has a type for, or its text from the environment.
#[derive(Deserialize)]
#[serde(untagged)]
enum TypedOrText<T> {
    Typed(T),
    Text(String),
}

impl Values {
    /// Merges the sources.
    pub fn of(sources: &Sources) -> Result<Self, ConfigError> {
        sources.figment().map(Self)
    }

    /// Returns an optional setting.
    pub fn text(&self, setting: Setting) -> Result<Option<Sourced<String>>, ConfigError> {
        self.extract(setting, "is not a text")
    }

    /// Returns a setting, or its default.
    pub fn text_or(&self, setting: Setting, default: &str) -> Result<Sourced<String>, ConfigError> {
        Ok(self.text(setting)?.unwrap_or_else(|| Sourced {
            setting,
            source: Source::Default,
            value: default.to_owned(),
        }))
    }

    /// Returns a list of paths.
    pub fn paths(&self, setting: Setting) -> Result<Option<Sourced<Vec<PathBuf>>>, ConfigError> {
        let paths = self.extract(setting, "is neither a path nor a list of paths")?;
        Ok(paths.map(|found: Sourced<OneOrMore<_>>| found.map(Vec::from)))
    }

    /// Returns a list of texts. An element may contain several, separated by commas.
    pub fn list(&self, setting: Setting) -> Result<Option<Sourced<Vec<String>>>, ConfigError> {
        let texts = self.extract(setting, "is neither a text nor a list of texts")?;
        let split = |texts: OneOrMore<String>| {
            Vec::from(texts)
                .iter()
                .flat_map(|text| text.split(','))
                .map(|text| text.trim().to_owned())
                .collect()
        };
        Ok(texts.map(|found| found.map(split)))
    }

    /// Returns one value or a list of them. `problem` is the error message if it is neither.
    pub fn several<T: for<'de> Deserialize<'de>>(
        &self,
        setting: Setting,
        problem: &str,
    ) -> Result<Option<Sourced<Vec<T>>>, ConfigError> {
        let values = self.extract(setting, problem)?;
        let list = |values| match values {
            MoreOrOne::More(more) => more,
            MoreOrOne::One(one) => vec![one],
        };
        Ok(values.map(|found: Sourced<MoreOrOne<T>>| found.map(list)))
    }

    /// Returns a value that has its own type in TOML and is text in other sources. `problem` is the
    /// error message if it is neither.
    pub fn typed<T>(
        &self,
        setting: Setting,
        default: T,
        problem: &str,
    ) -> Result<Sourced<T>, ConfigError>
    where
        T: for<'de> Deserialize<'de> + FromStr,
    {
        let Some(found) = self.extract::<TypedOrText<T>>(setting, problem)? else {
            return Ok(Sourced {
                setting,
                source: Source::Default,
                value: default,
            });
        };
        let text = match found.value {
            TypedOrText::Typed(value) => {
                return Ok(Sourced {
                    setting,
                    source: found.source,
                    value,
                });
            }
            TypedOrText::Text(text) => text,
        };
        let found = Sourced {
            setting,
            source: found.source,
            value: (),
        };
        match text.trim().parse() {
            Ok(value) => Ok(found.map(|()| value)),
            Err(_) => Err(found.invalid(problem)),
        }
    }

    /// Returns the value of two alternative settings that comes from the source with higher
    /// precedence.
    pub fn either(
        &self,
        one: Setting,
        other: Setting,
    ) -> Result<Option<Sourced<String>>, ConfigError> {
        match (self.text(one)?, self.text(other)?) {
            (Some(one), Some(other)) if one.source == other.source => {
                let second = other.source.name_of(other.setting);
                Err(one.invalid(format!("is set together with {second}; set one of them")))
            }
            (Some(one), Some(other)) if one.source < other.source => Ok(Some(other)),
            (one, other) => Ok(one.or(other)),
        }
    }

    /// Extracts a value. Replaces the error text of the library, which would show the value and
    /// thus a possible secret.
    fn extract<T: for<'de> Deserialize<'de>>(
        &self,
        setting: Setting,
        problem: &str,
    ) -> Result<Option<Sourced<T>>, ConfigError> {
        let Some(metadata) = self.0.find_metadata(setting.name()) else {
            return Ok(None);
        };
        let found = Sourced {
            setting,
            source: Source::of(metadata),
            value: (),
        };
        match self.0.extract_inner(setting.name()) {
            Ok(value) => Ok(Some(Sourced {
                setting,
                source: found.source,
                value,
            })),
            Err(_) => Err(found.invalid(problem)),
        }
    }
}
