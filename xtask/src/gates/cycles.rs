//! Modules of a crate do not depend on each other in a cycle.
//!
//! A file uses another one if it names it, or an item in it, in a path that begins with `crate::` or
//! `super::`, or in an `import` of the browser tests. An item that a parent exports belongs to the
//! file that declares it. Only dependencies between siblings count: `web::api::messages` that uses
//! `web::problem` makes `web::api` use `web::problem`. A parent may use its children, and children
//! the types of their parent, so neither is a cycle. Modules inside a file, and tests, are part of
//! the file and do not count.
//!
//! None of the files of a cycle can be understood, tested, or moved alone. To end a cycle, move
//! what both sides need into a separate file, or pass it as an argument.

mod rust;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::sources;
use crate::workspace::Workspace;

/// Dependencies between modules.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Returns the cycles.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    // By folder: the path of a file in it, and its text.
    let files = sources(workspace, &["*.rs", "end2end/*.ts"])?;
    let mut folders = BTreeMap::<&str, Vec<(&str, &str)>>::new();
    for (file, text) in &files {
        if let Some((folder, name)) = folder_of(file) {
            let files = folders.entry(folder).or_default();
            files.push((name, text));
        }
    }
    let cycles = folders.iter().flat_map(|(folder, files)| {
        let uses = match *folder {
            "end2end" => scripts::uses(files),
            _ => rust::uses(files),
        };
        let cycles = cycles(&uses).into_iter();
        cycles.map(move |cycle| format!("{folder}: {}", cycle.join(", ")))
    });
    Ok(cycles.collect())
}

/// Splits the path of a file into the folder of a program or a library, and the rest.
fn folder_of(file: &str) -> Option<(&str, &str)> {
    let end = if file.starts_with("end2end/") {
        "end2end".len()
    } else if let Some(at) = file.find("/src/") {
        at + "/src".len()
    } else {
        // Each folder of tests or examples is a program: `tests/whole/`.
        let folders = ["/tests/", "/examples/"];
        let mut starts = folders
            .iter()
            .filter_map(|folder| Some(file.find(folder)? + folder.len()));
        let start = starts.next()?;
        start + file[start..].find('/')?
    };
    Some((&file[..end], &file[end + 1..]))
}

/// Returns each cycle once, as a list of modules.
fn cycles(uses: &Uses) -> Vec<Vec<String>> {
    let leads: BTreeMap<_, _> = uses
        .keys()
        .map(|from| (from, all_from(from, uses)))
        .collect();
    let lead = |from: &String, to: &String| leads.get(from).is_some_and(|all| all.contains(to));
    let mut found = BTreeSet::new();
    for from in uses.keys() {
        let cycle: Vec<_> = uses
            .keys()
            .filter(|other| lead(from, other) && lead(other, from))
            .cloned()
            .collect();
        if cycle.len() > 1 {
            found.insert(cycle);
        }
    }
    found.into_iter().collect()
}

fn all_from(from: &str, uses: &Uses) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(module) = next.pop() {
        for used in uses.get(&module).into_iter().flatten() {
            if seen.insert(used.clone()) {
                next.push(used.clone());
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pairs: &[(&str, &str)]) -> Vec<Vec<String>> {
        let mut uses = Uses::new();
        for (from, to) in pairs {
            uses.entry((*from).into()).or_default().insert((*to).into());
        }
        cycles(&uses)
    }

    #[test]
    fn modules_are_those_of_one_program() {
        assert_eq!(
            folder_of("app/src/ui/mod.rs"),
            Some(("app/src", "ui/mod.rs"))
        );
        assert_eq!(
            folder_of("end2end/pages/a.ts"),
            Some(("end2end", "pages/a.ts"))
        );
        let test = ("server/tests/whole", "support/form.rs");
        assert_eq!(folder_of("server/tests/whole/support/form.rs"), Some(test));
        assert_eq!(folder_of("crates/domain/tests/codes.rs"), None);
    }

    #[test]
    fn a_chain_is_not_a_cycle() {
        assert!(found(&[("a", "b"), ("b", "c"), ("a", "c")]).is_empty());
    }

    #[test]
    fn a_cycle_is_found_once_with_all_its_modules() {
        let pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("c", "e")];
        assert_eq!(found(&pairs), [["a", "b", "c"]]);
    }
}
