//! The names that `cargo xtask test --only` accepts.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;

use crate::workspace::Workspace;

const SPEC: &str = ".spec.ts";
/// A crate without tests, whose features are those of the browser.
const UNTESTED: &str = "frontend";

/// Name for all browser tests.
const END2END: &str = "end2end";
/// Name for the soak test, which belongs to no single crate.
const SOAK: &str = "soak";
/// Name for Schemathesis, which compares the API with its OpenAPI description.
const API: &str = "api";

/// Crates, files of browser tests, and other parts of the tests.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Names of packages.
    pub crates: Vec<String>,
    /// Patterns for Playwright, each of which matches one file.
    pub specs: Vec<String>,
    /// True for all browser tests, regardless of `specs`.
    pub end2end: bool,
    /// True for the soak test.
    pub soak: bool,
    /// True for the comparison of the API with its description.
    pub api: bool,
}

impl Selection {
    /// Finds the crates and browser test files with these names.
    ///
    /// # Errors
    /// If a name is unknown. The error lists all names.
    pub fn find(workspace: &Workspace, names: &[String]) -> Result<Self> {
        let metadata = MetadataCommand::new()
            .current_dir(&workspace.root)
            .no_deps()
            .exec()
            .context("cargo metadata")?;
        let crates = metadata
            .packages
            .iter()
            .map(|package| package.name.to_string());
        let crates = crates.filter(|name| name != UNTESTED).collect();
        let folder = workspace.root.join("end2end/specs");
        let mut specs = BTreeSet::new();
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            specs.extend(name.strip_suffix(SPEC).map(str::to_owned));
        }
        Self::choose(names, &crates, &specs)
    }

    fn choose(
        names: &[String],
        crates: &BTreeSet<String>,
        specs: &BTreeSet<String>,
    ) -> Result<Self> {
        let mut selection = Self::default();
        for name in names {
            let file = name.rsplit('/').next().unwrap_or(name);
            let stem = file.strip_suffix(SPEC).unwrap_or(file);
            if name == END2END {
                selection.end2end = true;
            } else if name == SOAK {
                selection.soak = true;
            } else if name == API {
                selection.api = true;
            } else if crates.contains(name) {
                selection.crates.push(name.clone());
            } else if specs.contains(stem) {
                selection.specs.push(format!("specs/{stem}\\.spec\\.ts$"));
            } else {
                let list = |names: &BTreeSet<String>| {
                    names
                        .iter()
                        .map(String::as_str)
                        .collect::<Vec<_>>()
                        .join(" ")
                };
                bail!(
                    "`{name}` is neither a crate nor a file of browser tests\n\
                     crates: {}\nbrowser tests: {}\nothers: {END2END} (all browser tests) {SOAK} {API}",
                    list(crates),
                    list(specs)
                );
            }
        }
        Ok(selection)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Selection;

    fn choose(names: &[&str]) -> anyhow::Result<Selection> {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let crates: BTreeSet<_> = set(&["mail", "store"]);
        let specs: BTreeSet<_> = set(&["alerts", "mailbox"]);
        let names: Vec<_> = set(names).into_iter().collect();
        Selection::choose(&names, &crates, &specs)
    }

    #[test]
    fn takes_a_browser_test_with_and_without_its_folder_and_ending() {
        for name in ["alerts", "alerts.spec.ts", "end2end/specs/alerts.spec.ts"] {
            let selection = choose(&[name]).unwrap();
            assert_eq!(selection.specs, ["specs/alerts\\.spec\\.ts$"], "{name}");
            assert!(selection.crates.is_empty());
        }
    }

    #[test]
    fn accepts_crates_together_with_browser_tests() {
        let selection = choose(&["mail", "mailbox"]).unwrap();
        assert_eq!(selection.crates, ["mail"]);
        assert_eq!(selection.specs.len(), 1);
    }

    #[test]
    fn accepts_parts_that_are_not_crates() {
        let selection = choose(&["end2end", "soak", "api"]).unwrap();
        assert!(selection.end2end && selection.soak && selection.api);
        assert!(selection.specs.is_empty() && selection.crates.is_empty());
    }

    #[test]
    fn lists_the_names_there_are() {
        let error = choose(&["mails"]).unwrap_err().to_string();
        assert!(error.contains("crates: mail store"), "{error}");
        assert!(error.contains("browser tests: alerts mailbox"), "{error}");
    }
}
