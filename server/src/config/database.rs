//! Which database.

use std::path::Path;

use secrecy::SecretString;

use super::{
    ConfigError, Setting,
    key::first_line,
    report::Report,
    values::{Source, Values},
};

/// The URL of the database: as set, from the file that was set, or `SQLite` in the data directory.
pub fn read(
    values: &Values,
    data_directory: &Path,
    report: &mut Report,
) -> Result<SecretString, ConfigError> {
    let Some(found) = values.either(Setting::DatabaseUrl, Setting::DatabaseUrlFile)? else {
        let path = data_directory.join("mailgrant.db");
        let url = format!("sqlite://{}", path.display());
        report.optional(
            Setting::DatabaseUrl,
            Some(&super::values::Sourced {
                setting: Setting::DatabaseUrl,
                source: Source::Default,
                value: url.clone(),
            }),
        );
        return Ok(url.into());
    };
    let url = if found.setting == Setting::DatabaseUrlFile {
        report.value(Setting::DatabaseUrlFile, &found);
        first_line(&found)?
    } else {
        report_url(&found, report);
        found.value.trim().to_owned()
    };
    if !["sqlite:", "postgres:", "postgresql:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(found.wrong("is neither a sqlite: nor a postgres: URL"));
    }
    // Every user of the machine sees the arguments of every process.
    if found.source == Source::CommandLine
        && found.setting == Setting::DatabaseUrl
        && has_password(&url)
    {
        return Err(found.wrong(
            "holds a password, which others on this machine could read; use --database-url-file",
        ));
    }
    Ok(url.into())
}

fn report_url(found: &super::values::Sourced<String>, report: &mut Report) {
    if has_password(&found.value) {
        report.secret(Setting::DatabaseUrl, &found.source);
    } else {
        report.value(Setting::DatabaseUrl, found);
    }
}

/// Errs on the side of hiding: only `SQLite` URLs and those without user information and query
/// are certain to hold none.
fn has_password(url: &str) -> bool {
    !url.trim_start().starts_with("sqlite:") && url.contains(['@', '?'])
}
