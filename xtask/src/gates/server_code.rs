//! `cfg(feature = "ssr")` and `use_context` stay where the contract with the server is.

use std::fs;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Lines that break the rule.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let files = process::capture(workspace.command("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        "app/**/*.rs",
        "frontend/**/*.rs",
    ]))?;
    let mut found = Vec::new();
    for file in files.lines() {
        let path = workspace.root.join(file);
        if path.is_file() {
            let text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
            found.extend(in_file(file, &text));
        }
    }
    Ok(found)
}

fn in_file(file: &str, text: &str) -> Vec<String> {
    let may_gate = file.starts_with("app/src/api/") || file == "app/src/error.rs";
    let may_use_context = file == "app/src/api/context.rs";
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let code: String = line
            .split("//")
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        if !may_gate && code.contains("feature=\"ssr\"") {
            found.push(format!("{file}:{number}: cfg(feature = \"ssr\") belongs into app/src/api/ or app/src/error.rs"));
        }
        if !may_use_context && code.contains("use_context") {
            found.push(format!(
                "{file}:{number}: use_context belongs into app/src/api/context.rs"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::in_file;

    #[test]
    fn allows_both_in_their_places() {
        let text = "#[cfg(feature = \"ssr\")]\nlet mailer = use_context::<Mailer>();\n";
        assert!(in_file("app/src/api/context.rs", text).is_empty());
        assert!(in_file("app/src/error.rs", "#[cfg(feature = \"ssr\")]").is_empty());
    }

    #[test]
    fn finds_both_elsewhere() {
        let text = "//! use_context is not for pages\n#[cfg(not(feature=\"ssr\"))]\nuse_context::<Theme>()\n";
        let found = in_file("app/src/pages/login.rs", text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("app/src/pages/login.rs:2:"));
        assert!(found[1].starts_with("app/src/pages/login.rs:3:"));
        assert_eq!(
            in_file("app/src/api/settings.rs", "use_context::<Mailer>()").len(),
            1
        );
    }
}
