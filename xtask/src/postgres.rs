//! A database cluster for one test run, deleted afterwards.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use crate::http::free_port;
use crate::process::{Running, capture, pause, run};
use crate::workspace::Workspace;

/// The owner of the cluster, because `initdb` refuses to run as root. Debian's package creates this
/// user.
const USER: &str = "postgres";
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Durability if the machine crashes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// No durability, which is faster and sufficient for tests.
    None,
    /// Commits survive a crash.
    Durable,
}

/// A running cluster on a free port of 127.0.0.1. It is stopped and its data removed when this is
/// dropped.
pub struct Cluster {
    /// `postgres://…` of a superuser.
    pub url: String,
    // Dropped in this order: first the server, then its folder.
    _server: Running,
    _folder: TempDir,
}

impl Cluster {
    /// Creates and starts a cluster that trusts every connection.
    pub fn start(workspace: &Workspace, durability: Durability) -> Result<Self> {
        let programs = programs()
            .context("PostgreSQL is not installed: neither in /usr/lib/postgresql nor in PATH")?;
        let folder = make_folder(workspace)?;
        let data = folder.path().join("data");
        run(as_user(&programs.join("initdb"), folder.path())
            .arg("--pgdata")
            .arg(&data)
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .stdout(Stdio::null()))?;

        let port = free_port()?;
        let mut command = as_user(&programs.join("postgres"), folder.path());
        command.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        let mut settings = vec![
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=300",
        ];
        if durability == Durability::None {
            settings.extend([
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
            ]);
        }
        for setting in settings {
            command.args(["-c", setting]);
        }
        let log_path = folder.path().join("log");
        let log = fs::File::create(&log_path)?;
        command.stdout(log.try_clone()?).stderr(log);
        // SIGINT disconnects clients and stops; SIGTERM would wait for them.
        let mut server = Running::start("PostgreSQL", &mut command)?.stopped_by(Signal::INT);
        if let Err(error) = wait(&programs, port, &mut server) {
            eprintln!("{}", fs::read_to_string(&log_path).unwrap_or_default());
            return Err(error);
        }
        Ok(Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            _server: server,
            _folder: folder,
        })
    }

    /// Returns the environment in which tests are built and run to use the cluster.
    pub fn environment(&self) -> [(&'static str, &str); 2] {
        [
            ("MAILGRANT_TEST_POSTGRES", &self.url),
            // Cargo would otherwise rebuild the tests, because the port differs each time.
            ("MAILGRANT_TEST_WITH", "postgres"),
        ]
    }
}

/// Returns the folder of `initdb` and `postgres`: Debian's newest version, or the one in PATH.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, folder)| is_complete(folder))
        .max();
    newest.map(|(_, folder)| folder).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| is_complete(folder))
    })
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_isready"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

/// Creates a folder that the user of the cluster can reach: below `target`, or in the system's
/// temporary folder if other users cannot enter the parents of the checkout.
fn make_folder(workspace: &Workspace) -> Result<TempDir> {
    let name = format!("postgres-{}-", std::process::id());
    let make = |parent: &Path| -> Result<TempDir> {
        let folder = tempfile::Builder::new()
            .prefix(&name)
            .tempdir_in(parent)
            .with_context(|| parent.display().to_string())?;
        if geteuid().is_root() {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
            let id = |flag: &str| -> Result<u32> {
                Ok(capture(Command::new("id").args([flag, USER]))?
                    .trim()
                    .parse()?)
            };
            chown(folder.path(), Some(id("-u")?), Some(id("-g")?))?;
        }
        Ok(folder)
    };
    let folder = make(&workspace.root.join("target"))?;
    let reachable = as_user(Path::new("test"), Path::new("/"))
        .arg("-w")
        .arg(folder.path())
        .status()?;
    if reachable.success() {
        Ok(folder)
    } else {
        make(&std::env::temp_dir())
    }
}

/// Returns a command that runs the program as a user that the cluster accepts. `setpriv` is
/// replaced by the program, so signals reach it.
fn as_user(program: &Path, folder: &Path) -> Command {
    let mut command = if geteuid().is_root() {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", USER, "--regid", USER, "--init-groups", "--"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

fn wait(programs: &Path, port: u16, server: &mut Running) -> Result<()> {
    let started = Instant::now();
    loop {
        server.still_runs()?;
        let mut requested = Command::new(programs.join("pg_isready"));
        requested.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
        if requested.status()?.success() {
            return Ok(());
        }
        if started.elapsed() > START_TIMEOUT {
            bail!(
                "PostgreSQL did not start within {} s",
                START_TIMEOUT.as_secs()
            );
        }
        pause()?;
    }
}
