//! Dependencies between the modules of a crate.

use std::collections::BTreeSet;

use super::Uses;

/// The name of a module, preceded by the names of its parents.
type Path = Vec<String>;

/// Returns what the modules in these files use.
pub(super) fn uses(files: &[(&str, &str)]) -> Uses {
    let modules: BTreeSet<_> = files.iter().map(|(name, _)| module_of(name)).collect();
    let mut uses = Uses::new();
    for (name, text) in files {
        let from = module_of(name);
        for path in paths(&product(text)) {
            let to = resolve(&from, &path, &modules);
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
    found
}

/// Reads a path, or a group of paths that follow `prefix`. Returns the rest.
fn tree<'a>(code: &'a str, prefix: &Path, found: &mut Vec<Path>) -> &'a str {
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
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        if !name.is_empty() {
            path.push(name.to_owned());
        }
        match after.strip_prefix("::") {
            Some(next) if !name.is_empty() => rest = next.trim_start(),
            _ => {
                found.push(path);
                return after;
            }
        }
    }
}

/// Returns the module that a path leads to, without the item in it.
fn resolve(from: &Path, path: &Path, modules: &BTreeSet<Path>) -> Path {
    let mut module = from.clone();
    for (at, name) in path.iter().enumerate() {
        match &**name {
            "crate" if at == 0 => module.clear(),
            "super" => _ = module.pop(),
            name => {
                module.push(name.to_owned());
                if !modules.contains(&module) {
                    module.pop();
                    break;
                }
            }
        }
    }
    module
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
}
