//! Checks that no server crate is part of the browser side.

use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

const SERVER_ONLY: [&str; 9] = [
    "axum",
    "hyper",
    "leptos_axum",
    "lettre",
    "oauth2",
    "reqwest",
    "rustls",
    "sqlx",
    "tokio",
];

/// Returns server crates in the dependency tree of `frontend`.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    Ok(in_tree(&tree(workspace)?))
}

/// Returns the folders of our own crates in the dependency tree of `frontend`.
pub fn folders(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    Ok(own_folders(&tree(workspace)?))
}

fn tree(workspace: &Workspace) -> Result<String> {
    process::capture(&mut workspace.cargo(&[
        "tree",
        "--package=frontend",
        "--target=wasm32-unknown-unknown",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ]))
}

/// Returns the folders in parentheses, which cargo prints for crates that are not from a registry.
fn own_folders(tree: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split_once(" (/")?.1.split_once(')'))
        .map(|(folder, _)| PathBuf::from(format!("/{folder}")))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn in_tree(tree: &str) -> Vec<String> {
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<_> = names
        .filter(|name| SERVER_ONLY.contains(name))
        .map(|name| format!("frontend depends on {name}"))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{in_tree, own_folders};

    #[test]
    fn finds_the_folders_of_own_crates() {
        let tree = "frontend v0.1.0 (/checkout/frontend)\nleptos v0.8.23\nleptos_macro v0.8.1 (proc-macro)\n\
                    app v0.1.0 (/checkout/app)\napp v0.1.0 (/checkout/app) (*)\n";
        assert_eq!(
            own_folders(tree),
            [Path::new("/checkout/app"), Path::new("/checkout/frontend")]
        );
    }

    #[test]
    fn finds_a_server_crate_once_by_its_whole_name() {
        let tree = "frontend v0.1.0 (/checkout/frontend)\nleptos v0.8.23\ntokio v1.48.0\nserver_fn v0.8.0\ntokio v1.48.0 (*)\n";
        assert_eq!(in_tree(tree), ["frontend depends on tokio"]);
        assert!(in_tree("frontend v0.1.0\nhyperlink v1.0.0\n").is_empty());
    }
}
