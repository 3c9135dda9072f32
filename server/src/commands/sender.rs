//! `mailgrant sender`: the programs and devices that may submit mail.

use std::fmt::Write as _;

use access::{AccessError, SaveSenderError};
use clap::{Args, Subcommand};
use domain::{
    Actor, Sender, SenderField, SenderForm, SenderFormError, SenderName, SenderUser, UnixTime,
};
use secrecy::{ExposeSecret as _, SecretString};
use server::Config;

use super::{CommandError, Opened};

/// Subcommands of `mailgrant sender`.
#[derive(Subcommand)]
pub enum Command {
    /// Add a sender, and print its user name and password once
    Add(Box<AddOptions>),
    /// List all senders
    List,
    /// Show everything about a sender, without its passwords
    Show {
        /// Name of the sender
        name: String,
    },
    /// Create a new password, and print it once
    Rotate {
        /// Name of the sender
        name: String,
        /// Hours for which the old passwords stay valid, 0 to end them immediately
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=2160))]
        keep_old_hours: u32,
    },
    /// Remove a sender and its API keys immediately
    Remove {
        /// Name of the sender
        name: String,
    },
}

/// Options of `mailgrant sender add`.
#[derive(Args)]
#[expect(
    clippy::doc_markdown,
    reason = "these texts are printed by --help, where Markdown is noise"
)]
pub struct AddOptions {
    /// Name of the program or device
    name: String,
    /// User name, 1 to 20 letters and digits [default: one for the name]
    #[arg(long, value_name = "NAME", default_value = "")]
    user: String,
    /// Create no user name and password; the sender is known by its networks or its API keys
    #[arg(long, conflicts_with = "user")]
    no_password: bool,
    /// Address or network that may send without a password; may be repeated
    #[arg(long, value_name = "NETWORK")]
    network: Vec<String>,
    /// Allow networks that can be reached from the internet, and the address of a gateway
    #[arg(long)]
    confirm_networks: bool,
    /// Data center to send from [default: default]
    #[arg(long, value_name = "ID", default_value = "")]
    data_center: String,
    /// Maximum number of messages in one minute
    #[arg(long, value_name = "NUMBER", default_value = "")]
    per_minute: String,
    /// Maximum number of messages in 24 hours
    #[arg(long, value_name = "NUMBER", default_value = "")]
    per_day: String,
    /// Last day on which the sender may send, such as 2027-01-31
    #[arg(long, value_name = "DAY", default_value = "")]
    expires: String,
    /// Address or domain that the sender may use in From; may be repeated [default: those of the
    /// data center]
    #[arg(long, value_name = "ADDRESS|DOMAIN")]
    allow_from: Vec<String>,
    /// Handling of another From address: reject, rewrite (and send replies to it), or keep_name
    #[arg(long, value_name = "CHOICE", default_value = "reject")]
    other_from: String,
    /// Display name of all messages
    #[arg(long, value_name = "NAME", default_value = "")]
    display_name: String,
    /// From address of messages that have none, which also replaces others [default: that of the
    /// data center]
    #[arg(long, value_name = "ADDRESS", default_value = "")]
    default_from: String,
    /// Handling of the empty envelope sender: map (to the From address) or reject
    #[arg(long, value_name = "CHOICE", default_value = "map")]
    null_sender: String,
    /// Domain that the sender may send to; may be repeated [default: all]
    #[arg(long, value_name = "DOMAIN")]
    allow_recipient: Vec<String>,
}

impl AddOptions {
    fn form(&self) -> SenderForm {
        let on = |is_on: bool| if is_on { "on" } else { "" }.to_owned();
        SenderForm {
            name: self.name.clone(),
            credentials: on(!self.no_password),
            user: self.user.clone(),
            networks: self.network.join("\n"),
            confirm_networks: on(self.confirm_networks),
            data_center: self.data_center.clone(),
            messages_per_minute: self.per_minute.clone(),
            messages_per_day: self.per_day.clone(),
            expires: self.expires.clone(),
            allowed_from: self.allow_from.join("\n"),
            other_from: self.other_from.clone(),
            display_name: self.display_name.clone(),
            default_from: self.default_from.clone(),
            null_sender: self.null_sender.clone(),
            allowed_recipients: self.allow_recipient.join("\n"),
        }
    }
}

/// Runs a subcommand and returns the text to print.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    let opened = Opened::existing(config).await?;
    let done = execute(command, &opened).await;
    opened.store.close().await;
    done
}

async fn execute(command: &Command, opened: &Opened) -> Result<String, CommandError> {
    let by = Actor::command_line();
    let access = &opened.access;
    match command {
        Command::Add(options) => {
            let form = options.form();
            match access.add_sender(&form, &by).await {
                Ok((sender, password)) => Ok(credentials(&sender, password.as_ref())),
                Err(error) => Err(refused(error, &form, opened).await),
            }
        }
        Command::List => {
            let senders = access.senders().await?;
            Ok(senders.iter().map(line).collect())
        }
        Command::Show { name } => Ok(shown(&find(opened, name).await?)),
        Command::Rotate {
            name,
            keep_old_hours,
        } => {
            let sender = find(opened, name).await?;
            if sender.user.is_none() {
                return Err(CommandError::SenderWithoutPassword(name.clone()));
            }
            let seconds = keep_old_hours * 3_600;
            let password = access.rotate_sender(&sender.id, seconds, &by).await?;
            Ok(credentials(&sender, Some(&password)))
        }
        Command::Remove { name } => {
            let sender = find(opened, name).await?;
            access.remove_sender(&sender.id, &by).await?;
            Ok(format!("The sender {} was removed.\n", sender.name))
        }
    }
}

