//! Where the key that seals secrets comes from.

use std::{fs, path::Path};

use store::KeySource;

use super::{
    ConfigError, Setting,
    report::Report,
    values::{Source, Sourced, Values},
};

/// The key as set, the file that was set, or `mailgrant.key` in the data directory.
pub fn read(
    values: &Values,
    data_directory: &Path,
    report: &mut Report,
) -> Result<KeySource, ConfigError> {
    match values.either(Setting::Key, Setting::KeyFile)? {
        Some(key) if key.setting == Setting::Key => {
            report.secret(Setting::Key, &key.source);
            Ok(KeySource::Value(key.value.into()))
        }
        file => {
            report.no_secret(Setting::Key);
            let file = file.unwrap_or_else(|| Sourced {
                setting: Setting::KeyFile,
                source: Source::Default,
                value: data_directory.join("mailgrant.key").display().to_string(),
            });
            report.value(Setting::KeyFile, &file);
            Ok(KeySource::File(file.value.into()))
        }
    }
}

/// The one line of a file that holds a secret.
pub fn first_line(path: &Sourced<String>) -> Result<String, ConfigError> {
    let text = fs::read_to_string(&path.value)
        .map_err(|error| path.wrong(format!("cannot read {}: {error}", path.value)))?;
    let line = text.trim();
    if line.is_empty() || line.contains('\n') {
        return Err(path.wrong(format!("{} does not hold exactly one line", path.value)));
    }
    Ok(line.to_owned())
}
