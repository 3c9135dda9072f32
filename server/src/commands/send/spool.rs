//! Messages that are kept on the disk while the server is away: one file each, which only its owner may read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use mail::RemoteMessage;
use serde::{Deserialize, Serialize};

use super::{Settings, exit::Failure};

const ENDING: &str = ".mail";
/// Where messages are put that the server refuses.
const REFUSED: &str = "refused";

/// The directory.
#[derive(Debug)]
pub struct Spool(PathBuf);

/// A message with its envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spooled {
    /// Who gets it.
    pub recipients: Vec<String>,
    /// The address of the envelope.
    pub sender: Option<String>,
    /// Where it is sent from.
    pub data_center: Option<String>,
    /// Whether a From address that is not allowed is replaced.
    pub replace_from: bool,
    /// The message. In the file it stands after the line of the rest.
    #[serde(skip)]
    pub content: Vec<u8>,
}

impl Spooled {
    /// As the server takes it; the name of the file names the request.
    pub fn remote<'a>(&'a self, name: &'a str) -> RemoteMessage<'a> {
        RemoteMessage {
            idempotency_key: name,
            data_center: self.data_center.as_deref(),
            recipients: &self.recipients,
            sender: self.sender.as_deref(),
            replace_from: self.replace_from,
            content: &self.content,
        }
    }

    fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.content);
        Ok(bytes)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|b| *b == b'\n')?;
        let mut message: Self = serde_json::from_slice(&bytes[..end]).ok()?;
        message.content = bytes[end + 1..].to_vec();
        Some(message)
    }
}

/// A name that no other message has, in the order of time.
pub fn new_name() -> String {
    use ambient::Clock as _;

    let now = ambient::SystemClock.now();
    format!("{:010}-{}", now.0, ambient::random::hex::<16>())
}

impl Spool {
    /// The directory of the settings, which is made when a message is kept.
    pub fn open(settings: &Settings) -> Result<Self, Failure> {
        if settings.spool.is_absolute() {
            Ok(Self(settings.spool.clone()))
        } else {
            let text = format!(
                "the spool {} is not an absolute path",
                settings.spool.display()
            );
            Err(Failure::configuration(text))
        }
    }

    /// Keeps a message. When this returns it outlasts a crash.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn keep(&self, name: &str, message: &Spooled) -> io::Result<()> {
        make(&self.0)?;
        let bytes = message.to_bytes()?;
        // What is not complete has another name, and is never handed over.
        let unfinished = self.0.join(format!(".{name}.unfinished"));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.path(name))?;
        File::open(&self.0)?.sync_all()
    }

    /// The names of what is kept, the oldest first.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(ENDING));
            if let Some(name) = name.filter(|name| !name.starts_with('.')) {
                // Names tell seconds only.
                let kept_at = entry.metadata().and_then(|found| found.modified()).ok();
                names.push((kept_at, name.to_owned()));
            }
        }
        names.sort_unstable();
        Ok(names.into_iter().map(|(_, name)| name).collect())
    }

    /// A message; `None` when another process has handed it over meanwhile.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Option<Spooled>> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Spooled::parse(&bytes)
                .map(Some)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a kept message")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Forgets a message that the server has.
    ///
    /// # Errors
    /// When the disk does not do it; the server knows the message by its name then.
    pub fn forget(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Puts a message aside that the server refuses; where it is then.
    ///
    /// # Errors
    /// When the disk does not do it.
    pub fn set_aside(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.0.join(REFUSED);
        make(&folder)?;
        let to = folder.join(format!("{name}{ENDING}"));
        fs::rename(self.path(name), &to)?;
        Ok(to)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}{ENDING}"))
    }
}

fn make(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Spooled {
        Spooled {
            recipients: vec!["bob@example.com".into()],
            sender: None,
            data_center: Some("default".into()),
            replace_from: true,
            content: b"Subject: a\r\n\r\n\xff\0\n".to_vec(),
        }
    }

    #[test]
    fn what_is_kept_reads_back_and_only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let spool = Spool(folder.path().join("spool"));
        assert_eq!(spool.names().unwrap(), Vec::<String>::new());
        let name = new_name();
        spool.keep(&name, &message()).unwrap();
        assert_eq!(spool.names().unwrap(), std::slice::from_ref(&name));
        assert_eq!(spool.read(&name).unwrap(), Some(message()));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&spool.path(&name)), 0o600);
        assert_eq!(mode(&spool.0), 0o700);
        spool.forget(&name).unwrap();
        spool.forget(&name).unwrap();
        assert_eq!(spool.read(&name).unwrap(), None);
    }

    #[test]
    fn what_was_not_finished_is_not_handed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".1-a.unfinished"), "half").unwrap();
        fs::write(folder.path().join("1-b.mail"), "half").unwrap();
        let spool = Spool(folder.path().to_owned());
        assert_eq!(spool.names().unwrap(), ["1-b"]);
        assert!(spool.read("1-b").is_err());
    }
}
