//! The spool directory, with one file per message.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::{
    Spooled,
    directory::{SUFFIX, SpoolDirectory},
};

/// A spool directory.
#[derive(Debug)]
pub struct Spool {
    path: PathBuf,
    min_free_bytes: u64,
}

/// Returns a unique name. Names sort by time.
pub fn new_name() -> String {
    use clock::Clock as _;

    let now = clock::SystemClock.now();
    format!("{:010}-{}", now.0, clock::random::hex::<16>())
}

impl Spool {
    /// Returns the spool at this path. The directory is created with the first message. A message
    /// is only stored if `min_free_bytes` stay free on the disk.
    pub fn at(path: PathBuf, min_free_bytes: u64) -> Self {
        Self {
            path,
            min_free_bytes,
        }
    }

    /// Returns the path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores a message durably.
    ///
    /// # Errors
    ///
    /// Returns an error if the disk cannot store the message, or if too little space would stay
    /// free. Nothing of the message is left behind.
    pub fn store(&self, name: &str, message: &Spooled) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)?;
        let bytes = message.to_bytes()?;
        self.check_space(bytes.len())?;
        // Incomplete files have another name and are never submitted.
        let unfinished = self.path.join(format!(".{name}.unfinished"));
        let finished = self.path.join(format!("{name}{SUFFIX}"));
        let written = self.write(&unfinished, &finished, &bytes);
        if written.is_err() {
            // The caller gets an error and submits the message again.
            let _ = fs::remove_file(&finished);
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    fn write(&self, unfinished: &Path, finished: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(unfinished)?;
        // If the directory is readable by its group, for example for the server, its files are as
        // well.
        if fs::metadata(&self.path)?.permissions().mode() & 0o040 != 0 {
            file.set_permissions(Permissions::from_mode(0o640))?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(unfinished, finished)?;
        File::open(&self.path)?.sync_all()
    }

    /// Returns an error if the message would leave too little free space.
    fn check_space(&self, octets: usize) -> io::Result<()> {
        let about = rustix::fs::statvfs(&self.path)?;
        let free = about.f_bavail.saturating_mul(about.f_frsize);
        let needed = self.min_free_bytes.saturating_add(octets as u64);
        if self.min_free_bytes > 0 && free < needed {
            let minimum = self.min_free_bytes / 1_000_000;
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                format!(
                    "{} would have less than {minimum} MB of free space",
                    self.path.display()
                ),
            ));
        }
        Ok(())
    }

    /// Opens the directory. Returns `None` if no message was ever stored.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read.
    pub fn open(&self) -> io::Result<Option<SpoolDirectory>> {
        SpoolDirectory::open(&self.path)
    }
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

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_spooled_message_reads_back_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::at(folder.path().join("spool"), 0);
        assert!(spool.open().unwrap().is_none());
        let name = new_name();
        spool.store(&name, &message()).unwrap();
        let directory = spool.open().unwrap().unwrap();
        assert_eq!(directory.names().unwrap(), std::slice::from_ref(&name));
        assert_eq!(directory.read(&name).unwrap(), Some(message()));
        assert_eq!(mode(&spool.path.join(format!("{name}.mail"))), 0o600);
        assert_eq!(mode(&spool.path), 0o700);
        directory.delete(&name).unwrap();
        directory.delete(&name).unwrap();
        assert_eq!(directory.read(&name).unwrap(), None);
    }

    #[test]
    fn the_group_of_a_folder_that_lets_it_in_may_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o770)).unwrap();
        let spool = Spool::at(folder.path().into(), 0);
        spool.store("1-a", &message()).unwrap();
        assert_eq!(mode(&folder.path().join("1-a.mail")), 0o640);
    }

    #[test]
    fn a_message_is_not_spooled_if_too_little_space_would_stay_free() {
        let folder = tempfile::tempdir().unwrap();
        let error = Spool::at(folder.path().into(), u64::MAX / 2)
            .store("1-a", &message())
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
    }

    #[test]
    fn nothing_is_left_of_a_message_that_could_not_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        // A directory already has this name, so the last step fails.
        fs::create_dir(folder.path().join("1-a.mail")).unwrap();
        let spool = Spool::at(folder.path().into(), 0);
        spool.store("1-a", &message()).unwrap_err();
        let names = fs::read_dir(folder.path()).unwrap();
        assert_eq!(names.count(), 1);
    }

    #[test]
    fn unfinished_files_are_not_submitted() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".1-a.unfinished"), "half").unwrap();
        fs::write(folder.path().join("1-b.mail"), "half").unwrap();
        let spool = Spool::at(folder.path().to_owned(), 0);
        let directory = spool.open().unwrap().unwrap();
        assert_eq!(directory.names().unwrap(), ["1-b"]);
        assert!(directory.read("1-b").is_err());
    }
}