async fn find(opened: &Opened, name: &str) -> Result<Sender, CommandError> {
    let unknown = || CommandError::NoSender(name.to_owned());
    let parsed = SenderName::parse(name).map_err(|_| unknown())?;
    let found = opened.access.sender_of_name(&parsed).await?;
    found.ok_or_else(unknown)
}

/// Converts an error into one that names the wrong value.
async fn refused(error: SaveSenderError, form: &SenderForm, opened: &Opened) -> CommandError {
    match error {
        SaveSenderError::Form(errors) => {
            let unknown = Some(SenderFormError::UnknownDataCenter);
            if errors.get(SenderField::DataCenter) == unknown
                && let Ok(id) = domain::DataCenterId::parse(&form.data_center)
            {
                return opened.unknown_data_center(&id).await;
            }
            CommandError::Form(wording::sender_form_errors(&errors))
        }
        SaveSenderError::Access(AccessError::Unknown) => CommandError::NoSender(form.name.clone()),
        SaveSenderError::Access(error) => error.into(),
    }
}

fn credentials(sender: &Sender, password: Option<&SecretString>) -> String {
    match (&sender.user, password) {
        (Some(user), Some(password)) => format!(
            "user: {}\npassword: {}\n",
            user.as_str(),
            password.expose_secret()
        ),
        _ => format!("The sender {} was added.\n", sender.name),
    }
}

fn line(sender: &Sender) -> String {
    let known_by = match (&sender.user, sender.settings.networks.len()) {
        (Some(user), 0) => format!("user {}", user.as_str()),
        (Some(user), networks) => format!("user {}, {networks} networks", user.as_str()),
        (None, networks) => format!("{networks} networks"),
    };
    let last = sender.last_seen_at.map(UnixTime::rfc3339);
    format!(
        "{}: {known_by}, data center {}, last seen {}, {} accepted, {} rejected\n",
        sender.name,
        sender.data_center,
        last.as_deref().unwrap_or("never"),
        sender.accepted,
        sender.rejected
    )
}

fn shown(sender: &Sender) -> String {
    fn joined<T: ToString>(list: &[T]) -> String {
        let texts: Vec<_> = list.iter().map(ToString::to_string).collect();
        texts.join(", ")
    }
    fn or<T: ToString>(value: Option<T>, otherwise: &str) -> String {
        value.map_or_else(|| otherwise.to_owned(), |value| value.to_string())
    }
    let settings = &sender.settings;
    let rules = &settings.rules;
    let user = sender.user.as_ref().map(SenderUser::as_str);
    let list = |list: String, otherwise: &str| {
        if list.is_empty() {
            otherwise.to_owned()
        } else {
            list
        }
    };
    let passwords: Vec<_> = sender
        .passwords
        .iter()
        .map(|password| {
            let until = password.expires_at.map(UnixTime::rfc3339);
            let until = until.map_or_else(String::new, |until| format!(" until {until}"));
            format!("created {}{until}", password.created_at.rfc3339())
        })
        .collect();
    let values = [
        (SenderField::Name, sender.name.to_string()),
        (SenderField::User, or(user, "none")),
        (
            SenderField::Credentials,
            list(passwords.join("; "), "no password"),
        ),
        (
            SenderField::Networks,
            list(joined(&settings.networks), "none"),
        ),
        (SenderField::DataCenter, sender.data_center.to_string()),
        (
            SenderField::PerMinute,
            or(settings.limits.per_minute, "no limit"),
        ),
        (SenderField::PerDay, or(settings.limits.per_day, "no limit")),
        (
            SenderField::Expires,
            or(settings.expires_at.map(UnixTime::rfc3339), "never"),
        ),
        (
            SenderField::AllowedFrom,
            list(joined(&rules.allowed_from), "those of the data center"),
        ),
        (
            SenderField::OtherFrom,
            wording::other_from(rules.other_from).to_owned(),
        ),
        (
            SenderField::DisplayName,
            or(rules.display_name.as_ref(), "that of the message"),
        ),
        (
            SenderField::DefaultFrom,
            or(rules.default_from.as_ref(), "that of the data center"),
        ),
        (
            SenderField::NullSender,
            wording::null_sender(rules.null_sender).to_owned(),
        ),
        (
            SenderField::AllowedRecipients,
            list(joined(&rules.allowed_recipients), "all"),
        ),
    ];
    let mut text = String::new();
    for (field, value) in values {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}: {value}", wording::sender_field_label(field));
    }
    let last_seen = or(sender.last_seen_at.map(UnixTime::rfc3339), "never");
    let _ = writeln!(
        text,
        "Last seen: {last_seen}\nAccepted: {}\nRejected: {}",
        sender.accepted, sender.rejected
    );
    text
}
