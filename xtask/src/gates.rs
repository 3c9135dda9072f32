//! Rules about the source code that the compiler does not check.

mod arrows;
mod cited_tests;
mod cycles;
mod debug_codes;
mod leak;
mod links;
mod paths;
mod server_code;

use std::fs;

use anyhow::{Context, Result, bail};

pub use leak::folders as browser_folders;

use crate::process;
use crate::workspace::Workspace;

/// Runs each gate.
///
/// # Errors
/// Returns all violations of the first gate that finds any.
pub fn check(workspace: &Workspace) -> Result<()> {
    report("server code in the browser", &leak::find(workspace)?)?;
    report(
        "server code outside its place in app",
        &server_code::find(workspace)?,
    )?;
    report("dependencies between crates", &arrows::find(workspace)?)?;
    report("dependency cycles", &cycles::find(workspace)?)?;
    report("codes derived from names", &debug_codes::find(workspace)?)?;
    report("paths of a machine", &paths::find(workspace)?)?;
    report("links in the documentation", &links::find(workspace)?)?;
    report("tests that are cited", &cited_tests::find(workspace)?)
}

fn report(gate: &str, breaches: &[String]) -> Result<()> {
    if breaches.is_empty() {
        return Ok(());
    }
    bail!("gate: {gate}:\n  {}", breaches.join("\n  "))
}

/// Returns the files of the checkout that match one of these Git patterns, each with its text.
/// Files that Git ignores are left out.
fn sources(workspace: &Workspace, patterns: &[&str]) -> Result<Vec<(String, String)>> {
    let mut list = workspace.command("git");
    list.args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
    ]);
    let files = process::capture(list.args(patterns))?;
    let mut sources = Vec::new();
    for file in files.lines() {
        let path = workspace.root.join(file);
        if path.is_file() {
            let text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
            sources.push((file.to_owned(), text));
        }
    }
    Ok(sources)
}
