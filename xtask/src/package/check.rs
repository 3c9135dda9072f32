//! Checks of the finished packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use super::{Packages, name, release, sha256};
use crate::progress::Step;

pub const STEP: Step = Step {
    name: "checks of the packages",
    first_run: Duration::from_mins(15),
};

/// Highest exposure of the service, in tenths, by systemd's scale from 0 to 10.
const MAX_EXPOSURE: &str = "15";
/// The oldest Debian that the packages are for.
const OLDEST: &str = "bookworm";
/// The script that runs in a new Debian system.
const IN_CHROOT: &str = include_str!("check/install.sh");

/// Checks all packages that were made.
///
/// # Errors
/// If one has a fault.
pub fn check(packages: &Packages, made: &[PathBuf]) -> Result<()> {
    let workspace = packages.workspace;
    let debs: Vec<_> = made
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .collect();
    workspace
        .run(
            workspace
                .command("systemd-analyze")
                .args(["security", "--offline=true"])
                .arg(format!("--threshold={MAX_EXPOSURE}"))
                .arg("packaging/systemd/mailgrant.service"),
        )
        .context("the service has more rights than it should have")?;
    for deb in &debs {
        workspace
            .run(
                workspace
                    .command("lintian")
                    .args(["--fail-on", "error", "--allow-root"])
                    .arg(deb),
            )
            .with_context(|| format!("lintian on {}", name(deb)))?;
    }
    if !debs.is_empty() {
        install(packages, &debs)?;
    }
    if made.iter().any(|path| name(path).ends_with(".tar.gz")) {
        build_again(packages)?;
    }
    Ok(())
}

/// Builds the static program in another folder and compares.
fn build_again(packages: &Packages) -> Result<()> {
    let folder = packages.folder.join("second-build");
    let second = release::build_in(packages, release::STATIC, Some(folder))?;
    let first = release::path(&packages.workspace.target, release::STATIC);
    if sha256(&first)? != sha256(&second.path)? {
        bail!(
            "two builds of the same sources differ: {} and {}",
            first.display(),
            second.path.display()
        );
    }
    Ok(())
}

/// Installs, upgrades, removes, and purges the packages in a new Debian system.
fn install(packages: &Packages, debs: &[&PathBuf]) -> Result<()> {
    if !geteuid().is_root() {
        bail!("installing in a new Debian system needs root");
    }
    let workspace = packages.workspace;
    let system = packages.folder.join("debian");
    if !system.join("etc/debian_version").exists() {
        workspace
            .run(
                workspace
                    .command("debootstrap")
                    .args([
                        "--variant=minbase",
                        "--include=adduser,ca-certificates,curl,init-system-helpers",
                    ])
                    .arg(OLDEST)
                    .arg(&system),
            )
            .context("cannot make a Debian system; it needs the Debian package debootstrap")?;
    }
    let packages_inside = system.join("packages");
    fs::create_dir_all(&packages_inside)?;
    for deb in debs {
        fs::copy(deb, packages_inside.join(name(deb)))?;
    }
    fs::write(packages_inside.join("install.sh"), IN_CHROOT)?;
    in_system(packages, &system, "/packages/install.sh")
}

fn in_system(packages: &Packages, system: &Path, script: &str) -> Result<()> {
    packages
        .workspace
        .run(
            packages
                .workspace
                .command("chroot")
                .arg(system)
                .args(["/bin/sh", "-eu", script]),
        )
        .context("in the new Debian system")
}
