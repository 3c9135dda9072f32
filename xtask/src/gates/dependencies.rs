//! What the workspace may depend on.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId, Target};

use super::licences;
use crate::workspace::Workspace;

/// TLS is rustls with ring; nothing else may come in beside it.
const FORBIDDEN: [&str; 5] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl",
    "openssl-sys",
];
/// Two versions of one of these compile and then do not understand each other.
const SINGLE: [&str; 3] = ["leptos", "rustls", "sqlx"];
/// What is shipped; everything else in the workspace is a tool or a test.
const PRODUCT: [&str; 2] = ["mailgrant", "frontend"];

/// Packages that break a rule.
pub fn find(workspace: &Workspace) -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .current_dir(&workspace.root)
        .other_options(["--locked".to_owned()])
        .exec()
        .context("cargo metadata")?;
    // Optional dependencies that nobody turned on stand in the list of packages, but not in the tree.
    let used = reached(&metadata, |_| true, |_, _| true)?;
    let shipped = shipped(&metadata)?;
    let packages: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| used.contains(&package.id))
        .collect();

    let mut found = forbidden(packages.iter().map(|package| package.name.as_str()));
    found.extend(not_single(
        packages
            .iter()
            .map(|package| (package.name.as_str(), package.version.to_string())),
    ));
    for package in packages {
        found.extend(licence_of(package, !shipped.contains(&package.id))?);
    }
    Ok(found)
}

fn forbidden<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: BTreeSet<_> = names.filter(|name| FORBIDDEN.contains(name)).collect();
    names
        .iter()
        .map(|name| format!("{name} is forbidden; `cargo tree --invert {name}` shows who wants it"))
        .collect()
}

fn not_single<'a>(packages: impl Iterator<Item = (&'a str, String)>) -> Vec<String> {
    let mut versions: HashMap<&str, Vec<String>> = HashMap::new();
    for (name, version) in packages {
        versions.entry(name).or_default().push(version);
    }
    let wrong = SINGLE.iter().filter_map(|name| {
        let versions = versions.remove(name).unwrap_or_default();
        (versions.len() != 1)
            .then(|| format!("{name} must come in one version, not in {versions:?}"))
    });
    wrong.collect()
}

fn licence_of(package: &Package, is_tool: bool) -> Result<Option<String>> {
    let shown = format!("{} {}", package.name, package.version);
    let Some(licence) = &package.license else {
        return Ok(Some(format!("{shown} names no licence")));
    };
    let allowed = licences::is_allowed(licence, is_tool).context(shown.clone())?;
    Ok((!allowed).then(|| format!("{shown}: licence {licence} is not on the list")))
}

/// Packages whose code is part of the product. A procedural macro runs in the compiler.
fn shipped(metadata: &Metadata) -> Result<HashSet<PackageId>> {
    let is_product = |package: &Package| PRODUCT.contains(&package.name.as_str());
    let is_macro = |package: &Package| package.targets.iter().any(Target::is_proc_macro);
    reached(metadata, is_product, |package, kind| {
        kind == DependencyKind::Normal && !is_macro(package)
    })
}

/// Packages reached from the chosen members of the workspace, along dependencies that `follow` wants.
fn reached(
    metadata: &Metadata,
    start: impl Fn(&Package) -> bool,
    follow: impl Fn(&Package, DependencyKind) -> bool,
) -> Result<HashSet<PackageId>> {
    let tree = metadata
        .resolve
        .as_ref()
        .context("cargo metadata gave no tree")?;
    let nodes: HashMap<_, _> = tree.nodes.iter().map(|node| (&node.id, node)).collect();
    let members = metadata.workspace_packages().into_iter();
    let mut open: Vec<_> = members
        .filter(|package| start(package))
        .map(|package| &package.id)
        .collect();
    let mut reached = HashSet::new();
    while let Some(id) = open.pop() {
        if !reached.insert(id.clone()) {
            continue;
        }
        let node = nodes
            .get(id)
            .with_context(|| format!("{id} is not in the tree"))?;
        for dependency in &node.deps {
            let package = &metadata[&dependency.pkg];
            if dependency
                .dep_kinds
                .iter()
                .any(|kind| follow(package, kind.kind))
            {
                open.push(&dependency.pkg);
            }
        }
    }
    Ok(reached)
}

#[cfg(test)]
mod tests {
    use super::{forbidden, not_single};

    #[test]
    fn names_a_forbidden_crate() {
        let found = forbidden(["rustls", "openssl-sys", "openssl-probe"].into_iter());
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("openssl-sys is forbidden"));
    }

    #[test]
    fn wants_exactly_one_version() {
        let packages = [
            ("leptos", "0.8.23"),
            ("rustls", "0.23.46"),
            ("rustls", "0.22.0"),
            ("sqlx", "0.9.0"),
        ];
        let found = not_single(
            packages
                .map(|(name, version)| (name, version.to_owned()))
                .into_iter(),
        );
        assert_eq!(
            found,
            ["rustls must come in one version, not in [\"0.23.46\", \"0.22.0\"]"]
        );
        assert_eq!(not_single(std::iter::empty()).len(), 3);
    }
}
