//! `cargo xtask watch`: rebuilds the parts that a saved file belongs to, restarts the server, and
//! reloads open pages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use clap::Args;

use crate::binaries::{self, Binaries};
use crate::gates;
use crate::process::{Output, Running, interrupted, pause};
use crate::progress::{Progress, Step};
use crate::run::{check_ports, print_guide, start_sandbox, start_server};
use crate::site;
use crate::workspace::Workspace;

/// Sources of the product in the checkout.
const WATCHED: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "app",
    "crates",
    "frontend",
    "server",
    "static",
    "style",
];
/// Folders whose changes need no compiler.
const PLAIN: [&str; 2] = ["static", "style"];
const POLL_INTERVAL: Duration = Duration::from_millis(100);

const SITE: Step = Step {
    name: "browser side, development",
    first_run: Duration::from_secs(90),
};
const START: Step = Step {
    name: "start",
    first_run: Duration::from_secs(1),
};

/// Makes a debug server load the script that reloads its pages.
const WATCHED_PAGES: [(&str, &str); 1] = [("XTASK_WATCH", "1")];

/// Options of `cargo xtask watch`.
#[derive(Args)]
pub struct Options {
    /// Port of localhost for Mailgrant
    #[arg(long, default_value_t = 3000)]
    port: u16,
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

/// Builds and starts both programs. Returns after Ctrl-C. If a change does not compile, the
/// previous programs keep running.
///
/// # Errors
/// If the first build fails or a program does not start.
pub fn watch(workspace: &Workspace, options: &Options) -> Result<()> {
    check_ports(options.port)?;
    let mut progress = Progress::new(workspace, 3);
    let mut development = site::Development::default();
    progress.step(SITE, || {
        development.compile(workspace)?;
        development.write(workspace)
    })?;
    site::reload_pages(workspace, 0)?;
    let binaries = progress.step(binaries::step(false), || binaries::build(workspace, false))?;
    let folder = workspace.root.join("target/sandbox");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (mut running, setup_link) = progress.step(START, || {
        Programs::start(workspace, binaries, folder.clone(), options.port)
    })?;
    print_guide(options.port, setup_link.as_deref(), &folder)?;

    let browser = gates::browser_folders(workspace)?;
    let mut files = Files::find(&workspace.root)?;
    println!("\nWatching for changes.");
    for version in 1.. {
        let Some((changed, now)) = next_change(workspace, &files) else {
            break;
        };
        files = now;
        let parts = Parts::of(&changed.paths, &workspace.root, &browser);
        let rebuilt = rebuild(workspace, &mut development, parts)
            .and_then(|()| running.restart(workspace, parts))
            .and_then(|()| site::reload_pages(workspace, version));
        if interrupted() {
            break;
        }
        let shown = changed.paths.first().map(|path| path.display().to_string());
        let shown = shown.unwrap_or_default();
        match rebuilt {
            Ok(()) => {
                let elapsed = changed.saved.elapsed().unwrap_or_default();
                println!("{shown}: on the page after {:.1} s", elapsed.as_secs_f64());
            }
            Err(error) => {
                print_log(workspace);
                println!("{shown}: {error:#}\nThe last programs that compiled are still running.");
            }
        }
    }
    println!("\nstopping");
    Ok(())
}

/// The server and the sandbox, with everything needed to restart them.
struct Programs {
    server: Running,
    sandbox: Running,
    binaries: Binaries,
    folder: PathBuf,
    port: u16,
}

impl Programs {
    /// Starts both. Also returns the setup link of a server without accounts.
    fn start(
        workspace: &Workspace,
        binaries: Binaries,
        folder: PathBuf,
        port: u16,
    ) -> Result<(Self, Option<String>)> {
        let sandbox = start_sandbox(&binaries.sandbox, &folder)?;
        let (server, link) = start_server(
            workspace,
            &binaries.mailgrant,
            &folder,
            port,
            &WATCHED_PAGES,
        )?;
        let programs = Self {
            server,
            sandbox,
            binaries,
            folder,
            port,
        };
        Ok((programs, link))
    }

    /// Restarts the server, which finds the site's files at its start, and the sandbox if it has
    /// changed.
    fn restart(&mut self, workspace: &Workspace, parts: Parts) -> Result<()> {
        self.server.stop();
        if parts.sandbox {
            self.sandbox.stop();
            self.sandbox = start_sandbox(&self.binaries.sandbox, &self.folder)?;
        }
        let (server, _) = start_server(
            workspace,
            &self.binaries.mailgrant,
            &self.folder,
            self.port,
            &WATCHED_PAGES,
        )?;
        self.server = server;
        Ok(())
    }
}

/// The parts that a change belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Parts {
    site: bool,
    programs: bool,
    sandbox: bool,
}

impl Parts {
    fn of(changed: &[PathBuf], root: &Path, browser: &[PathBuf]) -> Self {
        let mut parts = Self::default();
        for path in changed {
            let below = |folder: &str| path.starts_with(root.join(folder));
            let is_plain = PLAIN.iter().any(|folder| below(folder));
            let is_manifest = path.parent() == Some(root);
            let is_browser = browser.iter().any(|folder| path.starts_with(folder));
            parts.site |= is_plain || is_manifest || is_browser;
            parts.programs |= !is_plain && !below("frontend");
            parts.sandbox |= below("crates/sandbox") || is_manifest;
        }
        parts
    }
}

