//! Where the server is and what the key to it is: `send.toml`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use domain::{EmailAddress, Host};
use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Asked, exit::Failure};

const SYSTEM: &str = "/etc/mailgrant/send.toml";
/// Where the server of this machine is unless the settings say otherwise.
const SERVER: &str = "http://127.0.0.1:3000";

/// What is in force.
#[derive(Debug)]
pub struct Settings {
    /// The origin of the server.
    pub server: String,
    /// The directory that messages are kept in.
    pub spool: PathBuf,
    /// The data center to send from.
    pub data_center: Option<String>,
    /// Who gets mail for users of this machine.
    pub local_recipient: Option<EmailAddress>,
    /// The domain of users of this machine.
    pub domain: Option<Host>,
    /// Whether every From address that is not allowed is replaced, not only that of a local user.
    pub replace_from: bool,
    /// The file these come from, or would come from.
    pub source: String,
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
    data_center: Option<String>,
    local_recipient: Option<String>,
    domain: Option<String>,
    replace_from: bool,
    extra_roots: Option<PathBuf>,
}

impl Settings {
    /// Reads the file and the environment.
    pub fn load(asked: &Asked, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let variable = |name: &str| {
            let value = variable(&format!("MAILGRANT_SEND_{name}"));
            value.filter(|value| !value.is_empty())
        };
        let named = asked
            .config
            .clone()
            .or_else(|| variable("CONFIG").map(Into::into));
        let home = env::var_os("HOME").map(PathBuf::from);
        let own = home
            .as_ref()
            .map(|home| home.join(".config/mailgrant/send.toml"));
        let source = match named {
            Some(named) => named,
            None => own
                .filter(|own| own.exists())
                .unwrap_or_else(|| SYSTEM.into()),
        };
        let file = read(
            &source,
            asked.config.is_some() || variable("CONFIG").is_some(),
        )?;
        let wrong = |name: &str| {
            Failure::configuration(format!("{name} in {} is not valid", source.display()))
        };
        let local = file.local_recipient.as_deref();
        let local = local.map(EmailAddress::parse).transpose();
        let domain = file.domain.as_deref().map(Host::parse).transpose();
        let folder = source.parent().unwrap_or_else(|| Path::new("/"));
        Ok(Self {
            server: variable("SERVER")
                .or(file.server)
                .unwrap_or_else(|| SERVER.into()),
            spool: variable("SPOOL")
                .map(PathBuf::from)
                .or(file.spool)
                .unwrap_or_else(|| default_spool(home.as_deref())),
            data_center: asked
                .data_center
                .clone()
                .or_else(|| variable("DATA_CENTER"))
                .or(file.data_center),
            local_recipient: local.map_err(|_| wrong("local_recipient"))?,
            domain: domain.map_err(|_| wrong("domain"))?,
            replace_from: file.replace_from,
            key_file: variable("KEY_FILE")
                .map(PathBuf::from)
                .or(file.key_file)
                .unwrap_or_else(|| folder.join("send.key")),
            key: variable("KEY").map(Into::into),
            extra_roots: variable("EXTRA_ROOTS")
                .map(PathBuf::from)
                .or(file.extra_roots),
            source: source.display().to_string(),
        })
    }

    /// The API key.
    pub fn key(&self) -> Result<SecretString, Failure> {
        if let Some(key) = &self.key {
            return Ok(key.clone());
        }
        let shown = self.key_file.display();
        let text = fs::read_to_string(&self.key_file).map_err(|error| {
            Failure::configuration(format!(
                "cannot read the API key in {shown}: {error}; \"mailgrant api-key add NAME --output {shown}\" makes one"
            ))
        })?;
        let key = text.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            let text = format!("{shown} does not hold exactly one API key");
            return Err(Failure::configuration(text));
        }
        Ok(key.into())
    }

    /// Certificates that are trusted besides those of the system (DER).
    pub fn roots(&self) -> Result<Vec<Vec<u8>>, Failure> {
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};

        let Some(path) = &self.extra_roots else {
            return Ok(Vec::new());
        };
        let wrong = |_| {
            let text = format!("{} does not hold certificates in PEM", path.display());
            Failure::configuration(text)
        };
        let found = CertificateDer::pem_file_iter(path).map_err(wrong)?;
        found
            .map(|one| one.map(|one| one.to_vec()).map_err(wrong))
            .collect()
    }
}

fn read(path: &Path, has_to_be: bool) -> Result<Written, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Figment::from(Toml::string(&text))
            .extract()
            .map_err(|error| Failure::configuration(format!("{}: {error}", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !has_to_be => {
            Ok(Written::default())
        }
        Err(error) => {
            let text = format!("cannot read {}: {error}", path.display());
            Err(Failure::configuration(text))
        }
    }
}

/// That of the machine for root, else one of the user.
fn default_spool(home: Option<&Path>) -> PathBuf {
    let system = PathBuf::from("/var/spool/mailgrant");
    match home {
        Some(home) if home != Path::new("/root") && home.is_absolute() => {
            home.join(".local/state/mailgrant/spool")
        }
        _ => system,
    }
}
