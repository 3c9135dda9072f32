//! `cargo xtask setup`: installs the programs that the tests need in addition to cargo, or lists
//! them.

mod unpacked;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use clap::Args;
use rustix::process::geteuid;

use crate::process::capture;
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;
use crate::{postgres, site};

/// Which programs to install.
#[derive(Args)]
pub struct Options {
    /// Skip the programs that only the browser tests need
    #[arg(long)]
    fast: bool,
    /// Show the output of all programs
    #[arg(long, short)]
    verbose: bool,
}

impl Options {
    /// Returns true if the output of all programs should be shown.
    pub fn verbose(&self) -> bool {
        self.verbose
    }
}

/// A Debian package that the tests need.
struct Need {
    debian: &'static str,
    /// Commands, or absolute paths of files. The package counts as installed if one of them exists.
    signs: &'static [&'static str],
    reason: &'static str,
}

const BROWSER_TESTS: [Need; 7] = [
    Need {
        debian: "chromium",
        signs: &["chromium", "chromium-browser", "google-chrome"],
        reason: "the browser of the browser tests",
    },
    Need {
        debian: "dovecot-core",
        signs: &["dovecot"],
        reason: "a real mail server, to test the mailbox against",
    },
    Need {
        debian: "dovecot-imapd",
        signs: &["/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"],
        reason: "its IMAP service",
    },
    Need {
        debian: "dovecot-submissiond",
        signs: &[
            "/usr/lib/dovecot/submission",
            "/usr/libexec/dovecot/submission",
        ],
        reason: "its submission service, which knows OAUTHBEARER",
    },
    Need {
        debian: "dovecot-lmtpd",
        signs: &["/usr/lib/dovecot/lmtp", "/usr/libexec/dovecot/lmtp"],
        reason: "its delivery service",
    },
    Need {
        debian: "postfix",
        signs: &["postfix"],
        reason: "a real SMTP server, to send through and to compare speed with",
    },
    Need {
        debian: "fonts-dejavu-core",
        signs: &[
            "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
            "/usr/share/fonts/TTF/DejaVuSans.ttf",
        ],
        reason: "the font that pages are measured with",
    },
];

const LIBFAKETIME: Need = Need {
    debian: "libfaketime",
    signs: &[
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ],
    reason: "sets the clock of one server in the soak test",
};

/// Programs that send to the SMTP server in tests, or read from the IMAP gateway. The test of `JavaMail` also needs a JDK, which is
/// several hundred megabytes and is not installed.
const MAIL_PROGRAMS: [Need; 15] = [
    Need::program("curl", &["curl"]),
    Need::program("python3", &["python3"]),
    Need::program("swaks", &["swaks"]),
    Need::program("msmtp", &["msmtp"]),
    Need {
        debian: "fetchmail",
        signs: &["fetchmail"],
        reason: "reads mail over the IMAP gateway in tests",
    },
    Need {
        debian: "isync",
        signs: &["mbsync"],
        reason: "reads mail over the IMAP gateway in tests",
    },
    Need::program("s-nail", &["s-nail"]),
    Need::program(
        "git-email",
        &[
            "/usr/lib/git-core/git-send-email",
            "/usr/libexec/git-core/git-send-email",
            "/usr/local/libexec/git-core/git-send-email",
        ],
    ),
    Need::program("php-cli", &["php"]),
    Need::program(
        "libphp-phpmailer",
        &["/usr/share/php/libphp-phpmailer/autoload.php"],
    ),
    Need::program("ruby", &["ruby"]),
    Need::program("libmail-java", &["/usr/share/java/javax.mail.jar"]),
    // Perl's libraries for TLS and for signing in, which swaks and git use too.
    Need::program(
        "libio-socket-ssl-perl",
        &["/usr/share/perl5/IO/Socket/SSL.pm"],
    ),
    Need::program("libauthen-sasl-perl", &["/usr/share/perl5/Authen/SASL.pm"]),
    // With which Postfix signs in.
    Need::program(
        "libsasl2-modules",
        &[
            "/usr/lib/x86_64-linux-gnu/sasl2/libplain.so",
            "/usr/lib/aarch64-linux-gnu/sasl2/libplain.so",
        ],
    ),
];

