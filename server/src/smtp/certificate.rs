//! The certificate of the SMTP server: configured PEM files, or a self-signed one that is made at
//! the first start.

mod shown;

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use app::smtp_listeners::SmtpListeners;
use clock::{Clock as _, SystemClock};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use store::file;
use submission::TlsConfig;
use tokio::time::sleep;

use crate::config::{Config, MAX_PEM};

/// Names of the self-signed certificate and its key in the data directory.
pub(super) const CERTIFICATE: &str = "smtp-certificate.pem";
const KEY: &str = "smtp-certificate-key.pem";
/// Years for which a self-signed certificate is valid. Devices import it and are then forgotten.
const YEARS: u32 = 10;
/// Interval for looking for changed files.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The reason why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file could not be read or written.
    #[error("{}", path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file has no certificate or key in PEM.
    #[error("{}: contains no {what} in PEM", path.display())]
    NoPem {
        /// The path of the file.
        path: PathBuf,
        /// "certificate" or "private key".
        what: &'static str,
    },
    /// The certificate and the key cannot be used together.
    #[error("the certificate and its key cannot be used")]
    Unusable(#[from] rustls::Error),
    /// A certificate could not be made.
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
}

/// The files of a certificate.
#[derive(Debug)]
pub struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
    is_self_signed: bool,
}

/// Modification time in seconds and nanoseconds, inode, and size of both files.
type Version = [(i64, i64, u64, u64); 2];

