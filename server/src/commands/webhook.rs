//! `mailgrant webhook`: the webhook for new mail in the email box.

use std::io;

use clap::Subcommand;
use domain::{Actor, DataCenterId};
use mail::InboundWebhookError;
use secrecy::ExposeSecret as _;
use server::Config;

use super::{CommandError, Opened, check::data_center, password};

/// Subcommands of `mailgrant webhook`.
#[derive(Subcommand)]
pub enum Command {
    /// Post new mail to a URL; the first line of standard input is the URL, a space, and the secret
    /// to sign with
    Set {
        /// Data center whose email box is read
        #[arg(long, value_name = "ID", default_value = DataCenterId::DEFAULT, value_parser = data_center)]
        data_center: DataCenterId,
    },
    /// Show the webhook and whether it works
    Show {
        /// Data center whose email box is read
        #[arg(long, value_name = "ID", default_value = DataCenterId::DEFAULT, value_parser = data_center)]
        data_center: DataCenterId,
    },
    /// Remove the webhook
    Remove {
        /// Data center whose email box is read
        #[arg(long, value_name = "ID", default_value = DataCenterId::DEFAULT, value_parser = data_center)]
        data_center: DataCenterId,
    },
}

/// Runs a subcommand and returns the text to print.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    let opened = Opened::existing(config).await?;
    let mailer = server::open_mailer(config, opened.store.clone())?;
    let by = Actor::command_line();
    let (Command::Set { data_center }
    | Command::Show { data_center }
    | Command::Remove { data_center }) = command;
    opened.needs_data_center(data_center).await?;
    let printed = match command {
        Command::Set { data_center } => {
            // Not an argument, because every user of the machine can read those.
            let line = password::first_line(io::stdin().lock()).map_err(|error| match error {
                CommandError::NoPassword => CommandError::WebhookUrl,
                error => error,
            })?;
            let typed = line.expose_secret();
            let (url, secret) = typed.split_once(' ').unwrap_or((typed, ""));
            let saved = mailer.inbound.save_webhook(data_center, url, secret, &by);
            saved.await.map_err(|error| match error {
                InboundWebhookError::Refused { url: Some(_), .. } => CommandError::WebhookUrl,
                InboundWebhookError::Refused { .. } => CommandError::WebhookSecret,
                InboundWebhookError::Mail(error) => CommandError::Mail(error),
            })?;
            format!("new mail of {data_center} is posted to the webhook from now on\n")
        }
        Command::Show { data_center } => match mailer.inbound.webhook(data_center).await? {
            None => format!("{data_center} has no webhook for new mail\n"),
            Some(hook) => match hook.failing {
                None => format!("{}\n", hook.host),
                Some((failure, since)) => {
                    format!(
                        "{}: fails since {} ({failure})\n",
                        hook.host,
                        since.rfc3339()
                    )
                }
            },
        },
        Command::Remove { data_center } => {
            if mailer.inbound.remove_webhook(data_center, &by).await? {
                format!("new mail of {data_center} is no longer posted to the webhook\n")
            } else {
                format!("{data_center} has no webhook for new mail\n")
            }
        }
    };
    opened.store.close().await;
    Ok(printed)
}
