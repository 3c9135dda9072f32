//! Makes the output of wasm-bindgen smaller. Names that only JavaScript and WASM use for each other
//! become short, and functions that nothing calls are removed.
//!
//! The long names end in a hash that does not compress. Both files contain about two hundred of
//! them.

use std::collections::{BTreeMap, BTreeSet};

use walrus::{ExportItem, Module};

/// Makes both files smaller. Returns the JavaScript.
pub fn shorten(js: &str, module: &mut Module) -> String {
    let js = without_unused_classes(&without_comments(js));
    let called: BTreeSet<_> = words(&js).collect();
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| matches!(export.item, ExportItem::Function(_)))
        .filter(|export| !called.contains(export.name.as_str()))
        .map(walrus::Export::id)
        .collect();
    for export in unused {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(module);
    let imported: BTreeSet<_> = module.imports.iter().map(|import| &*import.name).collect();
    let js = without_unused_imports(&js, &imported);
    let names = short_names(module, &js);
    for import in module.imports.iter_mut() {
        if let Some(short) = names.get(&import.name) {
            import.name.clone_from(short);
        }
    }
    for export in module.exports.iter_mut() {
        if let Some(short) = names.get(&export.name) {
            export.name.clone_from(short);
        }
    }
    renamed(&js, &names)
}

/// Removes comments and indentation. wasm-bindgen writes comments on separate lines.
fn without_comments(js: &str) -> String {
    let mut is_comment = false;
    let mut kept = String::with_capacity(js.len());
    for line in js.lines().map(str::trim) {
        is_comment |= line.starts_with("/**");
        if !is_comment && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    kept
}

/// Removes classes that a dependency exports and the module never instantiates.
fn without_unused_classes(js: &str) -> String {
    let mut kept = js.to_owned();
    for class in between(js, "export class ", " {") {
        let is_made = [
            format!("{class}.__wrap("),
            format!("new {class}("),
            format!("Object.create({class}.prototype"),
        ];
        if is_made.iter().any(|made| js.contains(made)) {
            continue;
        }
        let start = format!("export class {class} {{\n");
        let end = format!("{class}.prototype[Symbol.dispose] = {class}.prototype.free;\n");
        let finalization = format!("const {class}Finalization = ");
        let cut = cut(&kept, &start, &end).and_then(|rest| cut(&rest, &finalization, ");\n"));
        if let Some(rest) = cut {
            kept = rest;
        }
    }
    kept
}

fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    let after = text.split(start).skip(1);
    after.filter_map(move |rest| rest.split_once(end).map(|(name, _)| name))
}

/// Returns the text without the part from `start` to `end`, or `None` if it does not contain such a
/// part.
fn cut(text: &str, start: &str, end: &str) -> Option<String> {
    let from = text.find(start)?;
    let length = text.get(from..)?.find(end)? + end.len();
    Some([text.get(..from)?, text.get(from + length..)?].concat())
}

/// Removes functions that the module does not import.
fn without_unused_imports(js: &str, imported: &BTreeSet<&str>) -> String {
    let mut is_unused = false;
    let mut kept = String::with_capacity(js.len());
    let mut lines = js.lines().peekable();
    while let Some(line) = lines.next() {
        let name = line.split_once(": function(").map(|(name, _)| name);
        if let Some(name) = name.filter(|name| name.starts_with("__wb")) {
            is_unused = !imported.contains(name);
        } else if line == "};" && lines.peek() == Some(&"return {") {
            is_unused = false;
        }
        if !is_unused {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Maps long names that wasm-bindgen generated, and that occur in the JavaScript, to short ones.
fn short_names(module: &Module, js: &str) -> BTreeMap<String, String> {
    let words: BTreeSet<_> = words(js).collect();
    let imports = module.imports.iter().map(|import| &import.name);
    let exports = module.exports.iter().map(|export| &export.name);
    let long = imports
        .chain(exports)
        .filter(|name| name.starts_with("__wb") || name.starts_with("wasm_bindgen__"))
        .filter(|name| words.contains(name.as_str()));
    let short = (0_u32..)
        .map(|number| format!("${number}"))
        .filter(|short| !words.contains(short.as_str()));
    long.cloned()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .zip(short)
        .collect()
}

fn renamed(js: &str, names: &BTreeMap<String, String>) -> String {
    let mut renamed = String::with_capacity(js.len());
    for part in parts(js) {
        renamed.push_str(names.get(part).map_or(part, String::as_str));
    }
    renamed
}

fn words(js: &str) -> impl Iterator<Item = &str> {
    parts(js).filter(|part| part.starts_with(is_of_word))
}

/// Splits text into words and separators.
fn parts(js: &str) -> impl Iterator<Item = &str> {
    let mut rest = js;
    std::iter::from_fn(move || {
        let is_word = is_of_word(rest.chars().next()?);
        let end = rest.find(|one| is_of_word(one) != is_word);
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(part)
    })
}

fn is_of_word(one: char) -> bool {
    one.is_alphanumeric() || one == '_' || one == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_comments_and_keeps_lines() {
        let js = "/**\n * @returns {any}\n */\nget type() {\n    // Why.\n    return 1;\n}\n/** Short. */\nlet a = 'x // y';\n";
        assert_eq!(
            without_comments(js),
            "get type() {\nreturn 1;\n}\nlet a = 'x // y';\n"
        );
    }

    #[test]
    fn removes_classes_without_objects() {
        let class = |name: &str| {
            format!(
                "export class {name} {{\nfree() {{\n}}\n}}\n\
                 if (Symbol.dispose) {name}.prototype[Symbol.dispose] = {name}.prototype.free;\n\
                 const {name}Finalization = (typeof FinalizationRegistry === 'undefined')\n\
                 ? {{ register: () => {{}} }}\n: new FinalizationRegistry(ptr => wasm.free(ptr, 1));\n"
            )
        };
        let made = class("Made") + "const ret = Made.__wrap(arg0);\n";
        let js = class("Unused") + &made;
        assert_eq!(without_unused_classes(&js), made);
    }

    #[test]
    fn removes_functions_that_are_not_imported() {
        let js = "const import0 = {\n__wbg_a_1: function(arg0) {\narg0.a();\n},\n\
                  __wbg_b_2: function() { return handleError(function (arg0) {\narg0.b();\n}, arguments); },\n};\nreturn {\n";
        assert_eq!(
            without_unused_imports(js, &BTreeSet::from(["__wbg_b_2"])),
            "const import0 = {\n__wbg_b_2: function() { return handleError(function (arg0) {\narg0.b();\n}, arguments); },\n};\nreturn {\n"
        );
    }

    #[test]
    fn replaces_only_whole_names() {
        let names = BTreeMap::from([("__wbg_a_1".to_owned(), "$0".to_owned())]);
        assert_eq!(
            renamed("__wbg_a_1: wasm.__wbg_a_12(__wbg_a_1)", &names),
            "$0: wasm.__wbg_a_12($0)"
        );
    }
}
