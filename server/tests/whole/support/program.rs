//! Runs the program as an administrator does.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use super::{Browser, Provider};

/// The data directory, relative to the working directory.
pub const DATA: &str = "data";

/// A running server whose output is recorded.
pub struct Program {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    log: Arc<Mutex<String>>,
}

/// Returns the program's command without variables of the test's environment.
pub fn command(directory: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailgrant"));
    command
        .env_clear()
        // Servers of tests run at the same time, and the default port is only one.
        .env("MAILGRANT_SMTP_LISTENERS", "off")
        .envs(settings.iter().copied())
        .current_dir(directory)
        .stdin(Stdio::null());
    command
}

/// Returns the path of the certificate that a server makes for its listeners.
pub fn certificate(directory: &Path) -> String {
    let path = directory.join(DATA).join("smtp-certificate.pem");
    path.to_str().unwrap().to_owned()
}

/// Writes the files that configure the sandbox provider.
pub fn introduce(provider: &Provider, directory: &Path) -> (String, String) {
    let (descriptor, authority) = (directory.join("sandbox.json"), directory.join("ca.pem"));
    let found = provider.descriptor();
    std::fs::write(&descriptor, serde_json::to_string(found).unwrap()).unwrap();
    std::fs::write(&authority, &found.ca_pem).unwrap();
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    (text(descriptor), text(authority))
}

impl Program {
    /// Starts the server with the sandbox provider and additional settings.
    pub fn start_beside(provider: &Provider, directory: &Path, settings: &[(&str, &str)]) -> Self {
        let (descriptor, authority) = introduce(provider, directory);
        let mut all = vec![
            ("MAILGRANT_SANDBOX_FILE", &*descriptor),
            ("MAILGRANT_EXTRA_ROOTS", &*authority),
        ];
        all.extend(settings);
        Self::start(directory, &all)
    }

    /// Starts the server on a free port and waits until it listens. The data is in
    /// `directory/data`.
    pub fn start(directory: &Path, settings: &[(&str, &str)]) -> Self {
        Self::start_at("127.0.0.1:0", directory, settings)
    }

    /// Starts the server at a given address.
    pub fn start_at(listen: &str, directory: &Path, settings: &[(&str, &str)]) -> Self {
        let mut child = command(directory, settings)
            .env("MAILGRANT_LISTEN", listen)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::default();
        let (lines, listening) = mpsc::channel();
        keep(child.stdout.take().unwrap(), &log, lines.clone());
        keep(child.stderr.take().unwrap(), &log, lines);
        let address = loop {
            let line = listening
                .recv_timeout(Duration::from_secs(30))
                .unwrap_or_else(|_| panic!("did not start: {}", log.lock().unwrap()));
            if let Some((_, address)) = line.split_once("address=") {
                break address.trim().to_owned();
            }
            if let Some((_, address)) = line.split_once("\"listening\",\"address\":\"") {
                break address.split('"').next().unwrap().to_owned();
            }
        };
        Self {
            child,
            url: format!("http://{address}"),
            log,
        }
    }

    /// Runs the program until it exits.
    pub fn output(directory: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        command(directory, settings)
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Starts a server that must refuse to start. Returns its exit code and output; the code is
    /// `None` if it had to be killed.
    pub fn refused(directory: &Path, settings: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut child = command(directory, settings)
            .env("MAILGRANT_LISTEN", "127.0.0.1:0")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        for _ in 0..600 {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = child.kill();
        let code = child.wait().unwrap().code();
        let mut said = String::new();
        let mut stderr = child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (code, said)
    }

    /// Runs the program and interrupts it (as Ctrl-C does) once it has printed a word. Returns its
    /// exit code and output.
    pub fn interrupted(
        directory: &Path,
        arguments: &[&str],
        settings: &[(&str, &str)],
        word: &str,
    ) -> (Option<i32>, String) {
        let mut child = command(directory, settings)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        while !printed.contains(word) && output.read_line(&mut printed).unwrap() > 0 {}
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
        output.read_to_string(&mut printed).unwrap();
        (child.wait().unwrap().code(), printed)
    }

    /// Returns the setup link that the server printed.
    pub fn setup_link(&self) -> Option<String> {
        let log = self.log();
        let line = log
            .lines()
            .find(|line| line.starts_with("Set up Mailgrant: "))?;
        line.split(' ').nth(3).map(str::to_owned)
    }

    /// Completes the setup and returns the administrator's browser.
    pub async fn administrator(&self) -> Browser {
        let browser = Browser::at(&self.url);
        let reply = browser.set_up(&self.setup_link().unwrap()).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        browser
    }

    /// Returns the output so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Returns the address of the listener with this mode, from the line of the log that states it.
    pub fn listener(&self, message: &str, mode: &str) -> SocketAddr {
        let (log, mode) = (self.log(), format!("mode=\"{mode}\""));
        let mut lines = log.lines();
        let line = lines.find(|line| line.contains(message) && line.contains(&mode));
        let line = line.unwrap_or_else(|| panic!("{log}"));
        let (_, address) = line.split_once("listener=").unwrap();
        address.split(' ').next().unwrap().parse().unwrap()
    }

    /// Returns the address of the SMTP listener with this mode.
    pub fn smtp_listener(&self, mode: &str) -> SocketAddr {
        self.listener("accepting mail over SMTP", mode)
    }

    /// Sends a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let (signal, id) = (format!("-{name}"), self.child.id().to_string());
        let sent = Command::new("kill").args([&signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Returns the process ID.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the server with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the server to stop and waits. Returns true if it exited successfully.
    pub fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        let requested = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        requested.success() && self.child.wait().unwrap().success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep(from: impl Read + Send + 'static, log: &Arc<Mutex<String>>, lines: mpsc::Sender<String>) {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
            let _ = lines.send(line);
        }
    });
}
