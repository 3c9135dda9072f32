//! The URL of the database.

use std::path::Path;

use domain::Host;
use secrecy::SecretString;

use super::{
    ConfigError, Setting,
    key::{first_line, source_is_private},
    report::Report,
    source::Source,
    values::Values,
};

/// Returns the configured database URL, the one from the configured file, or that of SQLite in the
/// data directory.
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
        if has_password(&found.value) {
            source_is_private(&found)?;
        }
        found.value.trim().to_owned()
    };
    if !["sqlite:", "postgres:", "postgresql:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(found.invalid("is neither a sqlite: nor a postgres: URL"));
    }
    // Every user of the machine can read the arguments of a process.
    if found.source == Source::CommandLine
        && found.setting == Setting::DatabaseUrl
        && has_password(&url)
    {
        return Err(found.invalid(
            "contains a password that other users of this machine could read; use --database-url-file",
        ));
    }
    if lacks_tls(&url) {
        return Err(found.invalid(
            "is on another machine, and the connection may be unencrypted; add sslmode=verify-full (or verify-ca, or require) to its query",
        ));
    }
    Ok(url.into())
}

/// Returns true if the database is on another machine and its URL does not require TLS: the
/// driver's default would accept a server without TLS.
fn lacks_tls(url: &str) -> bool {
    let Some(rest) = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
    else {
        return !url.starts_with("sqlite:");
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next(),
        None => host.split(':').next(),
    };
    let parameter = |names: &[&str]| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(name, _)| names.contains(name))
            .map(|(_, value)| value)
            .next_back()
    };
    let host = parameter(&["host", "hostaddr"])
        .or(host)
        .unwrap_or_default();
    let is_socket = host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
    // Without a host the driver connects to the local socket.
    let is_here =
        host.is_empty() || is_socket || Host::parse(host).is_ok_and(|host| host.is_loopback());
    let insists = matches!(
        parameter(&["sslmode", "ssl-mode"]),
        Some("require" | "verify-ca" | "verify-full")
    );
    !is_here && !insists
}

fn report_url(found: &super::values::Sourced<String>, report: &mut Report) {
    if has_password(&found.value) {
        report.secret(Setting::DatabaseUrl, &found.source);
    } else {
        report.value(Setting::DatabaseUrl, found);
    }
}

/// Returns true if the URL may contain a password. Only SQLite URLs and those without user
/// information and query are certain to contain none.
fn has_password(url: &str) -> bool {
    !url.trim_start().starts_with("sqlite:") && url.contains(['@', '?'])
}

#[cfg(test)]
mod tests {
    use super::lacks_tls;

    #[test]
    fn a_database_on_another_machine_requires_tls() {
        for url in [
            "sqlite::memory:",
            "sqlite://data/mailgrant.db",
            "postgres://localhost/mailgrant",
            "postgres://user:p%40ss@127.0.0.1:5432/mailgrant",
            "postgresql://[::1]:5432/mailgrant",
            "postgres://user@%2Fvar%2Frun%2Fpostgresql/mailgrant",
            "postgres:///mailgrant",
            "postgres:///mailgrant?host=/var/run/postgresql",
            "postgres://db.example.com/mailgrant?sslmode=verify-full",
            "postgres://db.example.com/mailgrant?a=b&sslmode=require",
        ] {
            assert!(!lacks_tls(url), "{url}");
        }
        for url in [
            "postgres://db.example.com/mailgrant",
            "postgres://user:localhost@db.example.com/mailgrant",
            "postgres://192.0.2.1:5432/mailgrant?sslmode=prefer",
            "postgres://db.example.com/mailgrant?sslmode=",
            "postgres://localhost/mailgrant?host=db.example.com",
            "postgres://db.example.com/mailgrant?sslmode=require&sslmode=disable",
            "postgres:db.example.com",
        ] {
            assert!(lacks_tls(url), "{url}");
        }
    }
}
