//! `mailgrant sender`: the programs and devices that may submit mail.

mod sheet;

use std::fmt::Write as _;

use access::{AccessError, SaveSenderError};
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use domain::{
    Actor, DataCenterId, DeviceKind, FormErrors, FromAddress, Sender, SenderField, SenderForm,
    SenderFormError, SenderName, SenderSession, SenderUser, UnixTime,
};
use secrecy::{ExposeSecret as _, SecretString};
use server::Config;

use super::{CommandError, Opened};

/// Number of sessions that `mailgrant sender show` prints.
const SHOWN_SESSIONS: usize = 5;

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
    /// Kind of the program or device: prints what to enter in it, and chooses --other-from for it
    #[arg(long = "for", value_name = "KIND", value_parser = PossibleValuesParser::new(DeviceKind::ALL.iter().map(|kind| kind.code())))]
    kind: Option<String>,
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
    /// Hours without a message after which an alert is raised [default: no alert]
    #[arg(long, value_name = "HOURS", default_value = "")]
    silent_after: String,
    /// Address or domain that the sender may use in From; may be repeated [default: those of the
    /// data center]
    #[arg(long, value_name = "ADDRESS|DOMAIN")]
    allow_from: Vec<String>,
    /// Handling of another From address: reject, rewrite (and send replies to it), or keep_name
    /// [default: reject, or that for the kind]
    #[arg(long, value_name = "CHOICE", default_value = "")]
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
    /// Allow the sender to sign in to the mailbox gateway, where it can read and delete the
    /// mail of the data center
    #[arg(long, conflicts_with = "no_password")]
    read_mailbox: bool,
}

impl AddOptions {
    fn kind(&self) -> Option<DeviceKind> {
        self.kind.as_deref().and_then(DeviceKind::from_code)
    }

    fn form(&self) -> SenderForm {
        let other_from = match self.kind() {
            Some(kind) if self.other_from.is_empty() => kind.other_from().code().to_owned(),
            _ => self.other_from.clone(),
        };
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
            silent_after_hours: self.silent_after.clone(),
            allowed_from: self.allow_from.join("\n"),
            other_from,
            display_name: self.display_name.clone(),
            default_from: self.default_from.clone(),
            null_sender: self.null_sender.clone(),
            allowed_recipients: self.allow_recipient.join("\n"),
            read_mailbox: on(self.read_mailbox),
        }
    }
}

/// Runs a subcommand and returns the text to print.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    let opened = Opened::existing(config).await?;
    let done = execute(command, config, &opened).await;
    opened.store.close().await;
    done
}

async fn execute(
    command: &Command,
    config: &Config,
    opened: &Opened,
) -> Result<String, CommandError> {
    let by = Actor::command_line();
    let access = &opened.access;
    match command {
        Command::Add(options) => {
            let form = options.form();
            let sheet = match options.kind() {
                Some(kind) => Some((kind, from(&form, config, opened).await?)),
                None => None,
            };
            match access.add_sender(&form, &by).await {
                Ok((sender, password)) => Ok(match sheet {
                    Some((kind, from)) => {
                        sheet::text(kind, &from, &sender, password.as_ref(), config)
                    }
                    None => credentials(&sender, password.as_ref()),
                }),
                Err(error) => Err(refused(error, &form, opened).await),
            }
        }
        Command::List => {
            let senders = access.senders().await?;
            Ok(senders.iter().map(line).collect())
        }
        Command::Show { name } => {
            let sender = find(opened, name).await?;
            let sessions = opened.store.sender_sessions(Some(&sender.id)).await?;
            Ok(shown(&sender) + &last_sessions(&sessions))
        }
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

/// Returns the From address of the sender: the chosen one, or that of its data center.
async fn from(
    form: &SenderForm,
    config: &Config,
    opened: &Opened,
) -> Result<FromAddress, CommandError> {
    let refused = |error| {
        let errors = FormErrors::one(SenderField::DefaultFrom, error);
        CommandError::Form(wording::sender_form_errors(&errors))
    };
    if !form.default_from.trim().is_empty() {
        let from = FromAddress::parse(&form.default_from);
        return from.map_err(|error| refused(error.into()));
    }
    let id = match form.data_center.trim() {
        "" => DataCenterId::default(),
        id => DataCenterId::parse(id).map_err(|_| refused_data_center())?,
    };
    opened.needs_data_center(&id).await?;
    let mailer = server::open_mailer(config, opened.store.clone())?;
    let saved = mailer.settings.get(&id).await?;
    let from = saved.settings.map(|settings| settings.from);
    from.ok_or_else(|| refused(SenderFormError::Required))
}

fn refused_data_center() -> CommandError {
    let error = SenderFormError::UnknownDataCenter;
    let errors = FormErrors::one(SenderField::DataCenter, error);
    CommandError::Form(wording::sender_form_errors(&errors))
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

/// Returns the last sessions, with cause and fix of what was refused.
fn last_sessions(sessions: &[SenderSession]) -> String {
    let mut text = String::new();
    for session in sessions.iter().take(SHOWN_SESSIONS) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "\n{}: {} ({})",
            session.began_at.rfc3339(),
            wording::sender_session_result(session),
            wording::sender_session_connection(session)
        );
        if let Some(finding) = &session.finding {
            let explained = wording::explain(finding);
            let code = finding.code.code();
            let _ = writeln!(text, "  {}\n  {} [{code}]", explained.cause, explained.fix);
        }
    }
    if text.is_empty() {
        return "Last connections: none in seven days\n".to_owned();
    }
    format!("Last connections:\n{text}")
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
            SenderField::SilentAfter,
            or(settings.silent_after_hours, "no alert"),
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
        (
            SenderField::ReadMailbox,
            if settings.read_mailbox { "yes" } else { "no" }.to_owned(),
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
