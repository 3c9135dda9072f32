//! The spooled messages of one directory. The directory is opened once, and files are opened
//! relative to it without following links: its owner must not trick a server with more privileges
//! into reading other files.

use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    os::{
        fd::OwnedFd,
        unix::fs::{MetadataExt as _, fchown},
    },
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, mkdirat, openat, renameat, statat, unlinkat};

use super::{SpoolError, Spooled};

/// Suffix of complete files.
pub(super) const SUFFIX: &str = ".mail";

/// Directory for messages that the server rejects.
const REFUSED: &str = "refused";
/// Largest file that is read, in bytes: a message of 25 MB and its envelope.
const MAX_FILE_SIZE: u64 = 26 * 1_048_576;

/// An open spool directory.
#[derive(Debug)]
pub struct SpoolDirectory {
    folder: OwnedFd,
    about: Metadata,
    path: PathBuf,
    only_of: Option<u32>,
}

impl SpoolDirectory {
    /// Opens the directory. Returns `None` if it does not exist.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = match openat(CWD, path, flags, Mode::empty()) {
            Ok(folder) => folder,
            Err(error) if error == rustix::io::Errno::NOENT => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let about = File::from(folder.try_clone()?).metadata()?;
        Ok(Some(Self {
            folder,
            about,
            path: path.to_owned(),
            only_of: None,
        }))
    }

    /// Restricts the spool to files of one user ID. Reading another user's file is an error.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory belongs to another user or is writable by everyone.
    pub(super) fn only_of(self, user: u32) -> io::Result<Self> {
        if self.about.uid() != user || self.about.mode() & 0o002 != 0 {
            return Err(foreign(
                "the directory does not belong only to the owner of the key",
            ));
        }
        Ok(Self {
            only_of: Some(user),
            ..self
        })
    }

    pub(super) fn unreadable(&self, cause: io::Error) -> SpoolError {
        let path = self.path.clone();
        SpoolError::Unreadable { path, cause }
    }

    /// Returns the names of the messages, oldest first.
    ///
    /// # Errors
    ///
    /// Returns an error if the directory cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_str().ok();
            let name = name.and_then(|name| name.strip_suffix(SUFFIX));
            if let Some(name) = name.filter(|name| !name.starts_with('.')) {
                // Names only have a resolution of one second.
                let about = statat(&self.folder, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW);
                let kept_at = about
                    .ok()
                    .map(|about| (about.st_mtime, about.st_mtime_nsec));
                names.push((kept_at, name.to_owned()));
            }
        }
        names.sort_unstable();
        Ok(names.into_iter().map(|(_, name)| name).collect())
    }

    /// Reads a message. Returns `None` if another process has submitted it in the meantime.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or belongs to another user.
    pub fn read(&self, name: &str) -> io::Result<Option<Spooled>> {
        // Without `NONBLOCK`, opening a FIFO would block.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.folder, file_name(name), flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(error) if error == rustix::io::Errno::NOENT => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let about = file.metadata()?;
        let wrong = |text| io::Error::new(io::ErrorKind::InvalidData, text);
        if !about.is_file() || about.len() > MAX_FILE_SIZE {
            return Err(wrong("not a spooled message"));
        }
        // Any user can create a hard link to a file of someone else.
        if self.only_of.is_some_and(|user| about.uid() != user) || about.nlink() > 1 {
            return Err(foreign(
                "the file does not belong only to the owner of the key",
            ));
        }
        let mut bytes = Vec::new();
        file.take(MAX_FILE_SIZE).read_to_end(&mut bytes)?;
        let message = Spooled::parse(&bytes).ok_or_else(|| wrong("not a spooled message"))?;
        Ok(Some(message))
    }

    /// Deletes a message that the server has.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be deleted. The server then recognizes the message by
    /// its name.
    pub fn delete(&self, name: &str) -> io::Result<()> {
        match unlinkat(&self.folder, file_name(name), AtFlags::empty()) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Moves a rejected message aside and returns its new path.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be moved.
    pub fn move_rejected(&self, name: &str) -> io::Result<PathBuf> {
        let mode = Mode::from_raw_mode(self.about.mode() & 0o770);
        let is_new = match mkdirat(&self.folder, REFUSED, mode) {
            Ok(()) => true,
            Err(error) if error == rustix::io::Errno::EXIST => false,
            Err(error) => return Err(error.into()),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let refused = openat(&self.folder, REFUSED, flags, Mode::empty())?;
        if is_new {
            // Only root can do this, and only root handles files of other users.
            let _ = fchown(&refused, Some(self.about.uid()), Some(self.about.gid()));
        }
        let file = file_name(name);
        match renameat(&self.folder, &file, &refused, &file) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(self.path.join(REFUSED).join(file)),
        }
    }
}

fn file_name(name: &str) -> String {
    format!("{name}{SUFFIX}")
}

fn foreign(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, text)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use rustix::fs::{FileType, mknodat};

    use super::*;

    const MESSAGE: &str =
        "{\"recipients\":[],\"sender\":null,\"data_center\":null,\"replace_from\":true}\nx";

    /// Returns a directory with one message, and the user ID of its owner.
    fn folder() -> (tempfile::TempDir, u32) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("1-a.mail"), MESSAGE).unwrap();
        let user = fs::metadata(folder.path()).unwrap().uid();
        (folder, user)
    }

    fn open(folder: &tempfile::TempDir) -> SpoolDirectory {
        SpoolDirectory::open(folder.path()).unwrap().unwrap()
    }

    #[test]
    fn files_of_other_users_than_the_key_owner_are_rejected() {
        let (folder, user) = folder();
        assert!(open(&folder).only_of(user + 1).is_err());
        let directory = open(&folder).only_of(user).unwrap();
        assert!(directory.read("1-a").unwrap().is_some());
        let somebody_elses = SpoolDirectory {
            only_of: Some(user + 1),
            ..directory
        };
        let error = somebody_elses.read("1-a").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_directory_that_everyone_can_write_to_is_rejected() {
        use std::os::unix::fs::PermissionsExt as _;

        let (folder, user) = folder();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        assert!(open(&folder).only_of(user).is_err());
    }

    #[test]
    fn only_regular_files_with_one_link_are_read() {
        let (folder, user) = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        let secret = elsewhere.path().join("secret");
        fs::write(&secret, MESSAGE).unwrap();
        symlink(&secret, folder.path().join("2-link.mail")).unwrap();
        fs::hard_link(&secret, folder.path().join("3-name.mail")).unwrap();
        let directory = open(&folder).only_of(user).unwrap();
        let fifo = FileType::Fifo;
        mknodat(&directory.folder, "4-pipe.mail", fifo, Mode::RUSR, 0).unwrap();
        fs::create_dir(folder.path().join("5-folder.mail")).unwrap();
        assert_eq!(directory.names().unwrap().len(), 5);
        for name in ["2-link", "3-name", "4-pipe", "5-folder"] {
            assert!(directory.read(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_symbolic_link_does_not_redirect_rejected_messages() {
        let (folder, _) = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), folder.path().join(REFUSED)).unwrap();
        assert!(open(&folder).move_rejected("1-a").is_err());
        assert!(folder.path().join("1-a.mail").exists());
        fs::remove_file(folder.path().join(REFUSED)).unwrap();
        let path = open(&folder).move_rejected("1-a").unwrap();
        assert_eq!(path, folder.path().join("refused/1-a.mail"));
        assert!(path.exists());
        // Another process may have been first.
        open(&folder).move_rejected("1-a").unwrap();
    }
}
