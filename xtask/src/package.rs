//! `cargo xtask package`: the Debian packages, the tarball with a static program, and the container
//! image, below `target/package`.

mod check;
mod deb;
mod image;
mod inventory;
mod manual;
mod release;
mod tarball;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use sha2::{Digest as _, Sha256};

use crate::process::capture;
use crate::progress::{Progress, Step};
use crate::site;
use crate::tools::{self, Tool};
use crate::workspace::Workspace;

/// Which packages to build.
#[derive(Args)]
pub struct Options {
    /// Kind of package to build; may be repeated [default: all]
    #[arg(long)]
    only: Vec<Kind>,
    /// Check the packages afterwards: build twice and compare, lintian, the rights of the service,
    /// and installation in a new Debian system; needs root
    #[arg(long)]
    check: bool,
    /// Show the output of all programs
    #[arg(long, short)]
    verbose: bool,
}

impl Options {
    /// Returns true if the output of all programs should be shown.
    pub fn verbose(&self) -> bool {
        self.verbose
    }
}

/// A kind of package.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Packages for Debian 12 and later.
    Deb,
    /// A static program with its documents.
    Tarball,
    /// A container image as an OCI layout.
    Image,
}

/// Writes the versions of all dependencies into the program, where cargo-audit reads them.
const AUDITABLE: Tool = Tool {
    name: "cargo-auditable",
    version: "0.7.7",
    features: "",
    reason: "writes the versions of all dependencies into the program",
};

const SITE: Step = site::STEP;
const PROGRAM: Step = Step {
    name: "program for Debian",
    first_run: Duration::from_mins(8),
};
const STATIC_PROGRAM: Step = Step {
    name: "static program",
    first_run: Duration::from_mins(8),
};
const INVENTORY: Step = Step {
    name: "licenses and list of components",
    first_run: Duration::from_mins(4),
};

/// The folder of the packages, with what they are made of in `share`.
pub struct Packages<'a> {
    workspace: &'a Workspace,
    folder: PathBuf,
    version: String,
    /// Time of the last commit in seconds since 1970, for files in archives.
    epoch: String,
}

impl<'a> Packages<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self> {
        let folder = workspace.target.join("package");
        fs::create_dir_all(folder.join("share"))?;
        let epoch = capture(workspace.command("git").args(["log", "-1", "--format=%ct"]))?;
        Ok(Self {
            workspace,
            folder,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            epoch: epoch.trim().to_owned(),
        })
    }

    /// Returns the time of the last commit as RFC 3339 writes it.
    fn created(&self) -> Result<String> {
        let mut date = self.workspace.command("date");
        date.args(["--utc", "+%Y-%m-%dT%H:%M:%SZ", "--date"]);
        let text = capture(date.arg(format!("@{}", self.epoch)))?;
        Ok(text.trim().to_owned())
    }

    /// Returns the folder of files that several packages contain.
    fn share(&self) -> PathBuf {
        self.folder.join("share")
    }
}

/// Builds the packages.
///
/// # Errors
/// If a tool is missing, a build fails, or a check finds a fault.
pub fn package(workspace: &Workspace, options: &Options) -> Result<()> {
    let wants = |kind| options.only.is_empty() || options.only.contains(&kind);
    let needs_static = wants(Kind::Tarball) || wants(Kind::Image);
    let steps = [
        wants(Kind::Deb),
        wants(Kind::Deb),
        needs_static,
        wants(Kind::Tarball),
        wants(Kind::Image),
        options.check,
    ];
    let steps = 2 + steps.into_iter().filter(|wanted| *wanted).count();
    let packages = Packages::new(workspace)?;
    tools::ensure_all(workspace, &[AUDITABLE])?;
    let mut progress = Progress::new(workspace, steps);
    progress.step(SITE, || site::build(workspace))?;
    progress.step(INVENTORY, || inventory::write(&packages))?;
    let mut made = Vec::new();
    if wants(Kind::Deb) {
        let program = progress.step(PROGRAM, || release::build(&packages, release::HOST))?;
        made.extend(progress.step(deb::STEP, || deb::build(&packages, &program))?);
    }
    if needs_static {
        let program = progress.step(STATIC_PROGRAM, || {
            release::build(&packages, release::STATIC)
        })?;
        if wants(Kind::Tarball) {
            made.push(progress.step(tarball::STEP, || tarball::build(&packages, &program))?);
        }
        if wants(Kind::Image) {
            made.push(progress.step(image::STEP, || image::build(&packages, &program))?);
        }
    }
    write_checksums(&packages.folder, &made)?;
    if options.check {
        progress.step(check::STEP, || check::check(&packages, &made))?;
    }
    println!("\nPackages in {}", packages.folder.display());
    for path in &made {
        let kilobytes = fs::metadata(path)?.len() / 1000;
        println!("{kilobytes:8} kB  {}", name(path));
    }
    Ok(())
}

/// Writes the checksums in the form that `sha256sum --check` reads.
fn write_checksums(folder: &Path, paths: &[PathBuf]) -> Result<()> {
    let lines: Result<Vec<_>> = paths
        .iter()
        .map(|path| Ok(format!("{}  {}\n", sha256(path)?, name(path))))
        .collect();
    fs::write(folder.join("SHA256SUMS"), lines?.concat()).context("SHA256SUMS")
}

fn sha256(path: &Path) -> Result<String> {
    let content = fs::read(path).with_context(|| path.display().to_string())?;
    let hash = Sha256::digest(content);
    let digits: Vec<_> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digits.concat())
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