/// The step that installs all of them.
pub const STEP: Step = Step {
    name: "install what is missing",
    first_run: Duration::from_mins(2),
};

/// Oldest major version of Node.js that runs the browser tests.
const NODE_MAJOR: u32 = 20;

/// Installs everything. Prints a note if nothing was missing.
///
/// # Errors
/// If packages cannot be installed from here. The error lists them.
pub fn setup(workspace: &Workspace, options: &Options) -> Result<()> {
    Progress::new(workspace, 1).step(STEP, || {
        site::ensure_target(workspace)?;
        ensure(workspace, !options.fast)
    })?;
    println!("Everything that `cargo xtask test` needs is installed.");
    Ok(())
}

/// Installs missing packages as root on Debian, and the locked npm packages for the browser tests.
///
/// # Errors
/// If packages cannot be installed from here. The error lists them.
pub fn ensure(workspace: &Workspace, browser: bool) -> Result<()> {
    let needs: &[Need] = if browser { &BROWSER_TESTS } else { &[] };
    let mut missing: Vec<_> = needs
        .iter()
        .chain(&MAIL_PROGRAMS)
        .chain([&LIBFAKETIME])
        .filter(|need| !need.is_installed())
        .map(|need| (need.debian, need.reason))
        .collect();
    if postgres::programs().is_none() {
        missing.push(("postgresql", "the second database that the store supports"));
    }
    let has_installed = !missing.is_empty();
    if has_installed {
        install(workspace, &missing)?;
    }
    if unpacked::ensure(workspace)? || has_installed {
        detect_again(workspace)?;
    }
    if browser {
        check_node()?;
        ensure_npm(workspace)?;
    }
    Ok(())
}

impl Need {
    /// Returns a program that sends mail, or a part of one.
    const fn program(debian: &'static str, signs: &'static [&'static str]) -> Self {
        Self {
            debian,
            signs,
            reason: "sends to the SMTP server in tests",
        }
    }

    fn is_installed(&self) -> bool {
        self.signs.iter().any(|sign| {
            if sign.starts_with('/') {
                Path::new(sign).exists()
            } else {
                is_command(sign)
            }
        })
    }
}

/// Makes the build script that detects programs for tests run again.
#[expect(
    clippy::disallowed_methods,
    reason = "cargo compares the times of files with the clock of the system"
)]
fn detect_again(workspace: &Workspace) -> Result<()> {
    let script = workspace.root.join("crates/prerequisites/build.rs");
    let file = fs::File::options().append(true).open(&script);
    file.and_then(|file| file.set_modified(SystemTime::now()))
        .with_context(|| script.display().to_string())
}

fn is_command(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // System daemons are in folders that an ordinary user's PATH does not contain.
    let system = ["/usr/sbin", "/usr/local/sbin"].map(Into::into);
    std::env::split_paths(&path)
        .chain(system)
        .any(|folder| folder.join(name).is_file())
}

fn install(workspace: &Workspace, missing: &[(&str, &str)]) -> Result<()> {
    let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
    let lines = missing
        .iter()
        .map(|(name, reason)| format!("  {name:<20} {reason}"));
    let list = lines.collect::<Vec<_>>().join("\n");
    if !geteuid().is_root() || !Path::new("/etc/debian_version").exists() {
        bail!(
            "these Debian packages are missing:\n{list}\n\
             On Debian and Ubuntu, install them with:\n  \
             sudo apt-get install --no-install-recommends {}\n\
             On other systems, install the programs of the same names. Their services need not run.",
            names.join(" ")
        );
    }
    println!("Installing Debian packages that the tests need:\n{list}");
    workspace.run(workspace.command("apt-get").args(["update", "-qq"]))?;
    if names.contains(&"postfix") {
        let preseed = "echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections";
        workspace.run(workspace.command("sh").args(["-c", preseed]))?;
    }
    let _no_services = NoServices::begin(Path::new(POLICY))?;
    workspace.run(
        workspace
            .command("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-qq", "--yes", "--no-install-recommends"])
            .args(names),
    )
}

