//! Keeping messages: a folder with one file each.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use super::{
    Spooled,
    kept::{ENDING, Kept},
};

/// The folder.
#[derive(Debug)]
pub struct Spool(PathBuf);

/// A name that no other message has, in the order of time.
pub fn new_name() -> String {
    use ambient::Clock as _;

    let now = ambient::SystemClock.now();
    format!("{:010}-{}", now.0, ambient::random::hex::<16>())
}

impl Spool {
    /// The folder of this path, which is made when a message is kept.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps a message. When this returns it outlasts a crash.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn keep(&self, name: &str, message: &Spooled) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)?;
        let bytes = message.to_bytes()?;
        // What is not complete has another name, and is never handed over.
        let unfinished = self.0.join(format!(".{name}.unfinished"));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        // Whom somebody lets into the folder by its group, such as the server, is to read what is in it.
        if fs::metadata(&self.0)?.permissions().mode() & 0o040 != 0 {
            file.set_permissions(Permissions::from_mode(0o640))?;
        }
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, self.0.join(format!("{name}{ENDING}")))?;
        File::open(&self.0)?.sync_all()
    }

    /// What is in it; `None` when nothing was ever kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self) -> io::Result<Option<Kept>> {
        Kept::open(&self.0)
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
    fn what_is_kept_reads_back_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool(folder.path().join("spool"));
        assert!(spool.open().unwrap().is_none());
        let name = new_name();
        spool.keep(&name, &message()).unwrap();
        let kept = spool.open().unwrap().unwrap();
        assert_eq!(kept.names().unwrap(), std::slice::from_ref(&name));
        assert_eq!(kept.read(&name).unwrap(), Some(message()));
        assert_eq!(mode(&spool.0.join(format!("{name}.mail"))), 0o600);
        assert_eq!(mode(&spool.0), 0o700);
        kept.forget(&name).unwrap();
        kept.forget(&name).unwrap();
        assert_eq!(kept.read(&name).unwrap(), None);
    }

    #[test]
    fn the_group_of_a_folder_that_lets_it_in_may_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o770)).unwrap();
        Spool(folder.path().into()).keep("1-a", &message()).unwrap();
        assert_eq!(mode(&folder.path().join("1-a.mail")), 0o640);
    }

    #[test]
    fn what_was_not_finished_is_not_handed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".1-a.unfinished"), "half").unwrap();
        fs::write(folder.path().join("1-b.mail"), "half").unwrap();
        let kept = Spool(folder.path().to_owned()).open().unwrap().unwrap();
        assert_eq!(kept.names().unwrap(), ["1-b"]);
        assert!(kept.read("1-b").is_err());
    }
}
