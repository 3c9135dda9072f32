//! Child processes that never outlive this one.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
const PAUSE: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_secs(5);

/// Makes Ctrl-C (and SIGTERM, SIGHUP) end what is waited for here, so that each child is stopped on the way out.
pub fn watch_interrupts() -> Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed)).context("signal handler")
}

/// Whether Ctrl-C was pressed.
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

/// Sleeps a moment.
///
/// # Errors
/// When Ctrl-C was pressed.
pub fn pause() -> Result<()> {
    check_interrupt()?;
    std::thread::sleep(PAUSE);
    Ok(())
}

/// A child in a process group of its own; the whole group is stopped when this is dropped.
pub struct Running {
    name: String,
    child: Child,
    stop_signal: Signal,
}

impl Running {
    /// Starts the command with nothing on its standard input.
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

    /// Starts it as [`Running::start`] does. Its standard error goes where ours goes, and each line of it to the
    /// function too.
    pub fn start_heard(
        name: &str,
        command: &mut Command,
        mut each_line: impl FnMut(&str) + Send + 'static,
    ) -> Result<Self> {
        let mut running = Self::start(name, command.stderr(Stdio::piped()))?;
        let output = running.child.stderr.take().context("no standard error")?;
        std::thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                eprintln!("{line}");
                each_line(&line);
            }
        });
        Ok(running)
    }

    /// The signal that asks this program to end, where it is not SIGTERM.
    pub fn stopped_by(mut self, signal: Signal) -> Self {
        self.stop_signal = signal;
        self
    }

    /// The process ID.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails if the process has ended, which a server must not.
    pub fn still_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} has ended ({status})", self.name),
        }
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// When Ctrl-C was pressed.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            pause()?;
        }
    }

    /// Asks the group to end, waits, and ends it by force after five seconds.
    pub fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let group = Pid::from_child(&self.child);
        // A failure means that the group is gone already.
        let _ = kill_process_group(group, self.stop_signal);
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if asked.elapsed() > GRACE {
                let _ = kill_process_group(group, Signal::KILL);
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs the command to its end, its output going where ours goes.
///
/// # Errors
/// When it cannot start, fails, or Ctrl-C was pressed.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = Running::start(&shown, command)?.wait()?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs the command to its end and passes on its standard output line by line, as it comes.
///
/// # Errors
/// When it cannot start, fails, or Ctrl-C was pressed.
pub fn stream(command: &mut Command, mut each_line: impl FnMut(&str)) -> Result<()> {
    let shown = shown(command);
    let mut running = Running::start(&shown, command.stdout(Stdio::piped()))?;
    let output = running.child.stdout.take().context("no standard output")?;
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    loop {
        match lines.recv_timeout(PAUSE) {
            Ok(line) => {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                each_line(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // A grandchild may hold the pipe open for ever; the child's own lines have come by now.
            Err(RecvTimeoutError::Timeout) if running.child.try_wait()?.is_some() => break,
            Err(RecvTimeoutError::Timeout) => pause()?,
        }
    }
    let status = running.wait()?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs the command to its end and returns its standard output.
///
/// # Errors
/// When it cannot start, fails, or its output is not text.
pub fn capture(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of `{shown}`"))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