/// Compiles both parts concurrently if both are needed, then writes the site.
fn rebuild(workspace: &Workspace, development: &mut site::Development, parts: Parts) -> Result<()> {
    workspace.output.clear()?;
    thread::scope(|scope| {
        let programs = scope.spawn(|| {
            if parts.programs {
                binaries::build(workspace, false)?;
            }
            Ok(())
        });
        let site = if parts.site {
            development.compile(workspace)
        } else {
            Ok(())
        };
        let programs = programs
            .join()
            .unwrap_or_else(|_| Err(anyhow!("the build panicked")));
        programs.and(site)
    })?;
    if parts.site {
        development.write(workspace)?;
    }
    Ok(())
}

fn print_log(workspace: &Workspace) {
    if let Output::File(path) = &workspace.output {
        let log = fs::read(path).unwrap_or_default();
        println!("{}", String::from_utf8_lossy(&log));
    }
}

/// Changed files, and the time at which the last one was saved.
struct Changed {
    paths: Vec<PathBuf>,
    saved: SystemTime,
}

/// Waits for a change, and then until no more changes occur. Returns `None` after Ctrl-C.
fn next_change(workspace: &Workspace, before: &Files) -> Option<(Changed, Files)> {
    let mut last: Option<Files> = None;
    loop {
        pause().ok()?;
        thread::sleep(POLL_INTERVAL);
        // An editor may be replacing a folder right now.
        let Ok(now) = Files::find(&workspace.root) else {
            continue;
        };
        let paths = now.changed_since(before);
        if paths.is_empty() {
            continue;
        }
        if last.as_ref() == Some(&now) {
            let saved = paths.iter().filter_map(|path| now.modified.get(path)).max();
            let saved = saved.copied().unwrap_or(SystemTime::UNIX_EPOCH);
            return Some((Changed { paths, saved }, now));
        }
        last = Some(now);
    }
}

/// Watched files with the time of their last change.
#[derive(PartialEq, Eq)]
struct Files {
    modified: BTreeMap<PathBuf, SystemTime>,
}

impl Files {
    fn find(root: &Path) -> Result<Self> {
        let mut modified = BTreeMap::new();
        for name in WATCHED {
            add(&root.join(name), &mut modified)?;
        }
        Ok(Self { modified })
    }

    /// Returns files that are new, changed, or gone.
    fn changed_since(&self, before: &Self) -> Vec<PathBuf> {
        let is_new =
            |(path, time): &(&PathBuf, &SystemTime)| before.modified.get(*path) != Some(*time);
        let gone = before
            .modified
            .keys()
            .filter(|path| !self.modified.contains_key(*path));
        let new = self.modified.iter().filter(is_new).map(|(path, _)| path);
        new.chain(gone).cloned().collect()
    }
}

fn add(path: &Path, modified: &mut BTreeMap<PathBuf, SystemTime>) -> Result<()> {
    let metadata = fs::metadata(path).with_context(|| path.display().to_string())?;
    if metadata.is_file() {
        modified.insert(path.to_owned(), metadata.modified()?);
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        // Editors use such names for swap files and locks.
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with(['.', '#']) && !name.ends_with('~') {
            add(&entry.path(), modified)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Files, Parts, WATCHED};

    fn parts(path: &str) -> Parts {
        let browser = ["app", "frontend", "crates/domain"].map(|path| Path::new("/x").join(path));
        Parts::of(&[Path::new("/x").join(path)], Path::new("/x"), &browser)
    }

    #[test]
    fn rebuilds_only_the_parts_of_a_change() {
        let of = |site, programs, sandbox| Parts {
            site,
            programs,
            sandbox,
        };
        assert_eq!(parts("style/main.css"), of(true, false, false));
        assert_eq!(parts("app/src/lib.rs"), of(true, true, false));
        assert_eq!(parts("crates/domain/src/lib.rs"), of(true, true, false));
        assert_eq!(parts("crates/mail/src/lib.rs"), of(false, true, false));
        assert_eq!(parts("crates/sandbox/src/lib.rs"), of(false, true, true));
        assert_eq!(parts("frontend/src/lib.rs"), of(true, false, false));
        assert_eq!(parts("Cargo.lock"), of(true, true, true));
    }

    #[test]
    fn detects_new_and_removed_files_but_no_swap_files() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in WATCHED {
            if name.contains('.') {
                fs::write(root.join(name), "").unwrap();
            } else {
                fs::create_dir(root.join(name)).unwrap();
            }
        }
        fs::write(root.join("app/old.rs"), "").unwrap();
        let before = Files::find(root).unwrap();

        fs::remove_file(root.join("app/old.rs")).unwrap();
        fs::write(root.join("app/new.rs"), "").unwrap();
        fs::write(root.join("app/.new.rs.swp"), "").unwrap();

        let changed = Files::find(root).unwrap().changed_since(&before);
        let names: Vec<PathBuf> = ["app/new.rs", "app/old.rs"]
            .map(|name| root.join(name))
            .into();
        assert_eq!(changed, names);
    }
}
