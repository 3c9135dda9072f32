//! `mailgrant account`: the accounts that people sign in with.

mod table;

use access::Link;
use clap::{Args, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser as _};
use domain::{Account, AccountName, Actor, Role, access::NewAccountForm};
use server::{Config, config::PublicUrl};

use super::{CommandError, Opened, password, words};

/// What to do with accounts.
#[derive(Subcommand)]
pub enum Command {
    /// Add an account, and print a link by which its owner chooses the password
    Add {
        /// The user name
        #[arg(value_parser = name)]
        name: AccountName,
        /// What the account may do; each role may do all that those before it may
        #[arg(long, value_parser = roles(), default_value = "viewer")]
        role: Role,
        #[command(flatten)]
        password: Password,
    },
    /// List all accounts
    List,
    /// End the password and all sessions of an account, and print a link to choose another password
    ResetPassword {
        /// The user name
        #[arg(value_parser = name)]
        name: AccountName,
        #[command(flatten)]
        password: Password,
    },
    /// Remove an account and end its sessions
    Remove {
        /// The user name
        #[arg(value_parser = name)]
        name: AccountName,
    },
    /// Change what an account may do, at once
    Role {
        /// The user name
        #[arg(value_parser = name)]
        name: AccountName,
        /// The new role
        #[arg(value_parser = roles())]
        role: Role,
    },
}

/// How the password comes.
#[derive(Args)]
pub struct Password {
    /// Set the password to the first line of standard input, and make no link
    #[arg(long)]
    password_stdin: bool,
}

/// Does it.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    match command {
        Command::Add {
            name,
            role,
            password,
        } => add(name, *role, password, config).await,
        Command::List => {
            let accounts = Opened::existing(config).await?.access.accounts().await?;
            Ok(table::render(&accounts))
        }
        Command::ResetPassword { name, password } => reset(name, password, config).await,
        Command::Remove { name } => {
            let (opened, account) = find(name, config).await?;
            let by = Actor::command_line();
            opened.access.remove_account(&account.id, &by).await?;
            Ok(format!(
                "Removed {}; its sessions have ended.\n",
                account.name
            ))
        }
        Command::Role { name, role } => {
            let (opened, account) = find(name, config).await?;
            let by = Actor::command_line();
            opened.access.set_role(&account.id, *role, &by).await?;
            Ok(format!("{} is {} now.\n", account.name, role.code()))
        }
    }
}

/// Also before the first start of the server: then it is the way to make the first administrator.
async fn add(
    name: &AccountName,
    role: Role,
    password: &Password,
    config: &Config,
) -> Result<String, CommandError> {
    let password = password.read()?;
    let access = Opened::existing_or_new(config).await?.access;
    let accounts = access.accounts().await?;
    let is_administrator = |account: &Account| account.role == Role::Administrator;
    if role != Role::Administrator && !accounts.iter().any(is_administrator) {
        return Err(CommandError::FirstIsAdministrator);
    }
    let form = NewAccountForm {
        name: name.to_string(),
        role: role.code().to_owned(),
    };
    let by = Actor::command_line();
    let added = format!("Added {name} as {}.", role.code());
    if let Some(password) = password {
        access
            .add_account_with_password(&form, &password, &by)
            .await?;
        return Ok(format!("{added}\n"));
    }
    let link = access.add_account(&form, &by).await?;
    Ok(format!("{added} {}", invitation(&link, config)))
}

async fn reset(
    name: &AccountName,
    password: &Password,
    config: &Config,
) -> Result<String, CommandError> {
    let password = password.read()?;
    let (opened, account) = find(name, config).await?;
    let by = Actor::command_line();
    let name = account.name;
    if let Some(password) = password {
        let access = opened.access;
        access.set_password(&account.id, &password, &by).await?;
        return Ok(format!(
            "Set the password of {name}; its sessions have ended.\n"
        ));
    }
    let link = opened.access.reset_password(&account.id, &by).await?;
    Ok(format!(
        "The password and the sessions of {name} have ended. {}",
        invitation(&link, config)
    ))
}

async fn find(name: &AccountName, config: &Config) -> Result<(Opened, Account), CommandError> {
    let opened = Opened::existing(config).await?;
    match opened.access.account(name).await? {
        Some(account) => Ok((opened, account)),
        None => Err(CommandError::NoAccount(name.clone())),
    }
}

/// The link with what its owner has to know.
fn invitation(link: &Link, config: &Config) -> String {
    let origin = config.public_url.as_ref().map_or_else(
        || format!("http://{}", config.listen),
        |url| PublicUrl::origin(url).to_owned(),
    );
    let until = link
        .expires_at
        .map(|end| format!(", until {end}"))
        .unwrap_or_default();
    format!(
        "The password is chosen here, once{until}:\n{origin}{}\n",
        link.path()
    )
}

impl Password {
    fn read(&self) -> Result<Option<secrecy::SecretString>, CommandError> {
        self.password_stdin
            .then(|| password::first_line(std::io::stdin().lock()))
            .transpose()
    }
}

fn name(typed: &str) -> Result<AccountName, String> {
    AccountName::parse(typed).map_err(|error| format!("a user name {}", words::of(error)))
}

fn roles() -> impl clap::builder::TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code()))
        .try_map(|code| Role::from_code(&code).ok_or("is not a role"))
}
