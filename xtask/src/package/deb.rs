//! The Debian packages `mailgrant` and `mailgrant-mta`, made by cargo-deb from
//! `server/Cargo.toml`.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Packages;
use super::manual;
use super::release::Program;
use crate::progress::Step;
use crate::tools::{self, Tool};

pub const STEP: Step = Step {
    name: "Debian packages",
    first_run: Duration::from_mins(2),
};

const CARGO_DEB: Tool = Tool {
    name: "cargo-deb",
    version: "3.8.0",
    features: "",
    reason: "makes Debian packages",
};

/// Counts packages of the same version of the program.
const REVISION: &str = "1";

/// Makes both packages.
pub fn build(packages: &Packages, program: &Program) -> Result<Vec<PathBuf>> {
    let workspace = packages.workspace;
    tools::ensure_all(workspace, &[CARGO_DEB])?;
    manual::write(packages, &program.path)?;
    // Where `server/Cargo.toml` expects it.
    let expected = workspace.target.join("release/mailgrant");
    fs::create_dir_all(workspace.target.join("release"))?;
    fs::copy(&program.path, &expected)?;
    let mut made = Vec::new();
    for (package, variant) in [("mailgrant", None), ("mailgrant-mta", Some("mta"))] {
        let name = format!(
            "{package}_{}-{REVISION}_{}.deb",
            packages.version,
            architecture()
        );
        let path = packages.folder.join(name);
        let mut command = workspace.cargo(&["deb", "--no-build", "--package", "mailgrant"]);
        command
            .arg("--output")
            .arg(&path)
            .args(["--deb-revision", REVISION])
            .env("SOURCE_DATE_EPOCH", &packages.epoch);
        if let Some(variant) = variant {
            command.args(["--variant", variant]);
        }
        workspace
            .run(&mut command)
            .with_context(|| format!("cannot make {package}"))?;
        made.push(path);
    }
    Ok(made)
}

/// Returns Debian's name of the processor.
fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    }
}
