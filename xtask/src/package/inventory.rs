//! The licenses of the libraries in the program, and the list of its components (SBOM).

use std::fs;

use anyhow::{Context, Result};

use super::Packages;
use crate::process::capture;
use crate::tools::{self, Tool};

/// The files that this writes into the shared folder.
pub const FILES: [&str; 2] = ["third-party-licenses.html", "mailgrant.cdx.json"];

const TOOLS: [Tool; 2] = [
    Tool {
        name: "cargo-about",
        version: "0.9.3",
        features: "cli",
        reason: "collects the licenses of all libraries",
    },
    Tool {
        name: "cargo-cyclonedx",
        version: "0.5.9",
        features: "",
        reason: "lists the components of the program",
    },
];

/// Writes both files.
pub fn write(packages: &Packages) -> Result<()> {
    let workspace = packages.workspace;
    tools::ensure_all(workspace, &TOOLS)?;
    let [licenses, components] = FILES.map(|name| packages.share().join(name));
    let manifest = workspace.root.join("server/Cargo.toml");
    workspace.run(
        workspace
            .cargo(&["about", "generate", "--fail", "--locked"])
            .arg("--manifest-path")
            .arg(&manifest)
            .arg("--output-file")
            .arg(&licenses)
            .arg("packaging/about.hbs")
            .args(["--config", "packaging/about.toml"]),
    )?;
    workspace.run(
        workspace
            .cargo(&["cyclonedx", "--format", "json", "--spec-version", "1.5"])
            .arg("--manifest-path")
            .arg(&manifest)
            .args(["--override-filename", "mailgrant.cdx"])
            .env("SOURCE_DATE_EPOCH", &packages.epoch),
    )?;
    // The tool writes one file beside each manifest of the workspace.
    let written = workspace.root.join("server/mailgrant.cdx.json");
    fs::copy(&written, &components).context("cargo-cyclonedx has written no file")?;
    let mut list = workspace.command("git");
    list.args(["ls-files", "--others", "--", "*/mailgrant.cdx.json"]);
    for file in capture(&mut list)?.lines() {
        fs::remove_file(workspace.root.join(file))?;
    }
    Ok(())
}
