//! The settings of `mailgrant send`: URL of the server, API key, and spool (`send.toml`).

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use domain::{EmailAddress, Host};
use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use mail::Remote;
use secrecy::SecretString;
use serde::Deserialize;
use store::file;

use super::{SendSettingsError as Error, SpoolError};
use crate::config::{MAX_PEM, SYSTEM_SEND_SETTINGS};

/// Settings file relative to a user's home directory.
const OWN: &str = ".config/mailgrant/send.toml";
/// Default URL of the server.
const SERVER: &str = "http://127.0.0.1:3000";
/// Largest settings or key file, in bytes.
const MAX_FILE: u32 = 65_536;

/// Default number of megabytes that must stay free on the disk of the spool.
const MIN_FREE_MB: u32 = 100;

/// The effective settings.
#[derive(Debug)]
pub struct SendSettings {
    /// The origin of the server.
    pub server: String,
    /// The absolute path of the spool directory.
    pub spool: PathBuf,
    /// Bytes that must stay free on the disk of the spool.
    pub min_free_bytes: u64,
    /// The data center to send from.
    pub data_center: Option<String>,
    /// The address that receives mail for local users.
    pub local_recipient: Option<EmailAddress>,
    /// The mail domain of local users.
    pub domain: Option<Host>,
    /// True if every From address that is not allowed is replaced, not only that of a local user.
    pub replace_from: bool,
    /// The path of the settings file, which may not exist.
    pub source: PathBuf,
    key_file: PathBuf,
    key: Option<SecretString>,
    extra_roots: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    server: Option<String>,
    key_file: Option<PathBuf>,
    spool: Option<PathBuf>,
    min_free_disk_mb: Option<u32>,
    data_center: Option<String>,
    local_recipient: Option<String>,
    domain: Option<String>,
    replace_from: bool,
    extra_roots: Option<PathBuf>,
}

impl SendSettings {
    /// Reads the settings of a program run: the given file, else that of the user or of the system,
    /// overridden by variables that begin with `MAILGRANT_SEND_`.
    ///
    /// # Errors
    ///
    /// Returns an error if a source cannot be read or a setting is not valid.
    pub fn of_program(
        named: Option<&Path>,
        home: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let variable = |name: &str| {
            let value = variable(&format!("MAILGRANT_SEND_{name}"));
            value.filter(|value| !value.is_empty())
        };
        let named = named.map(Path::to_owned);
        let named = named.or_else(|| variable("CONFIG").map(Into::into));
        let own = home.map(|home| home.join(OWN)).filter(|own| own.exists());
        let has_to_be = named.is_some();
        let source = named.or(own).unwrap_or_else(|| SYSTEM_SEND_SETTINGS.into());
        Self::read(source, has_to_be, home, variable)
    }

    /// Reads the settings of one file, for a process that does not run as its user.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or a setting is not valid.
    pub fn of_file(file: &Path) -> Result<Self, Error> {
        let home = file.parent().filter(|_| file.ends_with(OWN));
        let home = home.and_then(|folder| folder.ancestors().nth(2));
        Self::read(file.to_owned(), true, home, |_| None)
    }

    fn read(
        source: PathBuf,
        has_to_be: bool,
        home: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let file = written(&source, has_to_be)?;
        let invalid = |name| Error::Invalid {
            path: source.clone(),
            name,
        };
        let local = file.local_recipient.as_deref();
        let local = local.map(EmailAddress::parse).transpose();
        let domain = file.domain.as_deref().map(Host::parse).transpose();
        let folder = source.parent().unwrap_or_else(|| Path::new("/"));
        let path = |name: &str, written: Option<PathBuf>| {
            let given = variable(name).map(PathBuf::from);
            given.or(written)
        };
        let spool = path("SPOOL", file.spool).unwrap_or_else(|| default_spool(home));
        if !spool.is_absolute() {
            return Err(Error::RelativeSpool { path: spool });
        }
        let key_file = path("KEY_FILE", file.key_file);
        Ok(Self {
            server: variable("SERVER")
                .or(file.server)
                .unwrap_or_else(|| SERVER.into()),
            spool,
            min_free_bytes: u64::from(file.min_free_disk_mb.unwrap_or(MIN_FREE_MB)) * 1_000_000,
            data_center: variable("DATA_CENTER").or(file.data_center),
            local_recipient: local.map_err(|_| invalid("local_recipient"))?,
            domain: domain.map_err(|_| invalid("domain"))?,
            replace_from: file.replace_from,
            key_file: key_file.unwrap_or_else(|| folder.join("send.key")),
            key: variable("KEY").map(Into::into),
            extra_roots: path("EXTRA_ROOTS", file.extra_roots),
            source,
        })
    }

