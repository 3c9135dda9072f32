//! The release programs that packages contain.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Result, bail};

use super::Packages;
use crate::process::capture;
use crate::workspace::Workspace;

/// A target to build for.
#[derive(Clone, Copy)]
pub struct Target {
    triple: &'static str,
    /// True if the program must not need any library of the system.
    is_static: bool,
}

/// The system of this machine, for Debian packages.
pub const HOST: Target = Target {
    triple: if cfg!(target_arch = "aarch64") {
        "aarch64-unknown-linux-gnu"
    } else {
        "x86_64-unknown-linux-gnu"
    },
    is_static: false,
};

/// Any Linux system with the processor of this machine.
pub const STATIC: Target = Target {
    triple: if cfg!(target_arch = "aarch64") {
        "aarch64-unknown-linux-musl"
    } else {
        "x86_64-unknown-linux-musl"
    },
    is_static: true,
};

/// A program that was built.
pub struct Program {
    /// Its path.
    pub path: PathBuf,
}

/// Builds the server for a target, with the site inside.
///
/// # Errors
/// If the target or a compiler is missing, the build fails, or a program that has to be static is
/// not.
pub fn build(packages: &Packages, target: Target) -> Result<Program> {
    build_in(packages, target, None)
}

/// Builds in another target folder, to compare with the first build.
pub fn build_in(packages: &Packages, target: Target, folder: Option<PathBuf>) -> Result<Program> {
    let workspace = packages.workspace;
    if target.is_static {
        ensure_target(workspace, target.triple)?;
    }
    let folder = folder.unwrap_or_else(|| workspace.target.clone());
    let mut command = workspace.cargo(&[
        "auditable",
        "build",
        "--release",
        "--package",
        "mailgrant",
        "--target",
        target.triple,
    ]);
    command
        .arg("--target-dir")
        .arg(&folder)
        .env("SOURCE_DATE_EPOCH", &packages.epoch)
        .env("RUSTFLAGS", rust_flags(workspace));
    if target.is_static {
        let variable = format!("CC_{}", target.triple.replace('-', "_"));
        command.env(variable, "musl-gcc");
    }
    workspace.run(&mut command)?;
    let path = path(&folder, target);
    if target.is_static {
        let mut readelf = workspace.command("readelf");
        let header = capture(readelf.args(["--program-headers", "--wide"]).arg(&path))?;
        if header.contains("INTERP") {
            bail!("{} needs a dynamic loader", path.display());
        }
    }
    Ok(Program { path })
}

/// Returns where cargo puts the program below a target folder.
pub fn path(folder: &Path, target: Target) -> PathBuf {
    folder.join(target.triple).join("release/mailgrant")
}

/// Returns the flags of `.cargo/config.toml`, which this variable replaces, and those that remove
/// the folders of this machine from the program.
fn rust_flags(workspace: &Workspace) -> String {
    let home = std::env::var("CARGO_HOME").unwrap_or_else(|_| {
        let home = std::env::var("HOME").unwrap_or_default();
        format!("{home}/.cargo")
    });
    format!(
        "--cfg erase_components --remap-path-prefix={}=/mailgrant --remap-path-prefix={home}=/cargo",
        workspace.root.display()
    )
}

fn ensure_target(workspace: &Workspace, triple: &str) -> Result<()> {
    workspace.run(workspace.command("rustup").args(["target", "add", triple]))?;
    let found = workspace
        .command("musl-gcc")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if found.is_err() {
        bail!("musl-gcc is missing; install the Debian package musl-tools");
    }
    Ok(())
}
