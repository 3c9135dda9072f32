//! Manual pages and completions, which the program writes about itself.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::Packages;
use crate::process::capture;

/// Writes `man` and `completions` into the shared folder.
pub fn write(packages: &Packages, program: &Path) -> Result<()> {
    let (man, completions) = (
        packages.share().join("man"),
        packages.share().join("completions"),
    );
    fs::create_dir_all(&completions)?;
    let run = |arguments: &[&str]| {
        let mut command = packages
            .workspace
            .command(program.to_string_lossy().as_ref());
        capture(command.args(arguments))
    };
    run(&["man", &man.to_string_lossy()])?;
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell])?;
        fs::write(completions.join(format!("mailgrant.{shell}")), script)?;
    }
    Ok(())
}
