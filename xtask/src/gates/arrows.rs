//! Checks that dependencies between our crates point downwards only: the product depends on the
//! protocol crates, and no protocol crate depends on the product.

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::workspace::Workspace;

/// The workspace crates that each crate may depend on, apart from its tests. A crate without an
/// entry fails the gate, so its place is decided when it is created.
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("prerequisites", &[]),
    ("listener", &["domain"]),
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
    (
        "submission",
        &["access", "domain", "listener", "mail", "message", "wording"],
    ),
    (
        "gateway",
        &["access", "domain", "listener", "mail", "wording"],
    ),
    ("app", &["access", "domain", "mail", "wording"]),
    ("frontend", &["app"]),
    (
        "mailgrant",
        &[
            "access",
            "app",
            "clock",
            "domain",
            "gateway",
            "listener",
            "mail",
            "message",
            "store",
            "submission",
            "wording",
        ],
    ),
    ("sandbox", &["domain"]),
    ("xtask", &[]),
];

/// Returns the dependencies that are not allowed.
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
    fn a_protocol_crate_must_not_depend_on_the_product() {
        assert_eq!(found("smtp", "store"), ["smtp must not depend on store"]);
        assert_eq!(found("net", "mail"), ["net must not depend on mail"]);
        assert!(found("mail", "smtp").is_empty());
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert_eq!(found("new", "domain"), ["new has no row in ALLOWED"]);
    }
}