    /// Returns a client for the server with its URL and key.
    ///
    /// # Errors
    ///
    /// Returns an error if the key or the certificates cannot be read, or if TLS cannot be set up.
    pub fn remote(&self) -> Result<Remote, SpoolError> {
        let (key, roots) = (self.key()?, self.roots()?);
        Ok(Remote::new(&self.server, key, roots)?)
    }

    /// Returns the ID of the user who owns the key file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file does not exist.
    pub fn owner_of_key(&self) -> Result<u32, Error> {
        let about = fs::metadata(&self.key_file);
        about
            .map(|about| about.uid())
            .map_err(|cause| Error::NoKey {
                path: self.key_file.clone(),
                cause,
            })
    }

    fn key(&self) -> Result<SecretString, Error> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let path = || self.key_file.clone();
        let text = file::read_secret(&self.key_file, MAX_FILE).map_err(|cause| {
            let path = path();
            match cause.kind() {
                io::ErrorKind::NotFound => Error::NoKey { path, cause },
                _ => Error::Unreadable { path, cause },
            }
        })?;
        let key = text.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(Error::NotAKey { path: path() });
        }
        Ok(key.into())
    }

    /// Returns the DER certificates to trust in addition to those of the system.
    fn roots(&self) -> Result<Vec<Vec<u8>>, Error> {
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};

        let Some(path) = &self.extra_roots else {
            return Ok(Vec::new());
        };
        let wrong = |_| Error::NoCertificates { path: path.clone() };
        let pem = file::read(path, MAX_PEM).map_err(|cause| Error::Unreadable {
            path: path.clone(),
            cause,
        })?;
        CertificateDer::pem_slice_iter(&pem)
            .map(|one| one.map(|one| one.to_vec()).map_err(wrong))
            .collect()
    }
}

fn written(path: &Path, has_to_be: bool) -> Result<Written, Error> {
    match file::read_text(path, MAX_FILE) {
        Ok(text) => Figment::from(Toml::string(&text))
            .extract()
            .map_err(|cause| Error::Malformed {
                path: path.to_owned(),
                cause: cause.into(),
            }),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !has_to_be => {
            Ok(Written::default())
        }
        Err(cause) => Err(Error::Unreadable {
            path: path.to_owned(),
            cause,
        }),
    }
}

/// Returns the system-wide spool for root, and one in the home directory for other users.
fn default_spool(home: Option<&Path>) -> PathBuf {
    let system = PathBuf::from("/var/spool/mailgrant");
    match home {
        Some(home) if home != Path::new("/root") && home.is_absolute() => {
            home.join(".local/state/mailgrant/spool")
        }
        _ => system,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn a_key_file_that_others_can_read_or_that_is_not_regular_is_an_error_and_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("send.toml");
        fs::write(&settings, "").unwrap();
        let key = folder.path().join("send.key");
        let read = || {
            let settings = SendSettings::of_file(&settings).unwrap();
            settings
                .key()
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        assert!(read().unwrap_err().contains("mailgrant api-key add"));
        fs::write(&key, "mgk_planted\n").unwrap();
        for (mode, taken) in [(0o600, true), (0o640, true), (0o644, false)] {
            fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read().is_ok(), taken, "{mode:o}");
        }
        let error = read().unwrap_err();
        assert!(
            error.contains("0600") && !error.contains("planted"),
            "{error}"
        );

        let fifo = |path: &Path| {
            fs::remove_file(path).unwrap();
            let mode = Mode::RUSR | Mode::WUSR;
            mknodat(CWD, path, FileType::Fifo, mode, 0).unwrap();
        };
        fifo(&key);
        let error = read().unwrap_err();
        assert!(error.contains("not a regular file"), "{error}");
        // A user could do the same to a server that submits the spool.
        fifo(&settings);
        assert!(SendSettings::of_file(&settings).is_err());
    }

    #[test]
    fn a_server_finds_the_spool_of_a_user_by_where_his_settings_are() {
        let home = tempfile::tempdir().unwrap();
        let own = home.path().join(OWN);
        fs::create_dir_all(own.parent().unwrap()).unwrap();
        fs::write(&own, "").unwrap();
        let elsewhere = home.path().join("send.toml");
        fs::write(&elsewhere, "").unwrap();
        let spool = |file: &Path| SendSettings::of_file(file).unwrap().spool;
        assert_eq!(
            spool(&own),
            home.path().join(".local/state/mailgrant/spool")
        );
        assert_eq!(spool(&elsewhere), Path::new("/var/spool/mailgrant"));
        fs::write(&elsewhere, "spool = \"kept\"").unwrap();
        let relative = SendSettings::of_file(&elsewhere);
        assert!(matches!(relative, Err(Error::RelativeSpool { .. })));
    }
}
