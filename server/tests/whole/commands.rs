//! All commands except `serve`, also while a server is running.

mod account;
mod api_key;
mod audit;
mod check;
mod key;
mod sender;
mod webhook;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::{Browser, Program, Reply};

const PASSWORD: &str = "seven walnuts drifting upstream";

/// The output and the exit status of a command.
#[derive(Debug)]
struct Outcome {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Outcome {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Returns the output of a successful command.
    #[track_caller]
    fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert_eq!(self.err, "");
        self.out
    }

    /// Returns the error output of a failed command.
    #[track_caller]
    fn failure(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.out, "");
        self.err
    }
}

/// Runs the program in a directory; spaces separate the arguments.
fn run(directory: &Path, words: &str) -> Outcome {
    run_with(directory, words, &[])
}

fn run_with(directory: &Path, words: &str, settings: &[(&str, &str)]) -> Outcome {
    let arguments: Vec<_> = words.split(' ').collect();
    Outcome::of(Program::output(directory, &arguments, settings))
}

/// Runs the program with text on standard input.
fn run_typed(directory: &Path, words: &str, input: &str) -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mailgrant"))
        .env_clear()
        .current_dir(directory)
        .args(words.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may have exited without reading, for example because of an invalid argument.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Outcome::of(child.wait_with_output().unwrap())
}

/// Adds an account with the password of these tests.
#[track_caller]
fn add(directory: &Path, name: &str, role: &str) {
    let words = format!("account add {name} --role {role} --password-stdin");
    run_typed(directory, &words, &format!("{PASSWORD}\n")).success();
}

async fn sign_in(url: &str, name: &str, password: &str) -> Reply {
    let body = format!("name={name}&password={}", password.replace(' ', "+"));
    Browser::at(url).submit("/login", body).await
}
