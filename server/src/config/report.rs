//! The effective configuration as `mailgrant config` prints it.

use std::fmt;

use super::{Setting, source::Source, values::Sourced};

/// Rows of TOML: the setting, its value and a comment.
#[derive(Default)]
pub struct Report(Vec<(String, String)>);

impl Report {
    /// Adds a value that is not secret.
    pub fn value(&mut self, setting: Setting, value: &Sourced<String>) {
        self.row(setting, &quoted(&value.value), &value.source.to_string());
    }

    /// Adds a value that is not secret and may be missing.
    pub fn optional(&mut self, setting: Setting, value: Option<&Sourced<String>>) {
        match value {
            Some(value) => self.value(setting, value),
            None => self.missing(setting),
        }
    }

    /// Adds a number or a boolean.
    pub fn plain(&mut self, setting: Setting, value: impl fmt::Display, source: &Source) {
        self.row(setting, &value.to_string(), &source.to_string());
    }

    /// Adds a list of values.
    pub fn list(&mut self, setting: Setting, source: &Source, values: &[String]) {
        let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
        self.row(
            setting,
            &format!("[{}]", values.join(", ")),
            &source.to_string(),
        );
    }

    /// Adds a configured secret without its value.
    pub fn secret(&mut self, setting: Setting, source: &Source) {
        self.row(setting, "\"(set)\"", &source.to_string());
    }

    /// Adds a secret that is not configured.
    pub fn no_secret(&mut self, setting: Setting) {
        self.0.push((
            format!("# {} = \"(not set)\"", setting.name()),
            String::new(),
        ));
    }

    /// Adds a setting that has neither a value nor a default.
    pub fn missing(&mut self, setting: Setting) {
        self.0
            .push((format!("# {} =", setting.name()), "not set".to_owned()));
    }

    fn row(&mut self, setting: Setting, value: &str, comment: &str) {
        self.0
            .push((format!("{} = {value}", setting.name()), comment.to_owned()));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|(row, _)| row.len()).max().unwrap_or(0);
        for (row, comment) in &self.0 {
            if comment.is_empty() {
                writeln!(formatter, "{row}")?;
            } else {
                writeln!(formatter, "{row:width$}  # {comment}")?;
            }
        }
        Ok(())
    }
}

/// Quotes text as a basic string of TOML, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
