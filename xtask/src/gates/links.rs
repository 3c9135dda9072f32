//! Checks that links between Markdown files lead somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use super::sources;
use crate::workspace::Workspace;

/// Returns links to files or headings that do not exist.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let pages = sources(workspace, &["*.md"])?;
    let anchors = |path: &str| {
        let page = pages.iter().find(|(name, _)| name == path);
        page.map(|(_, text)| anchors(text))
    };
    let mut found = Vec::new();
    for (page, text) in &pages {
        for (number, target) in links(text) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(page).parent().unwrap_or(Path::new(""));
            let path = if file.is_empty() {
                PathBuf::from(page)
            } else {
                normalized(&folder.join(file))
            };
            let path_text = path.to_string_lossy();
            if !workspace.root.join(&path).exists() {
                found.push(format!("{page}:{number}: there is no file {path_text}"));
            } else if !heading.is_empty()
                && anchors(&path_text).is_some_and(|known| !known.contains(heading))
            {
                found.push(format!(
                    "{page}:{number}: {path_text} has no heading #{heading}"
                ));
            }
        }
    }
    Ok(found)
}

/// Returns the lines outside of code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// Returns the targets of links within the repository, with the numbers of their lines.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).flat_map(|(number, line)| {
        let parts = line.split("](").skip(1);
        let targets = parts.filter_map(|part| part.split(')').next());
        targets
            .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
            .map(move |target| (number, target))
    })
}

/// Returns the anchors of all headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|(_, line)| line.strip_prefix('#'));
    headings
        .map(|heading| {
            let text = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            let kept = text.chars().filter(kept);
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Removes `.` and `..` from a path.
fn normalized(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normalized.pop();
            }
            Component::CurDir => {}
            component => normalized.push(component),
        }
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_anchors_of_github() {
        let anchors =
            anchors("# A page\n\n## `key` and key_file: which?\n```sh\n# a comment\n```\n");
        let expected = ["a-page", "key-and-key_file-which"].map(str::to_owned);
        assert_eq!(anchors, BTreeSet::from(expected));
    }

    #[test]
    fn only_links_within_the_repository_are_checked() {
        let text = "[a](b.md#c), [d](https://example.com/e.md)\n```\n[f](g)\n```\n![h](i.png)";
        let found: Vec<_> = links(text).collect();
        assert_eq!(found, [(1, "b.md#c"), (5, "i.png")]);
    }

    #[test]
    fn a_path_is_relative_to_the_page() {
        let path = normalized(Path::new("docs/adr/../../README.md"));
        assert_eq!(path, Path::new("README.md"));
    }
}