/// The program that Debian runs before a package starts its service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Prevents packages from starting services. The machine's own policy is restored when this is
/// dropped.
struct NoServices {
    policy: PathBuf,
}

impl NoServices {
    fn begin(policy: &Path) -> Result<Self> {
        let previous = previous(policy);
        // If both exist, an earlier run was killed, and `policy` is the file that it wrote.
        if policy.exists() && !previous.exists() {
            fs::rename(policy, &previous).with_context(|| policy.display().to_string())?;
        }
        let guard = Self {
            policy: policy.to_owned(),
        };
        fs::write(policy, "#!/bin/sh\nexit 101\n")
            .and_then(|()| fs::set_permissions(policy, fs::Permissions::from_mode(0o755)))
            .with_context(|| policy.display().to_string())?;
        Ok(guard)
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        let previous = previous(&self.policy);
        let restored = if previous.exists() {
            fs::rename(&previous, &self.policy)
        } else {
            fs::remove_file(&self.policy)
        };
        if let Err(error) = restored {
            let policy = self.policy.display();
            eprintln!("{policy} could not be restored: {error}");
        }
    }
}

/// Returns the path of the machine's own policy meanwhile, which survives a kill of this process.
fn previous(policy: &Path) -> PathBuf {
    policy.with_extension("d.before-mailgrant")
}

/// Checks the version of Node.js. It is not installed from Debian, whose release may be too old.
/// Debian's npm package also conflicts with Node.js packages from other sources.
fn check_node() -> Result<()> {
    let advice = format!("install Node.js {NODE_MAJOR} or newer with npm, see https://nodejs.org");
    if !is_command("node") || !is_command("npm") {
        bail!("the browser tests need node and npm: {advice}");
    }
    let version = capture(std::process::Command::new("node").arg("--version"))?;
    if major(&version).is_none_or(|major| major < NODE_MAJOR) {
        bail!("Node.js {} is too old: {advice}", version.trim());
    }
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    let (major, _) = version.trim().strip_prefix('v')?.split_once('.')?;
    major.parse().ok()
}

/// Runs `npm ci` if the lock file is newer than the installed packages.
fn ensure_npm(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("end2end");
    let locked =
        fs::metadata(folder.join("package-lock.json")).context("end2end/package-lock.json")?;
    let installed = fs::metadata(folder.join("node_modules/.package-lock.json"));
    if installed.is_ok_and(|installed| installed.modified().ok() >= locked.modified().ok()) {
        return Ok(());
    }
    println!("Installing the npm packages of the browser tests into end2end/node_modules");
    let mut npm = workspace.command("npm");
    npm.current_dir(folder)
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    workspace.run(&mut npm)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{NoServices, major, previous};

    #[test]
    fn restores_the_policy_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy-rc.d");
        fs::write(&policy, "#!/bin/sh\nexit 0\n").unwrap();

        let guard = NoServices::begin(&policy).unwrap();
        assert_eq!(
            fs::read_to_string(&policy).unwrap(),
            "#!/bin/sh\nexit 101\n"
        );
        drop(guard);

        assert_eq!(fs::read_to_string(&policy).unwrap(), "#!/bin/sh\nexit 0\n");
        assert!(!previous(&policy).exists());
    }

    #[test]
    fn leaves_no_policy_where_there_was_none() {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy-rc.d");
        drop(NoServices::begin(&policy).unwrap());
        assert!(!policy.exists());
    }

    #[test]
    fn restores_the_policy_after_an_earlier_run_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy-rc.d");
        fs::write(&policy, "own").unwrap();
        std::mem::forget(NoServices::begin(&policy).unwrap());

        drop(NoServices::begin(&policy).unwrap());
        assert_eq!(fs::read_to_string(&policy).unwrap(), "own");
    }

    #[test]
    fn reads_the_major_version_of_node() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
    }
}
