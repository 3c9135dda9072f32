//! Detects the prerequisites of tests that this machine provides.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Comma-separated list of available prerequisites. Overrides the detection.
const AVAILABLE: &str = "MAILGRANT_TEST_WITH";
/// URL of a server on which tests may create databases.
const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(postgres, small_disks, mail_programs, mailbox_programs)");
    if has_postgres() {
        println!("cargo::rustc-cfg=postgres");
    }
    if has_mailbox_programs() {
        println!("cargo::rustc-cfg=mailbox_programs");
    }
    if has_programs(&["curl", "msmtp", "python3", "swaks"]) {
        println!("cargo::rustc-cfg=mail_programs");
    }
    if has_small_disks() {
        println!("cargo::rustc-cfg=small_disks");
    }
}

fn has_postgres() -> bool {
    println!("cargo::rerun-if-env-changed={AVAILABLE}");
    if let Ok(available) = env::var(AVAILABLE) {
        return available.split(',').any(|one| one == "postgres");
    }
    // The URL of a server that is started for one run is always different, and each change rebuilds
    // the tests. It is therefore read only if the other variable is not set.
    println!("cargo::rerun-if-env-changed={POSTGRES}");
    env::var_os(POSTGRES).is_some()
}

/// Returns true if Dovecot can be started, and the programs are there that read mail from it.
fn has_mailbox_programs() -> bool {
    println!("cargo::rerun-if-env-changed=USER");
    let dovecot = ["/usr/sbin/dovecot", "/usr/lib/dovecot/imap"];
    for path in dovecot {
        println!("cargo::rerun-if-changed={path}");
    }
    let is_root = Command::new("id").arg("-u").output();
    let is_root = is_root.is_ok_and(|output| output.stdout == b"0\n");
    is_root
        && dovecot.iter().all(|path| Path::new(path).exists())
        && has_programs(&["fetchmail", "mbsync", "python3"])
}

fn has_programs(names: &[&str]) -> bool {
    println!("cargo::rerun-if-env-changed=PATH");
    let folders = env::var_os("PATH").unwrap_or_default();
    names.iter().all(|name| {
        let found = env::split_paths(&folders)
            .map(|folder| folder.join(name))
            .find(|path| path.exists());
        if let Some(path) = &found {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        found.is_some()
    })
}

/// Returns true if a small file system can be mounted, as the tests do.
fn has_small_disks() -> bool {
    // Only root can mount.
    println!("cargo::rerun-if-env-changed=USER");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return false;
    }
    let Some(folder) = env::var_os("OUT_DIR") else {
        return false;
    };
    let path = PathBuf::from(folder).join("small-disk");
    if fs::create_dir_all(&path).is_err() {
        return false;
    }
    let options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs"];
    let is_mounted = run("mount", &options, &path);
    is_mounted && run("umount", &[], &path)
}

fn run(command: &str, arguments: &[&str], path: &Path) -> bool {
    let mut command = Command::new(command);
    command.args(arguments).arg(path).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
