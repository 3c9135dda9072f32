//! Dependencies between the modules of a crate.

use std::collections::{BTreeMap, BTreeSet};

use super::Uses;

/// The name of a module, preceded by the names of its parents.
type Path = Vec<String>;

/// Longest chain of imports that is followed to an item.
const MAX_IMPORTS: usize = 8;

/// The modules of a crate.
#[derive(Default)]
struct Modules {
    all: BTreeSet<Path>,
    /// The paths of imported items by the names that a module gives them. Modules below it use
    /// them under these names too.
    imports: BTreeMap<Path, BTreeMap<String, Path>>,
}

/// Returns what the modules in these files use.
pub(super) fn uses(files: &[(&str, &str)]) -> Uses {
    let files = files.iter();
    let files: Vec<_> = files
        .map(|(name, text)| (module_of(name), product(text)))
        .collect();
    let mut modules = Modules::default();
    for (module, code) in &files {
        modules.all.insert(module.clone());
        let imports = modules.imports.entry(module.clone()).or_default();
        imports.extend(self::imports(code));
    }
    let mut uses = Uses::new();
    for (from, code) in &files {
        for path in paths(code) {
            let to = modules.resolve(from, &path, MAX_IMPORTS);
            let common = from
                .iter()
                .zip(&to)
                .take_while(|(one, other)| one == other)
                .count();
            if common < from.len() && common < to.len() {
                let siblings = uses.entry(from[..=common].join("::")).or_default();
                siblings.insert(to[..=common].join("::"));
            }
        }
    }
    uses
}

/// Returns the module of a file such as `web/api/messages.rs`.
fn module_of(name: &str) -> Path {
    let name = name.strip_suffix(".rs").unwrap_or(name);
    match name {
        "lib" | "main" => Path::new(),
        name => name.split('/').map(str::to_owned).collect(),
    }
}

/// Removes the tests at the end of a file, and comments.
fn product(text: &str) -> String {
    let product = text.split("#[cfg(test)]\nmod tests").next();
    let lines = product.unwrap_or_default().lines();
    let code = lines.map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

/// Returns the paths in a file that begin with `crate` or `super`, with the groups of a `use`
/// written out.
fn paths(code: &str) -> Vec<Path> {
    let mut found = Vec::new();
    for root in ["crate", "super"] {
        for (at, _) in code.match_indices(&format!("{root}::")) {
            let before = code[..at].chars().next_back();
            let begins = before.is_none_or(|c| !c.is_alphanumeric() && !"_:$".contains(c));
            if begins {
                tree(&code[at..], &Path::new(), &mut found);
            }
        }
    }
    found.into_iter().map(|(path, _)| path).collect()
}

/// Returns the items that a file imports outside its blocks, by their names.
fn imports(code: &str) -> BTreeMap<String, Path> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(line) = rest.lines().next() {
        let visible = line.strip_prefix("pub").map(|rest| {
            let scope = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
            scope.map_or(rest, |(_, rest)| rest).trim_start()
        });
        let begun = visible.unwrap_or(line).strip_prefix("use ");
        if let Some(begun) = begun {
            tree(&rest[line.len() - begun.len()..], &Path::new(), &mut found);
        }
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let items = found.into_iter().filter_map(|(mut path, name)| {
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = name.or_else(|| path.last().cloned())?;
        Some((name, path))
    });
    items.collect()
}

/// Reads a path, or a group of paths that follow `prefix`, each with the name that `as` gives it.
/// Returns the rest.
fn tree<'a>(code: &'a str, prefix: &Path, found: &mut Vec<(Path, Option<String>)>) -> &'a str {
    let mut path = prefix.clone();
    let mut rest = code.trim_start();
    loop {
        if let Some(group) = rest.strip_prefix('{') {
            rest = group;
            while !rest.is_empty() && !rest.starts_with('}') {
                rest = tree(rest, &path, found);
                let end = rest.find([',', '}', ';']).unwrap_or(rest.len());
                rest = rest[end..].trim_start_matches([',', ';']).trim_start();
            }
            return rest.strip_prefix('}').unwrap_or(rest);
        }
        let (name, after) = name(rest);
        if !name.is_empty() {
            path.push(name.to_owned());
        }
        match after.strip_prefix("::") {
            Some(next) if !name.is_empty() => rest = next.trim_start(),
            _ => {
                let other = after.strip_prefix(" as ").map(|after| self::name(after).0);
                found.push((path, other.map(str::to_owned)));
                return after;
            }
        }
    }
}

