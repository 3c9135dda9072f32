//! The tarball: the static program, its service, its manual pages, and its documents.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::release::Program;
use super::{Packages, manual};
use crate::progress::Step;

pub const STEP: Step = Step {
    name: "tarball",
    first_run: Duration::from_secs(10),
};

/// Makes the tarball. The same files give the same bytes.
pub fn build(packages: &Packages, program: &Program) -> Result<PathBuf> {
    let workspace = packages.workspace;
    manual::write(packages, &program.path)?;
    let name = format!(
        "mailgrant-{}-{}-linux",
        packages.version,
        std::env::consts::ARCH
    );
    let folder = packages.folder.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fs::copy(&program.path, folder.join("mailgrant"))?;
    for file in ["README.md", "CHANGELOG.md", "LICENSE"] {
        fs::copy(workspace.root.join(file), folder.join(file))?;
    }
    for file in [
        "packaging/mailgrant.toml",
        "packaging/systemd/mailgrant.service",
    ] {
        let source = workspace.root.join(file);
        fs::copy(&source, folder.join(super::name(&source)))?;
    }
    for shared in ["man", "completions"] {
        copy_folder(&packages.share().join(shared), &folder.join(shared))?;
    }
    for shared in super::inventory::FILES {
        fs::copy(packages.share().join(shared), folder.join(shared))?;
    }
    let path = packages.folder.join(format!("{name}.tar.gz"));
    workspace.run(
        workspace
            .command("tar")
            .arg("--create")
            .arg("--file")
            .arg(&path)
            .args(["--use-compress-program", "gzip --no-name --best"])
            .args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"])
            .args(["--mode=u=rwX,go=rX", "--format=ustar"])
            .arg(format!("--mtime=@{}", packages.epoch))
            .arg("--directory")
            .arg(&packages.folder)
            .arg(&name),
    )?;
    fs::remove_dir_all(&folder)?;
    Ok(path)
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
