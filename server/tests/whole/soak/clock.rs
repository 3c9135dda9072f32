//! A separate clock for each server, changed while it runs, by libfaketime.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The wall clock of one server. Its monotonic clock is unaffected, as on a machine whose clock is
/// set.
pub struct FakeClock {
    file: PathBuf,
    library: PathBuf,
}

impl FakeClock {
    /// # Errors
    /// When libfaketime is not installed.
    pub fn new(directory: &Path, number: usize) -> Result<Self, String> {
        let library = library().ok_or("libfaketime is not installed")?;
        let file = directory.join(format!("clock-{number}"));
        let clock = Self { file, library };
        clock.set(0);
        Ok(clock)
    }

    /// Sets the offset from the machine's clock in seconds.
    pub fn set(&self, seconds: i64) {
        let unfinished = self.file.with_extension("new");
        fs::write(&unfinished, format!("{seconds:+}\n")).unwrap();
        fs::rename(unfinished, &self.file).unwrap();
    }

    /// Returns the environment variables of the server.
    pub fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let pairs = [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file)),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ];
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?;
    let paths = folders.flatten().map(|folder| {
        let folder = folder.path();
        folder.join("faketime/libfaketimeMT.so.1")
    });
    paths.into_iter().find(|path| path.exists())
}
