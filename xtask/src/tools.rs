//! Tools that check dependencies. cargo installs them if they are missing.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::process::check_interrupt;
use crate::workspace::Workspace;

/// A cargo subcommand.
pub struct Tool {
    /// The crate, which is also the name of the program.
    pub name: &'static str,
    /// The version to install.
    pub version: &'static str,
    /// The features that it needs.
    pub features: &'static str,
    /// What it does, after "which".
    pub reason: &'static str,
}

/// Newer releases of cargo-shear need a newer compiler than `rust-toolchain.toml` names.
const TOOLS: [Tool; 2] = [
    Tool {
        name: "cargo-deny",
        version: "0.20.2",
        features: "",
        reason: "checks licenses, forbidden crates, sources, and security advisories",
    },
    Tool {
        name: "cargo-shear",
        version: "1.11.2",
        features: "",
        reason: "finds dependencies that no code uses",
    },
];

/// Documentation is for developers and includes private items. Doc comments of command-line
/// arguments are also shown in a terminal, where URLs need no angle brackets.
const RUSTDOC_FLAGS: &str =
    "--deny warnings --allow rustdoc::private_intra_doc_links --allow rustdoc::bare_urls";

/// Installs the tools of the tests if they are missing.
///
/// # Errors
/// If crates.io cannot be reached. The error explains how to continue.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    ensure_all(workspace, &TOOLS)
}

/// Installs missing tools. Any installed version is used.
///
/// # Errors
/// If crates.io cannot be reached. The error explains how to continue.
pub fn ensure_all(workspace: &Workspace, tools: &[Tool]) -> Result<()> {
    for Tool {
        name,
        version,
        features,
        reason,
    } in tools
    {
        let subcommand = name.trim_start_matches("cargo-");
        let mut probe = workspace.cargo(&[subcommand, "--version"]);
        if is_success(probe.stderr(Stdio::null()))? {
            continue;
        }
        println!("      installing {name} {version}, which {reason}");
        let package = format!("{name}@{version}");
        workspace
            .run(&mut workspace.cargo(&[
                "install",
                "--locked",
                "--quiet",
                "--features",
                features,
                &package,
            ]))
            .with_context(|| {
                format!(
                    "{name} is missing and could not be installed. Without a network, copy the program into cargo's bin \
                     folder; with one, see whether `cargo install --locked {package}` works"
                )
            })?;
    }
    Ok(())
}

/// Checks licenses, banned crates, and sources against `deny.toml`.
pub fn check_dependencies(workspace: &Workspace) -> Result<()> {
    workspace.run(&mut workspace.cargo(&["deny", "check", "licenses", "bans", "sources"]))
}

/// Checks dependencies for security advisories. Prints a warning if the advisory database cannot be
/// reached.
///
/// # Errors
/// If a dependency has an advisory.
pub fn check_advisories(workspace: &Workspace) -> Result<()> {
    let fetched = workspace.run(&mut workspace.cargo(&["deny", "fetch", "db"]));
    check_interrupt()?;
    if fetched.is_err() {
        println!(
            "      NOT CHECKED: the database of security advisories cannot be reached.\n      \
             Run `cargo deny check advisories` where github.com can be reached."
        );
        return Ok(());
    }
    workspace.run(&mut workspace.cargo(&["deny", "check", "--disable-fetch", "advisories"]))
}

/// Finds dependencies that no code uses.
pub fn check_unused(workspace: &Workspace) -> Result<()> {
    workspace.run(&mut workspace.cargo(&["shear"]))
}

/// Builds the documentation of our own crates. Fails on any warning.
pub fn check_docs(workspace: &Workspace) -> Result<()> {
    workspace.run(
        workspace
            .cargo(&["doc", "--no-deps", "--document-private-items"])
            .env("RUSTDOCFLAGS", RUSTDOC_FLAGS),
    )
}

fn is_success(command: &mut Command) -> Result<bool> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .context("cannot start cargo")?;
    Ok(status.success())
}
