//! A fingerprint of the site's sources, which shows whether the built site is current.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::workspace::Workspace;

/// Hashes these files and folders, and this program, which transforms them.
pub fn of(inputs: &[&Path]) -> Result<String> {
    let mut hash = Sha256::new();
    // Time and size are enough for this program. It is large, and cargo only writes it after a
    // change.
    let program = fs::metadata(std::env::current_exe()?)?;
    hash.update(format!("{:?} {}", program.modified()?, program.len()));
    for input in inputs {
        for path in files(input)? {
            let content = fs::read(&path).with_context(|| path.display().to_string())?;
            hash.update(path.as_os_str().as_encoded_bytes());
            hash.update(content.len().to_le_bytes());
            hash.update(content);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Formats bytes in lower case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns true if a site with this fingerprint was finished.
pub fn is_current(workspace: &Workspace, fingerprint: &str) -> bool {
    let stored = fs::read_to_string(path(workspace));
    let site = files(&workspace.site());
    stored.is_ok_and(|stored| stored == fingerprint) && site.is_ok_and(|files| !files.is_empty())
}

/// Removes the fingerprint, so an interrupted site counts as unfinished.
pub fn remove(workspace: &Workspace) -> Result<()> {
    let path = path(workspace);
    if path.exists() {
        fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// Stores the fingerprint of a finished site.
pub fn store(workspace: &Workspace, fingerprint: &str) -> Result<()> {
    fs::write(path(workspace), fingerprint).context("fingerprint of the site")
}

/// Returns the path next to the site, because all of the site is embedded.
fn path(workspace: &Workspace) -> PathBuf {
    workspace.site().with_extension("fingerprint")
}

/// Returns all files below a folder, sorted. Returns the path itself if it is a file, and nothing
/// if it does not exist.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
            found.extend(files(&entry?.path())?);
        }
    }
    found.sort();
    Ok(found)
}
