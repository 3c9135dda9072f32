//! Files that contain settings and secrets.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use rustix::fs::OFlags;

/// Opens a regular file for reading. Follows symbolic links, because Kubernetes mounts secrets as
/// links.
///
/// # Errors
/// Those of [`File::open`], and an error for anything but a regular file. A FIFO does not block.
pub fn open(path: &Path) -> io::Result<File> {
    // Without `NONBLOCK`, opening a FIFO waits for a writer, and some devices wait as well.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        ))
    }
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// Those of [`open`], and an error for a larger file.
pub fn read(path: &Path, limit: u32) -> io::Result<Vec<u8>> {
    read_open(open(path)?, limit)
}

/// Reads an open file of at most `limit` bytes.
///
/// # Errors
/// If the file cannot be read or is larger.
pub fn read_open(file: File, limit: u32) -> io::Result<Vec<u8>> {
    // Read into one allocation, because a growing vector would leave copies of a secret in memory.
    let length = file.metadata()?.len().min(u64::from(limit));
    let mut octets = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    file.take(u64::from(limit) + 1).read_to_end(&mut octets)?;
    if octets.len() as u64 > u64::from(limit) {
        let error = format!("it is larger than {limit} octets");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, error));
    }
    Ok(octets)
}

/// Reads a regular file of at most `limit` bytes of UTF-8.
///
/// # Errors
/// Those of [`read`], and an error for text that is not UTF-8.
pub fn read_text(path: &Path, limit: u32) -> io::Result<String> {
    text(read(path, limit)?)
}

/// Reads a regular file of at most `limit` bytes of UTF-8 that contains a secret.
///
/// # Errors
/// Those of [`read_text`], and an error for a file that users other than its owner and group may
/// open.
pub fn read_secret(path: &Path, limit: u32) -> io::Result<String> {
    let file = open(path)?;
    if is_open_to_others(&file.metadata()?) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it contains a secret, and its mode allows every user to open it; set its mode to 0600",
        ));
    }
    text(read_open(file, limit)?)
}

/// Returns true if users other than the owner and the group have any access to a file.
pub fn is_open_to_others(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & 0o007 != 0
}

fn text(octets: Vec<u8>) -> io::Result<String> {
    // The conversion error contains the bytes, so it is dropped.
    String::from_utf8(octets)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    fn fifo(folder: &Path) -> PathBuf {
        let path = folder.join("fifo");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        path
    }

    #[test]
    fn only_a_regular_file_is_read_and_nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "text").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read_text(&file, 4).unwrap(), "text");
        assert_eq!(read_text(&link, 4).unwrap(), "text");

        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let loops = folder.path().join("loops");
        std::os::unix::fs::symlink(&loops, &loops).unwrap();
        for path in [
            &fifo(folder.path()),
            folder.path(),
            Path::new("/dev/zero"),
            Path::new("/dev/tty"),
            &socket,
            &loops,
            &folder.path().join("none"),
        ] {
            assert!(read(path, 4).is_err(), "{}", path.display());
        }
    }

    #[test]
    fn a_file_is_not_read_beyond_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        let error = read(&path, 4_096).unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 4096 octets");
    }

    #[test]
    fn a_secret_is_not_read_from_a_file_that_others_may_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "pLanted").unwrap();
        for (mode, taken) in [
            (0o600, true),
            (0o640, true),
            (0o440, true),
            (0o604, false),
            (0o602, false),
            (0o601, false),
            (0o644, false),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let read = read_secret(&path, 100);
            assert_eq!(read.is_ok(), taken, "{mode:o}");
            assert!(!format!("{:?}", read.err()).contains("pLanted"));
        }
        fs::write(&path, b"pLanted\xff").unwrap();
        let error = format!("{:?}", read_text(&path, 100).unwrap_err());
        assert!(
            error.contains("UTF-8") && !error.contains("pLanted"),
            "{error}"
        );
    }
}
