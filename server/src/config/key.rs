//! The source of the key that seals secrets.

use std::path::Path;

use store::KeySource;
use store::file;

use super::{
    ConfigError, Setting,
    report::Report,
    source::Source,
    values::{Sourced, Values},
};

/// Largest file with a single line, in bytes.
const MAX_LINE: u32 = 65_536;

/// Returns the configured key, the configured key file, or `mailgrant.key` in the data directory.
pub fn read(
    values: &Values,
    data_directory: &Path,
    report: &mut Report,
) -> Result<KeySource, ConfigError> {
    match values.either(Setting::Key, Setting::KeyFile)? {
        Some(key) if key.setting == Setting::Key => {
            source_is_private(&key)?;
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

/// Returns an error if the configuration file contains a secret that every user of the machine can
/// read.
pub fn source_is_private(secret: &Sourced<String>) -> Result<(), ConfigError> {
    let Source::File(path) = &secret.source else {
        return Ok(());
    };
    let file = file::open(path).and_then(|file| file.metadata());
    match file {
        Ok(metadata) if file::is_open_to_others(&metadata) => {
            Err(secret
                .invalid("is a secret in a file that every user can open; set its mode to 0600"))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(secret.invalid(format!("cannot read the file: {error}"))),
    }
}

/// Reads the only line of a file that contains a secret.
pub fn first_line(path: &Sourced<String>) -> Result<String, ConfigError> {
    let text = file::read_secret(Path::new(&path.value), MAX_LINE)
        .map_err(|error| path.invalid(format!("cannot read {}: {error}", path.value)))?;
    let line = text.trim();
    if line.is_empty() || line.contains('\n') {
        return Err(path.invalid(format!("{} does not contain exactly one line", path.value)));
    }
    Ok(line.to_owned())
}
