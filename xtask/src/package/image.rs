//! The container image: the static program, root certificates, and nothing else. umoci writes it
//! as an OCI layout, which needs neither a daemon nor root.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Packages;
use super::release::Program;
use crate::progress::Step;

pub const STEP: Step = Step {
    name: "container image",
    first_run: Duration::from_secs(10),
};

/// The user of the process; the number is that of distroless images.
const USER: &str = "65532:65532";
/// Root certificates of Debian's package ca-certificates.
const ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";
const DATA: &str = "/var/lib/mailgrant";

/// Makes an OCI layout and packs it into a tar archive, which `skopeo` and `podman load` read.
pub fn build(packages: &Packages, program: &Program) -> Result<PathBuf> {
    let workspace = packages.workspace;
    let run = |arguments: &[&str]| {
        workspace
            .run(workspace.command("umoci").args(arguments))
            .with_context(|| "cannot write the image; it needs the Debian package umoci".to_owned())
    };
    if !PathBuf::from(ROOTS).exists() {
        bail!("{ROOTS} is missing; install the Debian package ca-certificates");
    }
    let root = packages.folder.join("image-root");
    let layout = packages.folder.join("image");
    for folder in [&root, &layout] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    for folder in ["usr/bin", "etc/ssl/certs", "tmp", "var/lib/mailgrant"] {
        fs::create_dir_all(root.join(folder))?;
    }
    let user = "mailgrant:x:65532:65532::/var/lib/mailgrant:/usr/bin/mailgrant\n";
    fs::write(root.join("etc/passwd"), user)?;
    fs::write(root.join("etc/group"), "mailgrant:x:65532:\n")?;
    fs::copy(ROOTS, root.join("etc/ssl/certs/ca-certificates.crt"))?;
    fs::copy(&program.path, root.join("usr/bin/mailgrant"))?;
    fs::set_permissions(root.join("tmp"), fs::Permissions::from_mode(0o1777))?;
    // Owned by root in the image, so its mode lets the user of the process in. A volume that is
    // mounted here takes over the mode.
    fs::set_permissions(root.join(&DATA[1..]), fs::Permissions::from_mode(0o777))?;

    let (layout_text, image) = (
        layout.to_string_lossy().into_owned(),
        format!("{}:{}", layout.display(), packages.version),
    );
    run(&["init", "--layout", &layout_text])?;
    run(&["new", "--image", &image])?;
    let content = root.to_string_lossy().into_owned();
    run(&["insert", "--rootless", "--image", &image, &content, "/"])?;
    let created = packages.created()?;
    let version = format!("org.opencontainers.image.version={}", packages.version);
    run(&[
        "config",
        "--image",
        &image,
        "--created",
        &created,
        "--config.user",
        USER,
        "--config.entrypoint",
        "/usr/bin/mailgrant",
        "--config.workingdir",
        DATA,
        "--config.volume",
        DATA,
        "--config.env",
        "MAILGRANT_DATA_DIRECTORY=/var/lib/mailgrant",
        "--config.exposedports",
        "3000/tcp",
        "--config.exposedports",
        "2525/tcp",
        "--config.label",
        "org.opencontainers.image.title=Mailgrant",
        "--config.label",
        &version,
        "--config.label",
        "org.opencontainers.image.licenses=Apache-2.0",
    ])?;
    run(&["gc", "--layout", &layout_text])?;
    fs::remove_dir_all(&root)?;
    let archive = packages.folder.join(format!(
        "mailgrant-{}-{}-image.tar",
        packages.version,
        std::env::consts::ARCH
    ));
    workspace.run(
        workspace
            .command("tar")
            .arg("--create")
            .arg("--file")
            .arg(&archive)
            .args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner"])
            .arg(format!("--mtime=@{}", packages.epoch))
            .arg("--directory")
            .arg(&layout)
            .arg("."),
    )?;
    Ok(archive)
}
