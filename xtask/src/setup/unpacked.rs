//! Mail servers that exclude one another as Debian packages. Tests run them in root directories of
//! their own, so the packages are only unpacked, below `target/mail-programs`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rustix::process::geteuid;

use crate::workspace::Workspace;

/// The packages, which exclude Postfix and one another.
const PACKAGES: [&str; 3] = ["nullmailer", "dma", "exim4-daemon-light"];

/// Downloads and unpacks missing packages with the libraries that they need and that are not
/// installed. Returns true if there were any. Does nothing where tests cannot use them: without
/// root, or on other systems.
///
/// # Errors
/// If a package cannot be downloaded or unpacked.
pub fn ensure(workspace: &Workspace) -> Result<bool> {
    if !geteuid().is_root() || !Path::new("/etc/debian_version").exists() {
        return Ok(false);
    }
    let folder = workspace.target.join("mail-programs");
    let is_missing = |package: &&str| !folder.join(package).exists();
    let missing: Vec<_> = PACKAGES.into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    println!("Unpacking mail servers for tests: {}", missing.join(", "));
    workspace.run(workspace.command("apt-get").args(["update", "-qq"]))?;
    for package in &missing {
        unpack(workspace, &folder, package).with_context(|| (*package).to_owned())?;
    }
    Ok(true)
}

fn unpack(workspace: &Workspace, folder: &Path, package: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let downloads = tempfile::Builder::new()
        .prefix("download")
        .tempdir_in(folder)?;
    let archives = downloads.path().join("archives");
    fs::create_dir_all(archives.join("partial"))?;
    let mut download = workspace.command("apt-get");
    download
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-qq", "--yes", "--download-only"])
        .arg("--no-install-recommends")
        // Another user could not write there.
        .args(["-o", "APT::Sandbox::User=root", "-o"])
        .arg(format!("Dir::Cache::archives={}", archives.display()));
    workspace.run(download.arg(package))?;
    let unpacked = downloads.path().join(package);
    for entry in fs::read_dir(&archives)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            let mut unpack = workspace.command("dpkg-deb");
            workspace.run(unpack.arg("--extract").args([&path, &unpacked]))?;
        }
    }
    fs::rename(&unpacked, folder.join(package))?;
    Ok(())
}