type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl CertificateFiles {
    /// Returns the configured files, or those of the self-signed certificate, which is made if it
    /// is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if a certificate cannot be made.
    pub fn of(config: &Config, name: &str) -> Result<Self, CertificateError> {
        if let Some(configured) = &config.smtp.certificate {
            return Ok(Self {
                certificate: configured.certificate.clone(),
                key: configured.key.clone(),
                is_self_signed: false,
            });
        }
        let files = Self {
            certificate: config.data_directory.join(CERTIFICATE),
            key: config.data_directory.join(KEY),
            is_self_signed: true,
        };
        if !files.certificate.exists() || !files.key.exists() {
            files.make(name)?;
        }
        Ok(files)
    }

    /// Reads the files. Pages get the certificate from `shown`.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read, or if they do not belong together.
    pub fn load(&self, shown: &SmtpListeners) -> Result<TlsConfig, CertificateError> {
        let (chain, key) = self.read()?;
        let certificate = shown::certificate(&chain, self.is_self_signed);
        let tls = TlsConfig::new(chain, key)?;
        shown.set_certificate(certificate);
        Ok(tls)
    }

    /// Reloads the files when they change. A certificate that cannot be used is reported, and the
    /// previous one stays.
    pub async fn keep_current(&self, tls: TlsConfig, shown: &SmtpListeners) {
        let mut loaded = self.version();
        loop {
            sleep(LOOK_EVERY).await;
            match self.reload(&tls, shown, &mut loaded) {
                None => {}
                Some(Ok(())) => tracing::info!("certificate for SMTP reloaded"),
                Some(Err(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "certificate for SMTP not reloaded");
                }
            }
        }
    }

    /// Reloads the files if their version is not the loaded one. Programs that renew certificates
    /// write two files, so a pair that does not fit is read again when the second one has changed.
    fn reload(
        &self,
        tls: &TlsConfig,
        shown: &SmtpListeners,
        loaded: &mut Option<Version>,
    ) -> Option<Result<(), CertificateError>> {
        let version = self.version();
        if version.is_none() || version == *loaded {
            return None;
        }
        *loaded = version;
        let replaced = |(chain, key): Pair| {
            let certificate = shown::certificate(&chain, self.is_self_signed);
            tls.replace(chain, key)?;
            shown.set_certificate(certificate);
            Ok(())
        };
        Some(self.read().and_then(replaced))
    }

    fn version(&self) -> Option<Version> {
        let version = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            let (seconds, nanoseconds) = (metadata.mtime(), metadata.mtime_nsec());
            Some((seconds, nanoseconds, metadata.ino(), metadata.size()))
        };
        Some([version(&self.certificate)?, version(&self.key)?])
    }

    fn read(&self) -> Result<Pair, CertificateError> {
        let pem = read(&self.certificate)?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .filter_map(Result::ok)
            .collect();
        if chain.is_empty() {
            return Err(CertificateError::NoPem {
                path: self.certificate.clone(),
                what: "certificate",
            });
        }
        let pem = read(&self.key)?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| CertificateError::NoPem {
            path: self.key.clone(),
            what: "private key",
        })?;
        Ok((chain, key))
    }

    /// Makes a self-signed certificate for this name, the name of this machine on loopback, and
    /// both addresses of loopback.
    fn make(&self, name: &str) -> Result<(), CertificateError> {
        let mut names = vec![name.to_owned()];
        for local in ["localhost", "127.0.0.1", "::1"] {
            if local != name {
                names.push(local.to_owned());
            }
        }
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let now = u64::try_from(SystemClock.now().0).unwrap_or_default();
        let now = Duration::from_secs(now);
        let day = Duration::from_hours(24);
        let epoch = date_time_ymd(1970, 1, 1);
        // Devices without a battery have clocks that are slow.
        params.not_before = epoch + now.saturating_sub(day * 365);
        params.not_after = epoch + now + day * 365 * YEARS;
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        write(&self.key, &key.serialize_pem(), 0o600)?;
        write(&self.certificate, &certificate.pem(), 0o644)?;
        tracing::info!(
            path = %self.certificate.display(),
            name,
            "self-signed certificate for SMTP made"
        );
        Ok(())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    file::read(path, MAX_PEM).map_err(|source| CertificateError::File {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file under another name and renames it, so that no reader sees a part of it.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), CertificateError> {
    let unfinished = path.with_extension(format!("new-{}", std::process::id()));
    let written = || {
        let mut options = fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    written().map_err(|source| CertificateError::File {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use app::smtp_listeners::SmtpListeners;

    use super::CertificateFiles;

    fn names(shown: &SmtpListeners) -> Vec<String> {
        shown.certificate().unwrap().names
    }

    fn files(directory: &std::path::Path, name: &str) -> CertificateFiles {
        let files = CertificateFiles {
            certificate: directory.join("certificate.pem"),
            key: directory.join("key.pem"),
            is_self_signed: true,
        };
        files.make(name).unwrap();
        files
    }

    #[test]
    fn a_certificate_that_was_made_can_be_used_and_its_key_is_private() {
        for name in ["mail.example.com", "localhost", "192.0.2.1"] {
            let directory = tempfile::tempdir().unwrap();
            let files = files(directory.path(), name);
            files.load(&SmtpListeners::default()).unwrap();
            let mode = fs::metadata(&files.key).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_changed_pair_is_loaded_once_and_a_broken_one_leaves_the_previous() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(directory.path(), "a.example");
        let shown = SmtpListeners::default();
        let (tls, mut loaded) = (files.load(&shown).unwrap(), files.version());
        assert_eq!(names(&shown)[0], "a.example");
        assert!(files.reload(&tls, &shown, &mut loaded).is_none());
        files.make("b.example").unwrap();
        assert!(matches!(
            files.reload(&tls, &shown, &mut loaded),
            Some(Ok(()))
        ));
        assert_eq!(names(&shown)[0], "b.example");
        assert!(files.reload(&tls, &shown, &mut loaded).is_none());
        fs::write(&files.key, "half of a key").unwrap();
        assert!(matches!(
            files.reload(&tls, &shown, &mut loaded),
            Some(Err(_))
        ));
        assert_eq!(names(&shown)[0], "b.example");
        fs::remove_file(&files.key).unwrap();
        assert!(files.reload(&tls, &shown, &mut loaded).is_none());
    }

    #[test]
    fn a_pair_that_does_not_belong_together_is_refused() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut one, other) = (
            files(one.path(), "a.example"),
            files(other.path(), "a.example"),
        );
        let before = one.version();
        one.key.clone_from(&other.key);
        assert!(one.load(&SmtpListeners::default()).is_err());
        assert_ne!(one.version(), before);
        fs::write(&one.certificate, "text").unwrap();
        assert!(
            one.load(&SmtpListeners::default())
                .unwrap_err()
                .to_string()
                .contains("no certificate")
        );
    }
}
