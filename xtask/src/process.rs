//! Child processes that never outlive this one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes Ctrl-C, SIGTERM, and SIGHUP end all waits of this module, so each child is stopped before
/// this process exits.
pub fn watch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed)).context("signal handler")
}

/// Returns true if Ctrl-C was pressed.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Fails if Ctrl-C was pressed.
pub fn check_interrupt() -> Result<()> {
    if interrupted() {
        bail!("interrupted");
    }
    Ok(())
}

/// Sleeps for 20 ms.
///
/// # Errors
/// If Ctrl-C was pressed.
pub fn pause() -> Result<()> {
    check_interrupt()?;
    std::thread::sleep(POLL_INTERVAL);
    Ok(())
}

/// Destination of the output of child programs.
pub enum Output {
    /// The terminal, immediately.
    Terminal,
    /// A file, which is shown only if a step fails.
    File(PathBuf),
}

impl Output {
    /// Empties the file.
    pub fn clear(&self) -> Result<()> {
        let Self::File(path) = self else {
            return Ok(());
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        File::create(path).with_context(|| path.display().to_string())?;
        Ok(())
    }

    /// Sends standard output and standard error of a command here.
    fn redirect(&self, command: &mut Command) -> Result<()> {
        if let Some(file) = self.open()? {
            command.stdout(file.try_clone()?).stderr(file);
        }
        Ok(())
    }

    fn write_line(&self, line: &str) -> Result<()> {
        match self.open()? {
            Some(mut file) => writeln!(file, "{line}")?,
            None => println!("{line}"),
        }
        Ok(())
    }

    fn open(&self) -> Result<Option<File>> {
        let Self::File(path) = self else {
            return Ok(None);
        };
        // Several programs append to the file, one after another or concurrently.
        let file = File::options().append(true).create(true).open(path);
        Ok(Some(file.with_context(|| path.display().to_string())?))
    }
}

/// A child process in its own process group. The whole group is stopped when this is dropped.
pub struct Running {
    name: String,
    child: Child,
    stop_signal: Signal,
}

impl Running {
    /// Starts the command with empty standard input.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| {
                format!("cannot start {name} ({})", command.get_program().display())
            })?;
        Ok(Self {
            name: name.to_owned(),
            child,
            stop_signal: Signal::TERM,
        })
    }

    /// Starts the command as [`Running::start`] does. Passes each line of its standard error to the
    /// function, and prints the line if the function returns true.
    pub fn start_with_listener(
        name: &str,
        command: &mut Command,
        mut each_line: impl FnMut(&str) -> bool + Send + 'static,
    ) -> Result<Self> {
        let mut running = Self::start(name, command.stderr(Stdio::piped()))?;
        let output = running.child.stderr.take().context("no standard error")?;
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                if each_line(&line) {
                    eprintln!("{line}");
                }
            }
        });
        Ok(running)
    }

    /// Sets the signal that asks this program to exit, instead of SIGTERM.
    pub fn stopped_by(mut self, signal: Signal) -> Self {
        self.stop_signal = signal;
        self
    }

    /// Returns the process ID.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns an error if the process has exited, which a server must not do.
    pub fn still_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} has ended ({status})", self.name),
        }
    }

    /// Waits until the process exits.
    ///
    /// # Errors
    /// If Ctrl-C was pressed.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            pause()?;
        }
    }

    /// Asks the process group to exit, and kills it after five seconds.
    pub fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let group = Pid::from_child(&self.child);
        // A failure means that the group is gone already.
        let _ = kill_process_group(group, self.stop_signal);
        let requested = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if requested.elapsed() > STOP_TIMEOUT {
                let _ = kill_process_group(group, Signal::KILL);
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs the command to its end. Its output goes to the terminal.
///
/// # Errors
/// If it cannot start, fails, or Ctrl-C was pressed.
pub fn run(command: &mut Command) -> Result<()> {
    run_into(&Output::Terminal, command)
}

/// Runs the command to its end. Its output goes to `output`.
///
/// # Errors
/// If it cannot start, fails, or Ctrl-C was pressed.
pub fn run_into(output: &Output, command: &mut Command) -> Result<()> {
    output.redirect(command)?;
    let text = display(command);
    let status = Running::start(&text, command)?.wait()?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(())
}

/// Runs the command to its end. Passes each line of its standard output to `output` and to the
/// function immediately.
///
/// # Errors
/// When it cannot start, fails, or Ctrl-C was pressed.
pub fn stream(
    output: &Output,
    command: &mut Command,
    mut each_line: impl FnMut(&str),
) -> Result<()> {
    output.redirect(command)?;
    let text = display(command);
    let mut running = Running::start(&text, command.stdout(Stdio::piped()))?;
    let stdout = running.child.stdout.take().context("no standard output")?;
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    loop {
        match lines.recv_timeout(POLL_INTERVAL) {
            Ok(line) => {
                let line = String::from_utf8_lossy(&line);
                output.write_line(&line)?;
                each_line(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // A grandchild may keep the pipe open. The child's own lines have arrived by now.
            Err(RecvTimeoutError::Timeout) if running.child.try_wait()?.is_some() => break,
            Err(RecvTimeoutError::Timeout) => pause()?,
        }
    }
    let status = running.wait()?;
    if !status.success() {
        bail!("`{text}` failed ({status})");
    }
    Ok(())
}

/// Runs the command to its end and returns its standard output.
///
/// # Errors
/// If it cannot start, fails, or its output is not text.
pub fn capture(command: &mut Command) -> Result<String> {
    let text = display(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{text}`"))?;
    if !output.status.success() {
        bail!("`{text}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of `{text}`"))
}

fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
