//! Folders of the checkout, and commands that run in them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::process::{self, Output};

/// The folders that commands use, and the destination of their output.
pub struct Workspace {
    /// The checkout.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Destination of the output of programs that run to their end.
    pub output: Output,
}

impl Workspace {
    /// Determines the folders with cargo.
    pub fn find() -> Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
            .no_deps()
            .exec()
            .context("cargo metadata")?;
        Ok(Self {
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
            output: Output::Terminal,
        })
    }

    /// Sends the output of programs to a file below `target`, unless it should go to the terminal.
    pub fn quiet_unless(mut self, verbose: bool) -> Self {
        if !verbose {
            self.output = Output::File(self.target.join("xtask/output.log"));
        }
        self
    }

    /// Runs a command to its end. Its output goes to [`Workspace::output`].
    ///
    /// # Errors
    /// If it cannot start, fails, or Ctrl-C was pressed.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        process::run_into(&self.output, command)
    }

    /// Runs a command as [`Workspace::run`] does, and passes each line of its standard output to
    /// the function.
    ///
    /// # Errors
    /// When it cannot start, fails, or Ctrl-C was pressed.
    pub fn stream(&self, command: &mut Command, each_line: impl FnMut(&str)) -> Result<()> {
        process::stream(&self.output, command, each_line)
    }

    /// Returns the folder of the browser side, which the server embeds.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// Returns a command that runs in the checkout.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Returns `cargo` with these arguments. Removes the variables that the outer cargo set for the
    /// package `xtask`, because they would make build scripts run again.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        for (name, _) in std::env::vars_os() {
            let of_xtask = name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if of_xtask {
                command.env_remove(name);
            }
        }
        command
    }
}
