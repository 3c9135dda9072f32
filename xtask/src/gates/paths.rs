//! No text in the repository names a folder of the machine that it was written on.

use std::fs;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// In two halves, so that this file does not name them.
const FOREIGN: [&str; 2] = [concat!("/wo", "rk/"), concat!("../sh", "ared")];

/// Lines that name such a folder.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let files = process::capture(workspace.command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut found = Vec::new();
    for file in files.lines() {
        // Neither a deleted file nor one that is not text can name a folder.
        if let Ok(text) = fs::read_to_string(workspace.root.join(file)) {
            found.extend(in_file(file, &text));
        }
    }
    Ok(found)
}

fn in_file(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for foreign in FOREIGN {
            if line
                .match_indices(foreign)
                .any(|(at, _)| starts_a_path(&line[..at]))
            {
                found.push(format!("{file}:{number}: names {foreign}"));
            }
        }
    }
    found
}

fn starts_a_path(before: &str) -> bool {
    !before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::{FOREIGN, in_file};

    #[test]
    fn finds_a_folder_of_the_machine() {
        let text = format!(
            "see {}main/README.md\nsee {}/DESIGN.md",
            FOREIGN[0], FOREIGN[1]
        );
        let found = in_file("README.md", &text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].starts_with("README.md:2:"));
    }

    #[test]
    fn leaves_other_paths_alone() {
        let text = format!("https://example.com{}1 and net{}", FOREIGN[0], FOREIGN[0]);
        assert!(in_file("README.md", &text).is_empty());
    }
}
