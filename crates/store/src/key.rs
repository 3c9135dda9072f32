//! The key that seals secrets, and its source.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::file;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::StoreError;

/// Source of the key that seals secrets: 32 bytes as base64 or hexadecimal text.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// The text of the key.
    Value(SecretString),
    /// A file with the text. If it is missing and nothing has been sealed yet, it is created with
    /// mode 0600.
    File(PathBuf),
}

/// Maximum size of a key file in bytes.
const MAX_FILE: u32 = 4_096;

/// A key of 32 bytes, overwritten in memory when dropped.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    #[cfg(test)]
    pub(crate) fn of(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            let digits: Option<Vec<u8>> = (0..32)
                .map(|at| text.get(at * 2..at * 2 + 2))
                .map(|pair| pair.filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit())))
                .map(|pair| u8::from_str_radix(pair?, 16).ok())
                .collect();
            Zeroizing::new(digits?)
        } else {
            let padding = DecodePaddingMode::Indifferent;
            let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
            let text = Zeroizing::new(text.replace('-', "+").replace('_', "/"));
            let decoded = GeneralPurpose::new(&STANDARD, config).decode(text.as_bytes());
            Zeroizing::new(decoded.ok()?)
        };
        let bytes: &[u8; 32] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(*bytes)))
    }
}

impl KeySource {
    /// Returns every key that the source has now, including one that a rotation is about to put in
    /// place.
    pub(crate) fn keys(&self) -> Vec<Key> {
        match self {
            Self::Value(text) => Key::parse(text.expose_secret()).into_iter().collect(),
            // The new file may replace the old one between two reads.
            Self::File(path) => [read(path), read(&beside(path)), read(path)]
                .into_iter()
                .flatten()
                .collect(),
        }
    }

    /// Reads the key. Creates a missing file if `may_create` is true.
    pub(crate) fn load(&self, may_create: bool) -> Result<Key, StoreError> {
        match self {
            Self::Value(text) => Key::parse(text.expose_secret()).ok_or(StoreError::KeyMalformed),
            Self::File(path) => match read(path) {
                Err(StoreError::KeyMissing { .. }) if may_create => create_and_read(path),
                read => read,
            },
        }
    }
}

/// Returns the path where a rotation writes the key that will replace `path`.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    beside.into()
}

/// Removes a key file. Returns false if there is none.
pub(crate) fn remove(path: &Path) -> Result<bool, StoreError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(path, error)),
    }
}

/// Replaces a key file with another one durably.
pub(crate) fn replace(new: &Path, path: &Path) -> Result<(), StoreError> {
    let moved = fs::rename(new, path).and_then(|()| sync_folder(path));
    moved.map_err(|error| failed(path, error))
}

/// Creates a key file that only its owner may read, unless it exists. The key is on the disk when
/// this returns.
pub(crate) fn create_and_read(path: &Path) -> Result<Key, StoreError> {
    create(path).map_err(|error| failed(path, error))?;
    read(path)
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    StoreError::KeyFile {
        path: path.into(),
        source,
    }
}

pub(crate) fn read(path: &Path) -> Result<Key, StoreError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::KeyMissing { path: path.into() },
        _ => failed(path, error),
    };
    let file = file::open(path).map_err(failed)?;
    // The group may read, because systemd credentials and Kubernetes secrets are mounted this way.
    if file.metadata().map_err(failed)?.permissions().mode() & 0o027 != 0 {
        return Err(StoreError::KeyReadable { path: path.into() });
    }
    let octets = Zeroizing::new(file::read_open(file, MAX_FILE).map_err(failed)?);
    let text = std::str::from_utf8(&octets).ok();
    text.and_then(Key::parse).ok_or(StoreError::KeyMalformed)
}

fn no_random() -> io::Error {
    io::Error::other("no random bytes")
}

/// Creates a key file atomically. A file that another server has created meanwhile stays.
fn create(path: &Path) -> io::Result<()> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| no_random())?;
    let text = Zeroizing::new(BASE64_STANDARD.encode(*bytes));
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(
        ".{:016x}",
        getrandom::u64().map_err(|_| no_random())?
    ));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    let made = file
        .write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .and_then(|()| match fs::hard_link(&unfinished, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
    fs::remove_file(&unfinished)?;
    made?;
    sync_folder(path)
}

/// Syncs the directory, which makes the file name durable.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_key_in_each_notation() {
        let hex = "fb".repeat(32);
        let padded = BASE64_STANDARD.encode([0xfb; 32]);
        let url_safe = padded.replace('+', "-").replace('/', "_");
        for text in [
            &hex,
            &hex.to_uppercase(),
            &format!(" {padded}\n"),
            &padded.trim_end_matches('=').to_owned(),
            &url_safe,
        ] {
            let key = Key::parse(text).map(|key| *key.bytes());
            assert_eq!(key, Some([0xfb; 32]), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_32_bytes() {
        let short = BASE64_STANDARD.encode([1; 31]);
        let long = BASE64_STANDARD.encode([1; 33]);
        let bad_hex = format!("{}+f", "ab".repeat(31));
        for text in ["", "password", &short, &long, &bad_hex, &"ä".repeat(32)] {
            assert!(Key::parse(text).is_none(), "{text}");
        }
    }
}
