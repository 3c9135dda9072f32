//! Compares the API with its description. Schemathesis sends requests that the description allows
//! or forbids, and checks each response.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::binaries;
use crate::counts::Counts;
use crate::first_account;
use crate::http::{agent, free_port, wait_until_ready};
use crate::process::{Running, capture};
use crate::workspace::Workspace;

const VERSION: &str = "4.32.5";
const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Test cases per operation, which take about a minute in total.
const EXAMPLES: &str = "60";
/// The description allows unknown addresses, impossible times, and names in use. The server rejects
/// them with 422, as documented.
const EXCLUDED_CHECK: &str = "positive_data_acceptance";

/// Schemathesis has no serializer for `message/rfc822`.
const HOOKS: &str = "\
import schemathesis


@schemathesis.serializer(\"message/rfc822\")
def rfc822(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode(\"utf-8\", \"surrogatepass\")
";

/// Runs schemathesis, or prints why it cannot run.
pub fn check(workspace: &Workspace, binary: &Path, counts: &mut Counts) -> Result<()> {
    let Some(program) = installed(workspace) else {
        return Ok(());
    };
    let data = tempfile::tempdir().context("temporary folder")?;
    let port = free_port()?;
    let url = format!("http://127.0.0.1:{port}");
    let log = data.path().join("log");
    let mut command = binaries::server(binary, data.path(), port);
    command
        .current_dir(data.path())
        .env("MAILGRANT_RATE_LIMIT", "0")
        .stdout(File::create(&log)?)
        .stderr(File::options().append(true).open(&log)?);
    let mut server = Running::start("the server", &mut command)?;
    wait_until_ready(&format!("{url}/healthz"), &mut server, START_TIMEOUT)?;
    let link = first_account::link(&url, || Ok(std::fs::read_to_string(&log)?))?;
    let link = link.context("the server does not ask to be set up")?;
    let cookie = first_account::sign_up(&link)?;
    save_settings(&url, &cookie)?;
    let mut add = Command::new(binary);
    add.args([
        "api-key",
        "add",
        "schemathesis",
        "--scopes",
        "send,messages,mailbox,metrics",
    ])
    .current_dir(data.path())
    .env("MAILGRANT_DATA_DIRECTORY", data.path());
    let key = capture(&mut add)?;

    std::fs::write(data.path().join("hooks.py"), HOOKS).context("hooks.py")?;
    let mut command = Command::new(program);
    command
        .current_dir(data.path())
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .args([
            "run",
            "--no-color",
            "--checks",
            "all",
            "--exclude-checks",
            EXCLUDED_CHECK,
        ])
        .args([
            "--max-examples",
            EXAMPLES,
            "--seed",
            "1",
            "--request-timeout",
            "10",
        ])
        // Schemathesis warns that generated IDs are not found, which is expected.
        .args(["--warnings", "off"])
        .arg("--header")
        .arg(format!("Authorization: Bearer {}", key.trim()))
        .arg(format!("{url}/api/v1/openapi.json"));
    let outcome = workspace.run(&mut command);
    server.still_runs()?;
    if let Err(error) = outcome {
        counts.failed += 1;
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
        return Err(error.context(errors.join("\n")));
    }
    counts.passed += 1;
    Ok(())
}

/// Saves settings for a server that does not exist, so messages are accepted and wait.
fn save_settings(url: &str, cookie: &str) -> Result<()> {
    let mut answer = agent()
        .post(format!("{url}/api/save_smtp_settings"))
        .header("Origin", url)
        .header("Cookie", cookie)
        .header("Accept", "application/json")
        .send_form([
            ("form[data_center]", "default"),
            ("form[version]", "0"),
            ("form[provider]", "other"),
            ("form[smtp_host]", "127.0.0.1"),
            ("form[smtp_port]", "9"),
            ("form[from_address]", "noreply@example.com"),
            ("form[tls_minimum]", "1.2"),
        ])
        .context("saving settings")?;
    if answer.status() != 200 {
        bail!(
            "saving settings answered {}: {}",
            answer.status(),
            answer.body_mut().read_to_string().unwrap_or_default()
        );
    }
    Ok(())
}

/// Returns the program, installed below `target`. Prints the reason and returns `None` if it cannot
/// be installed.
fn installed(workspace: &Workspace) -> Option<PathBuf> {
    let folder = workspace.target.join(format!("schemathesis-{VERSION}"));
    let program = folder.join("bin/schemathesis");
    if program.exists() {
        return Some(program);
    }
    let install = || -> Result<()> {
        workspace.run(
            workspace
                .command("python3")
                .args(["-m", "venv"])
                .arg(&folder),
        )?;
        workspace.run(
            workspace
                .command(&folder.join("bin/pip").display().to_string())
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .arg(format!("schemathesis=={VERSION}")),
        )
    };
    match install() {
        Ok(()) => Some(program),
        Err(error) => {
            println!("SKIPPED: schemathesis cannot be installed with pip: {error:#}");
            None
        }
    }
}
