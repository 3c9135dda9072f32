//! What is kept in a folder. The folder is opened once and files are reached through it, without following links: a server that
//! may do more than the owner of the folder must not be led elsewhere by what he puts there.

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

/// How the names of finished files end.
pub(super) const ENDING: &str = ".mail";

/// Where messages are put that the server refuses.
const REFUSED: &str = "refused";
/// Octets of a file that is read: a message of 25 MB and its envelope.
const AT_MOST: u64 = 26 * 1_048_576;

/// An open folder.
#[derive(Debug)]
pub struct Kept {
    folder: OwnedFd,
    about: Metadata,
    path: PathBuf,
    only_of: Option<u32>,
}

impl Kept {
    /// `None` when there is no such folder.
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

    /// Takes messages of this user only, by his number: what somebody else has put there is not his.
    ///
    /// # Errors
    /// When the folder is another's, or everybody may write to it.
    pub(super) fn only_of(self, user: u32) -> io::Result<Self> {
        if self.about.uid() != user || self.about.mode() & 0o002 != 0 {
            return Err(foreign("the folder is not that of the key's owner alone"));
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

    /// The names of what is kept, the oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_str().ok();
            let name = name.and_then(|name| name.strip_suffix(ENDING));
            if let Some(name) = name.filter(|name| !name.starts_with('.')) {
                // Names tell seconds only.
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

    /// A message; `None` when another process has handed it over meanwhile.
    ///
    /// # Errors
    /// When it cannot be read, or is somebody else's.
    pub fn read(&self, name: &str) -> io::Result<Option<Spooled>> {
        // What is no file may not keep anybody waiting.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.folder, file_name(name), flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(error) if error == rustix::io::Errno::NOENT => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let about = file.metadata()?;
        let wrong = |text| io::Error::new(io::ErrorKind::InvalidData, text);
        if !about.is_file() || about.len() > AT_MOST {
            return Err(wrong("not a kept message"));
        }
        // A second name may have been given to it by anybody.
        if self.only_of.is_some_and(|user| about.uid() != user) || about.nlink() > 1 {
            return Err(foreign("the file is not that of the key's owner alone"));
        }
        let mut bytes = Vec::new();
        file.take(AT_MOST).read_to_end(&mut bytes)?;
        let message = Spooled::parse(&bytes).ok_or_else(|| wrong("not a kept message"))?;
        Ok(Some(message))
    }

    /// Forgets a message that the server has.
    ///
    /// # Errors
    /// When the disk does not do it; the server knows the message by its name then.
    pub fn forget(&self, name: &str) -> io::Result<()> {
        match unlinkat(&self.folder, file_name(name), AtFlags::empty()) {
            Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Puts a message aside that the server refuses; where it is then.
    ///
    /// # Errors
    /// When the disk does not do it.
    pub fn set_aside(&self, name: &str) -> io::Result<PathBuf> {
        let mode = Mode::from_raw_mode(self.about.mode() & 0o770);
        let is_new = match mkdirat(&self.folder, REFUSED, mode) {
            Ok(()) => true,
            Err(error) if error == rustix::io::Errno::EXIST => false,
            Err(error) => return Err(error.into()),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let refused = openat(&self.folder, REFUSED, flags, Mode::empty())?;
        if is_new {
            // Only root can, and only then it is somebody else's.
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
    format!("{name}{ENDING}")
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

    /// A folder with a message, and the number of its owner.
    fn folder() -> (tempfile::TempDir, u32) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("1-a.mail"), MESSAGE).unwrap();
        let user = fs::metadata(folder.path()).unwrap().uid();
        (folder, user)
    }

    fn open(folder: &tempfile::TempDir) -> Kept {
        Kept::open(folder.path()).unwrap().unwrap()
    }

    #[test]
    fn what_is_not_the_key_owners_is_not_taken() {
        let (folder, user) = folder();
        assert!(open(&folder).only_of(user + 1).is_err());
        let kept = open(&folder).only_of(user).unwrap();
        assert!(kept.read("1-a").unwrap().is_some());
        let somebody_elses = Kept {
            only_of: Some(user + 1),
            ..kept
        };
        let error = somebody_elses.read("1-a").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_folder_that_everybody_may_write_to_is_not_taken() {
        use std::os::unix::fs::PermissionsExt as _;

        let (folder, user) = folder();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        assert!(open(&folder).only_of(user).is_err());
    }

    #[test]
    fn nothing_but_a_file_with_one_name_is_read() {
        let (folder, user) = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        let secret = elsewhere.path().join("secret");
        fs::write(&secret, MESSAGE).unwrap();
        symlink(&secret, folder.path().join("2-link.mail")).unwrap();
        fs::hard_link(&secret, folder.path().join("3-name.mail")).unwrap();
        let kept = open(&folder).only_of(user).unwrap();
        let fifo = FileType::Fifo;
        mknodat(&kept.folder, "4-pipe.mail", fifo, Mode::RUSR, 0).unwrap();
        fs::create_dir(folder.path().join("5-folder.mail")).unwrap();
        assert_eq!(kept.names().unwrap().len(), 5);
        for name in ["2-link", "3-name", "4-pipe", "5-folder"] {
            assert!(kept.read(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_link_leads_nothing_that_is_put_aside_elsewhere() {
        let (folder, _) = folder();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), folder.path().join(REFUSED)).unwrap();
        assert!(open(&folder).set_aside("1-a").is_err());
        assert!(folder.path().join("1-a.mail").exists());
        fs::remove_file(folder.path().join(REFUSED)).unwrap();
        let path = open(&folder).set_aside("1-a").unwrap();
        assert_eq!(path, folder.path().join("refused/1-a.mail"));
        assert!(path.exists());
        // Another process may have been first.
        open(&folder).set_aside("1-a").unwrap();
    }
}
