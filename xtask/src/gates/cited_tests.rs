//! Checks that each test cited in the pages about security exists, and that no claim lacks a test.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use super::sources;
use crate::workspace::Workspace;

const FILES: [&str; 2] = ["docs/security.md", "docs/asvs.md"];

/// Returns citations of tests that do not exist.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let code = sources(workspace, &["*.rs"])?;
    let functions: BTreeSet<String> = code
        .iter()
        .flat_map(|(_, source)| functions(source))
        .collect();
    let specs = sources(workspace, &["end2end/**/*.ts"])?;
    let specs: Vec<_> = specs.into_iter().map(|(_, text)| text).collect();
    let mut found = Vec::new();
    for file in FILES {
        let text = fs::read_to_string(workspace.root.join(file)).context(file)?;
        found.extend(missing(file, &text, &functions, &specs));
    }
    Ok(found)
}

/// Returns the names after `fn` anywhere, because macros contain tests too.
fn functions(source: &str) -> impl Iterator<Item = String> {
    source.split("fn ").skip(1).map(|rest| {
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    })
}

fn missing(file: &str, text: &str, functions: &BTreeSet<String>, specs: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, cell) in last_cells(text) {
        if cell.contains("TODO") {
            found.push(format!("{file}:{number}: a proof is missing"));
        }
        for name in test_names(cell) {
            if !functions.contains(name) {
                found.push(format!("{file}:{number}: there is no test `{name}`"));
            }
        }
        for title in titles(cell) {
            if !specs.iter().any(|spec| spec.contains(title)) {
                found.push(format!(
                    "{file}:{number}: there is no browser test \"{title}\""
                ));
            }
        }
    }
    found
}

/// Returns the last cell of each row of a table, with the number of its line.
fn last_cells(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter_map(|(number, line)| {
        let row = line.trim().strip_prefix('|')?;
        let row = row.strip_suffix('|').unwrap_or(row);
        Some((number, row.rsplit('|').next()?))
    })
}

/// Returns the texts between pairs of these marks.
fn between(cell: &str, open: char, close: char) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = cell;
    while let Some((_, after)) = rest.split_once(open) {
        let Some((inside, after)) = after.split_once(close) else {
            break;
        };
        found.push(inside);
        rest = after;
    }
    found
}

/// Returns names in backticks that have at least three words, without their path.
fn test_names(cell: &str) -> impl Iterator<Item = &str> {
    between(cell, '`', '`').into_iter().filter_map(|code| {
        let name = code.trim().rsplit("::").next()?;
        let good = |word: &str| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        let is_name = name.split('_').all(good) && name.split('_').count() >= 3;
        is_name.then_some(name)
    })
}

/// Returns quoted titles of at least four words.
fn titles(cell: &str) -> impl Iterator<Item = &str> {
    let straight = between(cell, '"', '"');
    let curly = between(cell, '\u{201c}', '\u{201d}');
    straight
        .into_iter()
        .chain(curly)
        .filter(|title| title.split_whitespace().count() >= 4)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{functions, missing};

    const SOURCE: &str = "on_both! {\n    async fn takes_a_link_once(store: &Store) {}\n}\n\
                          #[test]\nfn refuses_a_forged_state() {}\n";
    const SPEC: &str = "test('a session ends when it is ended elsewhere', async () => {})";

    fn missing_in(text: &str) -> Vec<String> {
        let functions: BTreeSet<_> = functions(SOURCE).collect();
        missing("asvs.md", text, &functions, &[SPEC.to_owned()])
    }

    #[test]
    fn accepts_tests_that_exist() {
        let text = "| Requirement | Shown by |\n|---|---|\n\
                    | `no_such_setting_here` | `store::links::takes_a_link_once`, `refuses_a_forged_state` |\n\
                    | x | \"a session ends when it is ended elsewhere\" |\n\
                    | x | the type `AccountName`, `cargo xtask`, `rate_limit`, \"a few words\" |\n\
                    Not in a table: `not_a_test_at_all`.\n";
        assert_eq!(missing_in(text), [""; 0]);
    }

    #[test]
    fn finds_a_missing_proof() {
        let found = missing_in("| a | b |\n|---|---|\n| x | TODO(somebody shows it) |\n");
        assert_eq!(found, ["asvs.md:3: a proof is missing"]);
    }

    #[test]
    fn finds_each_missing_test() {
        let text = "| a | b |\n|---|---|\n| x | `web::takes_a_link` and `refuses_a_forged_state_twice` |\n\
                    | x | \"a session ends at some time\", \u{201c}and not in this way\u{201d} |\n";
        let found = missing_in(text);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[0], "asvs.md:3: there is no test `takes_a_link`");
        assert!(found[2].starts_with("asvs.md:4: there is no browser test \"a session"));
    }
}
