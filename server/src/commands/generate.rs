//! `mailgrant completions` and `mailgrant man`: files that packages install.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::CommandError;

/// Options of `mailgrant completions`.
#[derive(Args)]
pub struct Completions {
    /// Shell to complete commands in
    shell: Shell,
}

/// Options of `mailgrant man`.
#[derive(Args)]
pub struct Man {
    /// Directory for the pages, which is created if it does not exist
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
}

/// Returns the completion script of a shell.
pub fn completions<A: CommandFactory>(options: &Completions) -> String {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut A::command(), "mailgrant", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Writes a manual page for the program and each of its commands.
///
/// # Errors
///
/// Returns an error if a page cannot be written.
pub fn man<A: CommandFactory>(options: &Man) -> Result<String, CommandError> {
    fs::create_dir_all(&options.directory)?;
    let mut command = A::command();
    // Adds the names of the parents to those of the commands.
    command.build();
    write(&command, "mailgrant", &options.directory)?;
    Ok(String::new())
}

fn write(command: &clap::Command, name: &str, directory: &Path) -> io::Result<()> {
    let page = clap_mangen::Man::new(command.clone()).title(name.to_uppercase());
    let mut text = Vec::new();
    page.render(&mut text)?;
    fs::write(directory.join(format!("{name}.1")), text)?;
    for command in command.get_subcommands() {
        if command.get_name() != "help" && !command.is_hide_set() {
            write(
                command,
                &format!("{name}-{}", command.get_name()),
                directory,
            )?;
        }
    }
    Ok(())
}
