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
    println!("cargo::rustc-check-cfg=cfg(postgres, small_disks)");
    if has_postgres() {
        println!("cargo::rustc-cfg=postgres");
    }
    let has_small_disks = has_small_disks();
    if has_small_disks {
        println!("cargo::rustc-cfg=small_disks");
    }
    println!("cargo::rerun-if-env-changed=PATH");
    let programs = Program::all();
    let missing = programs.filter_map(|program| {
        let reason = program.reason_against(has_small_disks)?;
        Some(format!("{}={reason}", program.name))
    });
    let missing: Vec<_> = missing.collect();
    println!("cargo::rustc-env=MISSING_PROGRAMS={}", missing.join(";"));
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

/// A program that sends or reads mail in a test.
struct Program {
    name: &'static str,
    /// What must exist: commands, absolute paths, paths below the checkout, modules of Perl
    /// (`perl:NAME`), and commands of git (`git:NAME`). `|` separates alternatives.
    files: &'static [&'static str],
    /// True if the test gives it a file system of its own, or starts services.
    needs_root: bool,
}

impl Program {
    const fn new(name: &'static str, files: &'static [&'static str], needs_root: bool) -> Self {
        Self {
            name,
            files,
            needs_root,
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        [
            Self::new("swaks", &["swaks", SSLEAY], false),
            Self::new("msmtp", &["msmtp"], false),
            Self::new("s_nail", &["s-nail"], false),
            Self::new("curl", &["curl"], false),
            Self::new("git", &["git:send-email", SSLEAY, SASL], false),
            Self::new(
                "phpmailer",
                &["php", "/usr/share/php/libphp-phpmailer/autoload.php"],
                false,
            ),
            Self::new(
                "java",
                &["java", "javac", "/usr/share/java/javax.mail.jar"],
                false,
            ),
            Self::new("python", &["python3"], false),
            Self::new("ruby", &["ruby"], false),
            Self::new("perl", &["perl", SSLEAY, SASL], false),
            Self::new(
                "nodemailer",
                &["node", "end2end/node_modules/nodemailer/package.json"],
                false,
            ),
            Self::new(
                "nullmailer",
                &["target/mail-programs/nullmailer/usr/sbin/nullmailer-send"],
                true,
            ),
            Self::new("dma", &["target/mail-programs/dma/usr/sbin/dma"], true),
            Self::new(
                "exim",
                &["target/mail-programs/exim4-daemon-light/usr/sbin/exim4"],
                true,
            ),
            Self::new(
                "postfix",
                &[
                    "/usr/sbin/postfix",
                    "/usr/lib/x86_64-linux-gnu/sasl2/libplain.so|/usr/lib/aarch64-linux-gnu/sasl2/libplain.so",
                ],
                true,
            ),
            Self::new("smtp_source", &["/usr/sbin/smtp-source"], false),
            Self::new(
                "mailbox_programs",
                &[
                    "/usr/sbin/dovecot",
                    "/usr/lib/dovecot/imap",
                    "fetchmail",
                    "mbsync",
                    "python3",
                ],
                true,
            ),
        ]
        .into_iter()
    }

    /// Returns the reason why tests of this program are ignored, if any.
    fn reason_against(&self, is_root: bool) -> Option<String> {
        if self.needs_root && !is_root {
            return Some(
                "needs root on Linux, to mount file systems and start services".to_owned(),
            );
        }
        let missing: Vec<_> = self.files.iter().filter(|file| !exists(file)).collect();
        let first = missing.first()?;
        Some(format!("needs {first}, see `cargo xtask setup`"))
    }
}

const SSLEAY: &str = "perl:Net::SSLeay";
const SASL: &str = "perl:Authen::SASL";

fn exists(need: &str) -> bool {
    if let Some(module) = need.strip_prefix("perl:") {
        let module = format!("-M{module}");
        return run("perl", &[&module, "-e"], Path::new("1"));
    }
    if let Some(name) = need.strip_prefix("git:") {
        let folder = Command::new("git").arg("--exec-path").output();
        return folder.is_ok_and(|output| {
            let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            Path::new(&folder).join(format!("git-{name}")).exists()
        });
    }
    let found = need.split('|').find_map(path_of);
    if let Some(path) = &found {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    found.is_some()
}

/// Returns the path of an existing command or file.
fn path_of(name: &str) -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = if name.contains('/') {
        // An absolute path replaces the folder.
        vec![checkout]
    } else {
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect()
    };
    let mut paths = folders.into_iter().map(|folder| folder.join(name));
    paths.find(|path| path.exists())
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
    command.args(arguments).arg(path);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
