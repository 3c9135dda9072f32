//! Checks that codes are written out. None may be derived from `Debug`, whose text follows the name
//! in the source.

use anyhow::Result;

use super::sources;
use crate::workspace::Workspace;

/// Returns lines that derive a code from a name in the source.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let patterns = [
        "app/src/**/*.rs",
        "crates/*/src/**/*.rs",
        "server/src/**/*.rs",
    ];
    let files = sources(workspace, &patterns)?;
    let found = files.iter().flat_map(|(file, text)| in_file(file, text));
    Ok(found.collect())
}

fn in_file(file: &str, text: &str) -> Vec<String> {
    // Tests are at the end of a module. They may print values with `Debug`.
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for (number, line) in (1..).zip(product.lines()) {
        let code = line.split("//").next().unwrap_or_default();
        if code.contains("format!(\"{self:?}\")") || code.contains("format!(\"{:?}\", self)") {
            found.push(format!(
                "{file}:{number}: a text is made of the name in the source"
            ));
        }
        let shortened = code.contains("to_lowercase()") || code.contains("to_ascii_lowercase()");
        if code.contains(":?}") && shortened {
            found.push(format!(
                "{file}:{number}: a code is derived from `Debug`; write it out"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::in_file;

    #[test]
    fn finds_codes_of_names() {
        for line in [
            r#"for character in format!("{self:?}").chars() {"#,
            r#"format!("{:?}", self)"#,
            r#"let code = format!("{kind:?}").to_lowercase();"#,
        ] {
            assert_eq!(in_file("a.rs", line).len(), 1, "{line}");
        }
    }

    #[test]
    fn leaves_messages_and_tests_alone() {
        for text in [
            r#"panic!("{outcome:?}")"#,
            r#"write!(formatter, "Key({:?})", self.name)"#,
            "#[cfg(test)]\nmod tests { fn a() { format!(\"{self:?}\"); } }",
        ] {
            assert!(in_file("a.rs", text).is_empty(), "{text}");
        }
    }
}
