//! The spools of this machine that the server submits.

use std::path::PathBuf;

use super::{ConfigError, Setting, report::Report, source::Source, values::Values};

/// Settings file of `mailgrant send` for the whole machine.
pub const SYSTEM_SEND_SETTINGS: &str = "/etc/mailgrant/send.toml";

/// Reads the paths of the `mailgrant send` settings files. The default is the file for the whole
/// machine.
pub fn read(values: &Values, report: &mut Report) -> Result<Vec<PathBuf>, ConfigError> {
    let found = values.paths(Setting::SpoolsOf)?;
    let (source, paths) = match found {
        Some(found) => {
            if let Some(path) = found.value.iter().find(|path| !path.is_absolute()) {
                let problem = format!("{} is not an absolute path", path.display());
                return Err(found.invalid(problem));
            }
            (found.source, found.value)
        }
        None => (Source::Default, vec![SYSTEM_SEND_SETTINGS.into()]),
    };
    let shown = paths.iter().map(|path| path.display().to_string());
    report.list(Setting::SpoolsOf, &source, &shown.collect::<Vec<_>>());
    Ok(paths)
}