/// Splits a text after the name that it begins with.
fn name(code: &str) -> (&str, &str) {
    let end = code.find(|c: char| !c.is_alphanumeric() && c != '_');
    code.split_at(end.unwrap_or(code.len()))
}

impl Modules {
    /// Returns the module that a path leads to, without the item in it. Follows `imports` imports
    /// to the module that declares the item.
    fn resolve(&self, from: &[String], path: &[String], imports: usize) -> Path {
        let mut module = from.to_vec();
        for (at, name) in path.iter().enumerate() {
            match &**name {
                "crate" if at == 0 => module.clear(),
                "super" => _ = module.pop(),
                "self" => {}
                _ => {
                    module.push(name.clone());
                    if self.all.contains(&module) {
                        continue;
                    }
                    module.pop();
                    let known = self.imports.get(&module);
                    let Some(known) = known.and_then(|known| known.get(name)) else {
                        break;
                    };
                    if imports == 0 {
                        break;
                    }
                    let path = [known, &path[at + 1..]].concat();
                    return self.resolve(&module, &path, imports - 1);
                }
            }
        }
        module
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(files: &[(&str, &str)]) -> Vec<String> {
        let uses = uses(files);
        let pairs = uses
            .iter()
            .flat_map(|(from, all)| all.iter().map(move |to| (from, to)));
        pairs.map(|(from, to)| format!("{from} > {to}")).collect()
    }

    #[test]
    fn paths_and_groups_lead_to_siblings() {
        let files = [
            ("lib.rs", "use crate::a::X;"),
            (
                "a.rs",
                "use crate::{\n    b::{self, Y},\n    c::Z as Other,\n};",
            ),
            ("b.rs", "fn f() -> crate::c::Z { super::d::g::<u8>() }"),
            ("c.rs", ""),
            (
                "d.rs",
                "// crate::a::X\n#[cfg(test)]\nmod tests { use crate::a::X; }",
            ),
        ];
        assert_eq!(used(&files), ["a > b", "a > c", "b > c", "b > d"]);
    }

    #[test]
    fn a_module_counts_as_the_sibling_that_contains_it() {
        let files = [
            ("web.rs", "use crate::web::api::X;"),
            ("web/api.rs", ""),
            (
                "web/api/messages.rs",
                "use super::super::problem; use crate::web::api::X;",
            ),
            ("web/problem.rs", "use super::Web;"),
            ("config.rs", "$crate::web::X; pub(crate) use x::crate_name;"),
        ];
        assert_eq!(used(&files), ["web::api > web::problem"]);
    }

    #[test]
    fn an_item_belongs_to_the_module_that_declares_it() {
        let files = [
            ("lib.rs", "pub use a::{self, X as Z};\nuse c::d::Y;"),
            ("a.rs", "use crate::Y;"),
            ("b.rs", "use crate::{Z, a};"),
            ("c.rs", "pub(crate) use d::{Y, e};\nuse other::V;"),
            ("c/d.rs", "use super::{V, W};"),
            ("c/e.rs", "use super::Y; fn f() { super::e() }"),
        ];
        let expected = ["a > c", "b > a", "c::e > c::d"];
        assert_eq!(used(&files), expected);
    }

    #[test]
    fn imports_that_lead_nowhere_end() {
        let files = [
            ("lib.rs", "use a::a;\nuse x::x;"),
            ("a.rs", "use crate::x;"),
            ("b.rs", ""),
        ];
        assert!(used(&files).is_empty());
    }
}
