//! `mailgrant account`: the accounts that people sign in with.

mod table;

use access::{Access, Link};
use clap::{Args, Subcommand, builder::PossibleValuesParser, builder::TypedValueParser as _};
use domain::{Account, AccountName, Actor, Role, access::NewAccountForm};
use secrecy::SecretString;
use server::{
    Config,
    config::{PublicUrl, local_origin},
};

use super::{CommandError, Opened, missing_database, password};

/// Subcommands of `mailgrant account`.
#[derive(Subcommand)]
pub enum Command {
    /// Add an account, and print a link by which its owner chooses the password
    Add {
        /// The user name
        #[arg(value_parser = name)]
        name: AccountName,
        /// Role of the account; each role includes the permissions of those before it
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
    /// Change what an account may do, effective immediately
    Role {
        /// The user name
        #[arg(value_parser = name)]
        name: AccountName,
        /// The new role
        #[arg(value_parser = roles())]
        role: Role,
    },
}

/// The source of the password.
#[derive(Args)]
pub struct Password {
    /// Set the password to the first line of standard input instead of printing a link
    #[arg(long)]
    password_stdin: bool,
}

/// Runs a subcommand and returns the text to print.
pub async fn run(command: &Command, config: &Config) -> Result<String, CommandError> {
    let opened = match command {
        // Also works before the first start of the server, and then creates the first
        // administrator.
        Command::Add { role, .. } if *role == Role::Administrator => {
            Opened::existing_or_new(config).await?
        }
        Command::Add { .. } if missing_database(config).is_some() => {
            return Err(CommandError::FirstIsAdministrator);
        }
        _ => Opened::existing(config).await?,
    };
    let done = execute(command, &opened.access, config).await;
    opened.store.close().await;
    done
}

async fn execute(
    command: &Command,
    access: &Access,
    config: &Config,
) -> Result<String, CommandError> {
    let by = Actor::command_line();
    match command {
        Command::Add {
            name,
            role,
            password,
        } => add(name, *role, password.read()?, access, config).await,
        Command::List => Ok(table::render(&access.accounts().await?)),
        Command::ResetPassword { name, password } => {
            let password = password.read()?;
            reset(&find(name, access).await?, password, access, config).await
        }
        Command::Remove { name } => {
            let account = find(name, access).await?;
            access.remove_account(&account.id, &by).await?;
            Ok(format!(
                "Removed {}; its sessions have ended.\n",
                account.name
            ))
        }
        Command::Role { name, role } => {
            let account = find(name, access).await?;
            access.set_role(&account.id, *role, &by).await?;
            Ok(format!("{} is {} now.\n", account.name, role.code()))
        }
    }
}

async fn add(
    name: &AccountName,
    role: Role,
    password: Option<SecretString>,
    access: &Access,
    config: &Config,
) -> Result<String, CommandError> {
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
        let adding = access.add_account_with_password(&form, &password, &by);
        adding.await?;
        return Ok(format!("{added}\n"));
    }
    let link = access.add_account(&form, &by).await?;
    Ok(format!("{added} {}", invitation(&link, config)))
}

async fn reset(
    account: &Account,
    password: Option<SecretString>,
    access: &Access,
    config: &Config,
) -> Result<String, CommandError> {
    let (id, name) = (&account.id, &account.name);
    let by = Actor::command_line();
    if let Some(password) = password {
        access.set_password(id, &password, &by).await?;
        return Ok(format!(
            "Set the password of {name}; its sessions have ended.\n"
        ));
    }
    let link = access.reset_password(id, &by).await?;
    Ok(format!(
        "The password and the sessions of {name} have ended. {}",
        invitation(&link, config)
    ))
}

async fn find(name: &AccountName, access: &Access) -> Result<Account, CommandError> {
    let found = access.account(name).await?;
    found.ok_or_else(|| CommandError::NoAccount(name.clone()))
}

/// Formats the link together with the instructions for the account's owner.
fn invitation(link: &Link, config: &Config) -> String {
    let origin = config.public_url.as_ref().map_or_else(
        || local_origin(config.listen),
        |url| PublicUrl::origin(url).to_owned(),
    );
    let until = link
        .expires_at
        .map(|end| format!(", until {end}"))
        .unwrap_or_default();
    format!(
        "The password can be chosen once at this link{until}:\n{origin}{}\n",
        link.path()
    )
}

impl Password {
    fn read(&self) -> Result<Option<SecretString>, CommandError> {
        self.password_stdin
            .then(|| password::first_line(std::io::stdin().lock()))
            .transpose()
    }
}

fn name(typed: &str) -> Result<AccountName, String> {
    AccountName::parse(typed)
        .map_err(|error| format!("a user name {}", wording::CommandLineError::text(error)))
}

fn roles() -> impl clap::builder::TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code()))
        .try_map(|code| Role::from_code(&code).ok_or("is not a valid role"))
}
