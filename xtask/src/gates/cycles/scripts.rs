//! Imports between the files of the browser tests.

use std::collections::BTreeSet;

use super::Uses;

/// Returns what these files import from one another.
pub(super) fn uses(files: &[(&str, &str)]) -> Uses {
    let names: BTreeSet<_> = files.iter().map(|(name, _)| *name).collect();
    let mut uses = Uses::new();
    for (name, text) in files {
        for from in text.split(" from '").skip(1) {
            let imported = from.split('\'').next().unwrap_or_default();
            let imported = resolve(name, imported);
            if names.contains(&*imported) {
                uses.entry((*name).to_owned()).or_default().insert(imported);
            }
        }
    }
    uses
}

/// Returns the path of an imported file, which is written relative to the folder of `name`.
fn resolve(name: &str, imported: &str) -> String {
    let mut path: Vec<_> = name.split('/').collect();
    path.pop();
    for part in imported.split('/') {
        match part {
            "." => {}
            ".." => _ = path.pop(),
            part => path.push(part),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::uses;

    #[test]
    fn imports_are_relative_to_the_folder_of_the_file() {
        let files = [
            (
                "pages/a.ts",
                "import type { X } from '../harness/b.ts';\nimport { Y } from '@z';",
            ),
            (
                "harness/b.ts",
                "import { A } from '../pages/a.ts';\nimport './c.ts';",
            ),
        ];
        let uses = uses(&files);
        assert!(uses["pages/a.ts"].contains("harness/b.ts"));
        assert!(uses["harness/b.ts"].contains("pages/a.ts"));
        assert_eq!(uses["pages/a.ts"].len() + uses["harness/b.ts"].len(), 2);
    }
}
