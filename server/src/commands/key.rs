//! `mailgrant key`: the key that seals secrets.

use std::path::PathBuf;

use clap::Subcommand;
use clock::{Clock as _, SystemClock};
use domain::Actor;
use server::Config;
use store::{KeySource, Rotated};

use super::{CommandError, Opened};

/// Subcommands of `mailgrant key`.
#[derive(Subcommand)]
#[expect(
    clippy::doc_markdown,
    reason = "these texts are printed by --help, where Markdown is noise"
)]
pub enum Command {
    /// Seal everything with a new key
    ///
    /// The new key replaces the key file, and running servers switch to it. A key that is given by
    /// value, as in MAILGRANT_KEY, cannot be replaced from here: the new key is then written to a
    /// separate file. Backups of the database can only be opened with the key that was in use when
    /// they were made: first copy the old key to the place where the backups are.
    Rotate {
        /// File for the new key, which is created if it does not exist; the configuration must name
        /// it afterwards
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
}

/// Runs a subcommand and returns the text to print.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    let Command::Rotate { new_key_file } = command;
    let by_value = matches!(config.key, KeySource::Value(_));
    if by_value && new_key_file.is_none() {
        return Err(CommandError::KeyByValue);
    }
    let store = Opened::existing(config).await?.store;
    let by = Actor::command_line();
    let rotated = store
        .rotate_key(new_key_file.as_deref(), &by, SystemClock.now())
        .await;
    store.close().await;
    Ok(message(&rotated?, by_value))
}

fn message(rotated: &Rotated, by_value: bool) -> String {
    let secrets = match rotated.secrets {
        1 => "1 secret was".to_owned(),
        count => format!("{count} secrets were"),
    };
    let file = rotated.key_file.display();
    let next = if rotated.in_place {
        "It replaced the old key file. Running servers switch to it automatically.".to_owned()
    } else if by_value {
        format!(
            "Configure servers with the new key: set MAILGRANT_KEY_FILE={file} and remove MAILGRANT_KEY, or set MAILGRANT_KEY to the content of the file (\"key\" and \"key_file\" in mailgrant.toml). Then restart them. Until then, they can neither read nor save secrets."
        )
    } else {
        format!(
            "Now set key_file (MAILGRANT_KEY_FILE) to {file} and restart servers. Until then, they can neither read nor save secrets."
        )
    };
    format!(
        "The new key is in {file}. {secrets} resealed.\n{next}\n\
         Back up the new key separately from the database. Earlier backups can only be opened with the old \
         key{}.\n",
        if rotated.in_place {
            ", which is no longer stored here"
        } else {
            ", so keep it with them"
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_left_to_do() {
        let rotated = |in_place| Rotated {
            key_file: "/run/new.key".into(),
            in_place,
            secrets: 1,
        };
        assert!(message(&rotated(true), false).contains("switch to it automatically"));
        assert!(
            message(&rotated(false), false)
                .contains("set key_file (MAILGRANT_KEY_FILE) to /run/new.key")
        );
        assert!(message(&rotated(false), true).contains("remove MAILGRANT_KEY"));
        assert!(message(&rotated(true), false).contains(". 1 secret was resealed."));
    }
}
