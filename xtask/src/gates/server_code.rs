//! Checks that `cfg(feature = "ssr")` and `use_context` occur only in `api`, `request`, and
//! `error`, and in files named `post.rs`, which handle the form of the page next to them.

use anyhow::Result;

use super::sources;
use crate::workspace::Workspace;

/// Returns lines that violate the rule.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let files = sources(workspace, &["app/**/*.rs", "frontend/**/*.rs"])?;
    let found = files.iter().flat_map(|(file, text)| in_file(file, text));
    Ok(found.collect())
}

fn in_file(file: &str, text: &str) -> Vec<String> {
    let may_gate = file.starts_with("app/src/api/")
        || ["app/src/api.rs", "app/src/error.rs", "app/src/request.rs"].contains(&file);
    let may_use_context = file == "app/src/request/context.rs";
    let lines: Vec<_> = text.lines().map(code).collect();
    let mut found = Vec::new();
    for (number, code) in (1..).zip(&lines) {
        let gates_post = code == "#[cfg(feature=\"ssr\")]"
            && lines
                .get(number)
                .is_some_and(|next| next == "modpost;" || next == "pubmodpost;");
        if !may_gate && !gates_post && code.contains("feature=\"ssr\"") {
            found.push(format!(
                "{file}:{number}: cfg(feature = \"ssr\") belongs into app/src/api/, app/src/request.rs, or app/src/error.rs, or before `mod post;`"
            ));
        }
        if !may_use_context && code.contains("use_context") {
            found.push(format!(
                "{file}:{number}: use_context belongs into app/src/request/context.rs"
            ));
        }
    }
    found
}

/// Returns a line without comments and white space.
fn code(line: &str) -> String {
    let code = line.split("//").next().unwrap_or_default();
    code.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::in_file;

    #[test]
    fn allows_the_handler_of_a_form_beside_its_page() {
        let page = "app/src/pages/login.rs";
        let gate = "#[cfg(feature = \"ssr\")]\n";
        assert!(in_file(page, &[gate, "pub mod post;\n"].concat()).is_empty());
        assert_eq!(in_file(page, &[gate, "mod other;\n"].concat()).len(), 1);
        assert_eq!(
            in_file(page, &[gate, "use access::Token;\nmod post;\n"].concat()).len(),
            1
        );
    }

    #[test]
    fn allows_both_in_their_places() {
        let text = "let mailer = use_context::<Mailer>();";
        assert!(in_file("app/src/request/context.rs", text).is_empty());
        assert!(in_file("app/src/request.rs", "#[cfg(feature = \"ssr\")]").is_empty());
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
