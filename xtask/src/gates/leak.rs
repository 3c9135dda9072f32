//! No crate of the server is part of the browser side.

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

const SERVER_ONLY: [&str; 8] = [
    "axum",
    "hyper",
    "leptos_axum",
    "lettre",
    "reqwest",
    "rustls",
    "sqlx",
    "tokio",
];

/// Server crates in the tree of `frontend`.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let tree = process::capture(&mut workspace.cargo(&[
        "tree",
        "--package=frontend",
        "--target=wasm32-unknown-unknown",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ]))?;
    Ok(in_tree(&tree))
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
    use super::in_tree;

    #[test]
    fn finds_a_server_crate_once_by_its_whole_name() {
        let tree = "frontend v0.1.0 (/checkout/frontend)\nleptos v0.8.23\ntokio v1.48.0\nserver_fn v0.8.0\ntokio v1.48.0 (*)\n";
        assert_eq!(in_tree(tree), ["frontend depends on tokio"]);
        assert!(in_tree("frontend v0.1.0\nhyperlink v1.0.0\n").is_empty());
    }
}
