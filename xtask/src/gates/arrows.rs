//! Dependencies between our crates point downwards only: the product knows the protocols, and no
//! protocol knows the product.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::workspace::Workspace;

/// Each crate with the crates of the workspace that its product code may use. A crate without a row
/// is a breach, so that its place is decided when it is made.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("prerequisites", &[]),
    ("clock", &["domain"]),
    ("decode", &["domain"]),
    ("fuzz", &["domain"]),
    ("sasl", &["domain"]),
    ("wording", &["domain"]),
    ("message", &["clock", "domain"]),
    ("net", &["clock", "domain"]),
    ("store", &["domain"]),
    ("dns", &["domain", "net"]),
    ("oauth", &["clock", "decode", "domain", "net"]),
    ("imap", &["decode", "domain", "net", "sasl"]),
    ("smtp", &["decode", "domain", "net", "sasl"]),
    ("access", &["clock", "domain", "store"]),
    (
        "mail",
        &[
            "clock", "decode", "dns", "domain", "imap", "message", "net", "oauth", "sasl", "smtp",
            "store", "wording",
        ],
    ),
    ("app", &["access", "domain", "mail", "wording"]),
    ("frontend", &["app"]),
    (
        "mailgrant",
        &[
            "access", "app", "clock", "domain", "mail", "message", "store", "wording",
        ],
    ),
    ("sandbox", &["domain"]),
    ("xtask", &[]),
];

/// Returns the dependencies that point elsewhere.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .current_dir(&workspace.root)
        .no_deps()
        .exec()
        .context("cargo metadata")?;
    let names: Vec<_> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let arrows = metadata.packages.iter().flat_map(|package| {
        let own = package.dependencies.iter();
        let own = own.filter(|one| one.kind == DependencyKind::Normal && names.contains(&one.name));
        own.map(|one| (package.name.to_string(), one.name.clone()))
    });
    let arrows: Vec<_> = arrows.collect();
    Ok(breaches(&names, &arrows))
}

fn breaches(names: &[String], arrows: &[(String, String)]) -> Vec<String> {
    let row = |name: &str| ALLOWED.iter().find(|(own, _)| *own == name);
    let unknown = names.iter().filter(|name| row(name).is_none());
    let unknown = unknown.map(|name| format!("{name} has no row in ALLOWED"));
    let wrong = arrows
        .iter()
        .filter(|(from, to)| row(from).is_some_and(|(_, allowed)| !allowed.contains(&to.as_str())));
    let wrong = wrong.map(|(from, to)| format!("{from} must not depend on {to}"));
    unknown.chain(wrong).collect()
}

#[cfg(test)]
mod tests {
    use super::breaches;

    fn found(from: &str, to: &str) -> Vec<String> {
        breaches(&[from.into()], &[(from.into(), to.into())])
    }

    #[test]
    fn a_protocol_must_not_know_the_product() {
        assert_eq!(found("smtp", "store"), ["smtp must not depend on store"]);
        assert_eq!(found("net", "mail"), ["net must not depend on mail"]);
        assert!(found("mail", "smtp").is_empty());
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert_eq!(found("new", "domain"), ["new has no row in ALLOWED"]);
    }
}
