//! Progress of a command: its steps with their usual and actual durations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::process::Output;
use crate::workspace::Workspace;

/// Lines that only report success. The output of a failed step omits them.
const NOISE: [(&str, &str); 2] = [("test ", " ... ok"), ("  \u{2713}", "")];

/// A part of a command.
#[derive(Clone, Copy)]
pub struct Step {
    /// The name, short enough for one line with the step number.
    pub name: &'static str,
    /// Usual duration on two cores when nothing was built before.
    pub first_run: Duration,
}

/// Prints each step as `[2/5] name`, with its usual duration if it runs for the first time in this
/// checkout.
pub struct Progress<'a> {
    workspace: &'a Workspace,
    steps: usize,
    times: Vec<(Step, Duration)>,
    history: History,
}

impl<'a> Progress<'a> {
    /// Starts a command with this number of steps.
    pub fn new(workspace: &'a Workspace, steps: usize) -> Self {
        Self {
            workspace,
            steps,
            times: Vec::new(),
            history: History::load(&workspace.target.join("xtask/times.json")),
        }
    }

    /// Runs the next step. If it fails, prints the captured output of its programs.
    ///
    /// # Errors
    /// Returns the error of the step.
    pub fn step<T>(&mut self, step: Step, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let usual = match self.history.seconds.get(step.name) {
            None if step.first_run.as_secs() < 5 => String::new(),
            None => format!(" (the first time usually {})", rounded(step.first_run)),
            Some(seconds) => format!(
                " ({} last time)",
                rounded(Duration::from_secs_f64(*seconds))
            ),
        };
        println!(
            "[{}/{}] {}{usual}",
            self.times.len() + 1,
            self.steps,
            step.name
        );
        self.workspace.output.clear()?;
        let started = Instant::now();
        let outcome = work();
        let elapsed = started.elapsed();
        self.times.push((step, elapsed));
        if outcome.is_err() {
            self.print_log();
        } else {
            println!("      done in {:.1} s", elapsed.as_secs_f64());
            self.history.record(step.name, elapsed)?;
        }
        outcome
    }

    /// Returns the name of the last step that was started.
    pub fn last(&self) -> &'static str {
        self.times.last().map_or("", |(step, _)| step.name)
    }

    /// Prints the duration of each step.
    pub fn print_times(&self) {
        println!("\nDuration of each step");
        for (step, elapsed) in &self.times {
            println!("{:8.1} s  {}", elapsed.as_secs_f64(), step.name);
        }
        let total: Duration = self.times.iter().map(|(_, elapsed)| *elapsed).sum();
        println!("{:8.1} s  total", total.as_secs_f64());
    }

    fn print_log(&self) {
        let Output::File(path) = &self.workspace.output else {
            return;
        };
        let log = fs::read(path).unwrap_or_default();
        for line in String::from_utf8_lossy(&log).lines() {
            if !is_noise(line) {
                println!("{line}");
            }
        }
    }
}

fn is_noise(line: &str) -> bool {
    NOISE
        .iter()
        .any(|(start, end)| line.starts_with(start) && line.ends_with(end))
}

/// Formats a duration with sensible precision.
pub fn rounded(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 90.0 {
        format!("{:.0} s", seconds.ceil())
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// Durations of the last successful run of each step, in seconds, kept below `target`.
struct History {
    path: PathBuf,
    seconds: BTreeMap<String, f64>,
}

impl History {
    /// Returns an empty history if the file is missing or damaged.
    fn load(path: &Path) -> Self {
        let seconds = fs::read(path)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok());
        Self {
            path: path.to_owned(),
            seconds: seconds.unwrap_or_default(),
        }
    }

    fn record(&mut self, name: &str, elapsed: Duration) -> Result<()> {
        self.seconds.insert(name.to_owned(), elapsed.as_secs_f64());
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        fs::write(&self.path, serde_json::to_vec(&self.seconds)?)
            .with_context(|| self.path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{History, is_noise, rounded};

    #[test]
    fn rounds_for_people() {
        assert_eq!(rounded(Duration::from_millis(1_200)), "2 s");
        assert_eq!(rounded(Duration::from_secs(89)), "89 s");
        assert_eq!(rounded(Duration::from_secs(200)), "3 min");
    }

    #[test]
    fn remembers_the_last_duration_of_a_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xtask/times.json");
        let mut history = History::load(&path);
        assert!(history.seconds.is_empty());

        history.record("site", Duration::from_secs(3)).unwrap();

        assert_eq!(History::load(&path).seconds.get("site"), Some(&3.0));
    }

    #[test]
    fn leaves_out_passing_tests_of_a_failed_step() {
        assert!(is_noise("test form::refuses_a_port ... ok"));
        assert!(is_noise(
            "  \u{2713}  1 first-setup.spec.ts:3:1 › a title (2s)"
        ));
        assert!(!is_noise("test form::refuses_a_port ... FAILED"));
        assert!(!is_noise("test result: ok. 3 passed"));
    }
}
