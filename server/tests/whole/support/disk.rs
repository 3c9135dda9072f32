//! A small file system that can be filled up and made read-only.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

/// A tmpfs, unmounted when this is dropped.
pub struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts a tmpfs of this many megabytes on a directory, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// Returns an error if mounting fails; only root can mount.
    pub fn mount(path: &Path, megabytes: u64) -> Result<Self, String> {
        fs::create_dir_all(path).map_err(|error| error.to_string())?;
        // Keeps the mode open to other users, because PostgreSQL runs as one.
        let options = format!("size={megabytes}m,mode=0755");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], path)?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Writes until no byte is left.
    pub fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    /// Writes until this many bytes are left.
    pub fn fill_up_to(&self, left: u64) {
        let about = rustix::fs::statvfs(&self.path).unwrap();
        let free = about.f_bavail * about.f_frsize;
        let ballast = vec![0; usize::try_from(free - left).unwrap()];
        fs::write(self.ballast(), ballast).unwrap();
    }

    /// Deletes the file that fills the disk.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    /// Sets the disk read-only or writable. No file may be open for writing.
    pub fn set_read_only(&self, read_only: bool) {
        let mode = if read_only { "ro" } else { "rw" };
        mount(&["-o", &format!("remount,{mode}")], &self.path).unwrap();
    }

    /// Mounts the disk over itself read-only: open files stay writable, everything else is not.
    pub fn cover_read_only(&self) {
        let path = self.path.to_str().unwrap();
        mount(&["--bind", path], &self.path).unwrap();
        mount(&["-o", "remount,bind,ro"], &self.path).unwrap();
    }

    /// Removes that mount.
    pub fn uncover(&self) {
        let unmounted = Command::new("umount").arg(&self.path).status();
        assert!(unmounted.unwrap().success());
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
    }
}

fn mount(arguments: &[&str], path: &Path) -> Result<(), String> {
    let output = Command::new("mount").args(arguments).arg(path).output();
    let output = output.map_err(|error| format!("mount: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
