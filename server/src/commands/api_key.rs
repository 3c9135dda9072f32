//! `mailgrant api-key`: the API keys of programs.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use access::FormError;
use clap::{
    Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _},
};
use domain::{
    Actor, DataCenterId, KeyScope,
    access::{AccessField, NewKeyError, NewKeyForm},
};
use secrecy::{ExposeSecret as _, SecretString};
use server::Config;

use super::{CommandError, Opened};

/// Subcommands of `mailgrant api-key`.
#[derive(Subcommand)]
pub enum Command {
    /// Create a key, and print it once or write it to a file that only its owner may read
    Add {
        /// Name of the key
        name: String,
        /// Scopes of the key, separated by commas
        #[arg(long, value_delimiter = ',', value_parser = scopes(), default_value = "send")]
        scopes: Vec<KeyScope>,
        /// Data center that the key is limited to [default: all]
        #[arg(long, value_name = "ID", default_value = "")]
        data_center: String,
        /// Name of the sender that the key belongs to, whose rules and data center apply to its mail
        #[arg(long, value_name = "NAME", default_value = "")]
        sender: String,
        /// Last day on which the key is valid, such as 2027-01-31
        #[arg(long, value_name = "DAY", default_value = "")]
        expires: String,
        /// File to write the key to, which must not exist yet
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// List all keys, without the secrets
    List,
    /// Revoke a key immediately
    End {
        /// Name of the key
        name: String,
    },
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
        Command::Add {
            name,
            scopes,
            data_center,
            sender,
            expires,
            output,
        } => {
            let on = |scope| {
                let has = scopes.contains(&scope);
                if has { "on" } else { "" }.to_owned()
            };
            let form = NewKeyForm {
                name: name.clone(),
                send: on(KeyScope::Send),
                messages: on(KeyScope::Messages),
                mailbox: on(KeyScope::Mailbox),
                metrics: on(KeyScope::Metrics),
                senders: on(KeyScope::Senders),
                data_center: data_center.clone(),
                sender: sender.clone(),
                expires: expires.clone(),
            };
            // Created before the key: if the file cannot be written, no key exists that no one has
            // seen.
            let file = output.as_deref().map(create).transpose()?;
            let made = access.make_api_key(&form, &by).await;
            if let (Err(_), Some((path, _))) = (&made, &file) {
                let _ = fs::remove_file(path);
            }
            let (key, secret) = match made {
                Ok(made) => made,
                Err(error) => return Err(refused(error, &form, opened).await),
            };
            match file {
                None => Ok(format!("{}\n", secret.expose_secret())),
                Some((path, file)) => {
                    if let Err(source) = write(file, &secret) {
                        access.end_api_key(&key.id, &by).await?;
                        let path = path.to_owned();
                        return Err(CommandError::KeyFile { path, source });
                    }
                    Ok(format!("The key {name} is in {}.\n", path.display()))
                }
            }
        }
        Command::List => {
            let mut text = String::new();
            let senders = access.senders().await?;
            for key in access.api_keys().await? {
                use std::fmt::Write as _;
                let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.code()).collect();
                let data_center = key.data_center.as_ref().map_or("all", |id| id.as_str());
                let until = key.expires_at.map(|at| format!(", until {at}"));
                let id = key.sender.as_ref();
                let sender = senders.iter().find(|sender| Some(&sender.id) == id);
                let sender = sender.map(|sender| format!(", sender {}", sender.name));
                // Writing to a `String` cannot fail.
                let _ = writeln!(
                    text,
                    "{}: {}, data center {data_center}{}{}",
                    key.name,
                    scopes.join(" "),
                    sender.unwrap_or_default(),
                    until.unwrap_or_default()
                );
            }
            Ok(text)
        }
        Command::End { name } => {
            let keys = access.api_keys().await?;
            let found = keys.iter().find(|key| key.name.as_str() == name);
            let key = found.ok_or_else(|| CommandError::NoApiKey(name.clone()))?;
            access.end_api_key(&key.id, &by).await?;
            Ok(format!("The key {name} was revoked.\n"))
        }
    }
}

/// Converts a form error into an error that names the wrong value.
async fn refused(
    error: FormError<NewKeyError>,
    form: &NewKeyForm,
    opened: &Opened,
) -> CommandError {
    if let FormError::Form(errors) = &error {
        if errors.get(AccessField::Name) == Some(NewKeyError::NameTaken) {
            return CommandError::ApiKeyNameTaken(form.name.clone());
        }
        if errors.get(AccessField::Sender) == Some(NewKeyError::UnknownSender) {
            return CommandError::NoSenderForKey(form.sender.clone());
        }
        if errors.get(AccessField::DataCenter) == Some(NewKeyError::UnknownDataCenter)
            && let Ok(id) = DataCenterId::parse(&form.data_center)
        {
            return opened.unknown_data_center(&id).await;
        }
    }
    error.into()
}

/// Creates a file with mode 0600. It must not exist yet.
fn create(path: &Path) -> Result<(&Path, File), CommandError> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.map(|file| (path, file))
        .map_err(|source| CommandError::KeyFile {
            path: path.to_owned(),
            source,
        })
}

fn write(mut file: File, key: &SecretString) -> io::Result<()> {
    file.write_all(key.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn scopes() -> impl clap::builder::TypedValueParser<Value = KeyScope> {
    let described =
        |scope: &KeyScope| PossibleValue::new(scope.code()).help(wording::key_scope(*scope));
    PossibleValuesParser::new(KeyScope::ALL.iter().map(described))
        .try_map(|code| KeyScope::from_code(&code).ok_or("is not a valid scope"))
}
