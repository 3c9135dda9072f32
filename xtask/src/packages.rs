//! What the tests need beside cargo, and how it gets there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use crate::process::run;
use crate::workspace::Workspace;
use crate::{postgres, process};

/// Something to install.
struct Need {
    debian: &'static str,
    /// A command, or the path of a file; there when any of them is.
    signs: &'static [&'static str],
}

const BROWSER_TESTS: [Need; 9] = [
    Need {
        debian: "chromium",
        signs: &["chromium", "chromium-browser", "google-chrome"],
    },
    Need {
        debian: "nodejs",
        signs: &["node"],
    },
    Need {
        debian: "npm",
        signs: &["npm"],
    },
    Need {
        debian: "dovecot-core",
        signs: &["dovecot"],
    },
    Need {
        debian: "dovecot-imapd",
        signs: &["/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"],
    },
    Need {
        debian: "dovecot-submissiond",
        signs: &[
            "/usr/lib/dovecot/submission",
            "/usr/libexec/dovecot/submission",
        ],
    },
    Need {
        debian: "dovecot-lmtpd",
        signs: &["/usr/lib/dovecot/lmtp", "/usr/libexec/dovecot/lmtp"],
    },
    Need {
        debian: "postfix",
        signs: &["postfix"],
    },
    Need {
        debian: "fonts-dejavu-core",
        signs: &[
            "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
            "/usr/share/fonts/TTF/DejaVuSans.ttf",
        ],
    },
];

/// Sets the clock of one server in the soak test.
const LIBFAKETIME: Need = Need {
    debian: "libfaketime",
    signs: &[
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ],
};

/// Installs what is missing, or says what to install.
///
/// # Errors
/// With the list of what is missing, where it cannot be installed from here.
pub fn ensure(workspace: &Workspace, browser: bool) -> Result<()> {
    let needs: &[Need] = if browser { &BROWSER_TESTS } else { &[] };
    let mut missing: Vec<_> = needs
        .iter()
        .filter(|need| !need.is_there())
        .map(|need| need.debian)
        .collect();
    if postgres::programs().is_none() {
        missing.push("postgresql");
    }
    if !LIBFAKETIME.is_there() {
        missing.push(LIBFAKETIME.debian);
    }
    if !missing.is_empty() {
        install(workspace, &missing)?;
    }
    if browser {
        ensure_npm(workspace)
    } else {
        Ok(())
    }
}

impl Need {
    fn is_there(&self) -> bool {
        self.signs.iter().any(|sign| {
            if sign.starts_with('/') {
                Path::new(sign).exists()
            } else {
                is_command(sign)
            }
        })
    }
}

fn is_command(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // The system's servers lie where the PATH of an ordinary user does not lead.
    let system = ["/usr/sbin", "/usr/local/sbin"].map(Into::into);
    std::env::split_paths(&path)
        .chain(system)
        .any(|folder| folder.join(name).is_file())
}

fn install(workspace: &Workspace, missing: &[&str]) -> Result<()> {
    let list = missing.join(" ");
    if !geteuid().is_root() || !Path::new("/etc/debian_version").exists() {
        bail!(
            "these are missing (names of Debian's packages): {list}\n\
             On Debian, install them with: sudo apt-get install --no-install-recommends {list}\n\
             The services they bring need not run."
        );
    }
    println!("installing {list}");
    run(workspace.command("apt-get").args(["update", "-qq"]))?;
    if missing.contains(&"postfix") {
        let preseed = "echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections";
        run(workspace.command("sh").args(["-c", preseed]))?;
    }
    let _no_services = NoServices::begin()?;
    run(workspace
        .command("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-qq", "--yes", "--no-install-recommends"])
        .args(missing))
}

/// Keeps Debian from starting services while packages are installed, unless the machine has a policy already.
struct NoServices {
    is_ours: bool,
}

const POLICY: &str = "/usr/sbin/policy-rc.d";

impl NoServices {
    fn begin() -> Result<Self> {
        let is_ours = !Path::new(POLICY).exists();
        if is_ours {
            fs::write(POLICY, "#!/bin/sh\nexit 101\n").context(POLICY)?;
            fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755)).context(POLICY)?;
        }
        Ok(Self { is_ours })
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.is_ours
            && let Err(error) = fs::remove_file(POLICY)
        {
            eprintln!("{POLICY} must be removed by hand: {error}");
        }
    }
}

/// `npm ci`, when the lock file is newer than what is installed.
fn ensure_npm(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("end2end");
    let wanted =
        fs::metadata(folder.join("package-lock.json")).context("end2end/package-lock.json")?;
    let installed = fs::metadata(folder.join("node_modules/.package-lock.json"));
    if installed.is_ok_and(|installed| installed.modified().ok() >= wanted.modified().ok()) {
        return Ok(());
    }
    let mut npm = workspace.command("npm");
    npm.current_dir(folder)
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(&mut npm)
}
