//! Checks that no file in the repository names a folder of the machine that it was written on.

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// Does not match within a longer path or a URL. Written so that it does not match itself.
const FOREIGN: &str = "(^|[^[:alnum:]_.-])(/wo[r]k/|[.][.]/sh[a]red)";

/// Returns lines that name such a folder.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let mut grep = workspace.command("git");
    grep.args(["grep", "--untracked", "--line-number", "-I", "-E", FOREIGN]);
    let output = grep.output()?;
    // Status 1 means that nothing was found.
    if !matches!(output.status.code(), Some(0 | 1)) {
        bail!("git grep: {}", String::from_utf8_lossy(&output.stderr));
    }
    let found = String::from_utf8_lossy(&output.stdout);
    Ok(found.lines().map(str::to_owned).collect())
}
