//! The command line.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use server::config::{Setting, Sources};

use crate::commands::{account, api_key, audit, check, generate, health, key, sender, webhook};

/// Outgoing mail with OAuth 2.0, set up once for everything an organization runs.
///
/// Each setting is taken from mailgrant.toml, from the environment variable MAILGRANT_ and its
/// name, or from a flag; later sources take precedence.
#[derive(Parser)]
#[command(name = "mailgrant", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

/// The subcommand; without one, the server starts.
#[derive(Subcommand)]
pub enum Command {
    /// Run the server
    Serve {
        /// ID of a data center to send for; may be repeated [default: all]
        #[arg(long = "data-center", value_name = "ID")]
        send_for: Vec<String>,
    },
    /// Print the effective configuration with the source of each value, secrets hidden
    Config,
    /// Test each step of the connection with the saved settings, and explain failures
    ///
    /// Exits with 0 if all steps pass, with 1 if a step fails, and with 2 if the check could not
    /// run.
    Check(check::Options),
    /// Ask the running server whether it works; exits with 0 if it does, and with 1 if not
    Health(health::Options),
    /// Add, list, change, and remove the accounts of users
    #[command(subcommand)]
    Account(account::Command),
    /// Add, list, and revoke the API keys of programs
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Add, list, show, and remove senders: the programs and devices that may submit mail
    #[command(subcommand)]
    Sender(sender::Command),
    /// Submit a message from standard input to a server, as sendmail does; see "mailgrant send
    /// --help"
    Send {
        /// Options and recipients, like those of sendmail
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Replace the key that seals secrets
    #[command(subcommand)]
    Key(key::Command),
    /// Show or change the webhook for new mail in the email box
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// Verify and export the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Print a script that completes commands in a shell
    Completions(generate::Completions),
    /// Write the manual pages into a directory
    #[command(hide = true)]
    Man(generate::Man),
}

// The key itself has no flag: every user of the machine can read the arguments of a process.
#[derive(Args)]
#[expect(
    clippy::doc_markdown,
    reason = "these texts are printed by --help, where Markdown is noise"
)]
#[allow(rustdoc::bare_urls, reason = "as above")]
struct Flags {
    /// Configuration file [default: mailgrant.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to listen on; one that is not loopback needs --public-url [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Origin under which the server is reached through a proxy, such as https://mailgrant.example.com
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Address or network of a proxy whose forwarded headers are trusted; may be repeated
    #[arg(long, global = true, value_name = "NETWORK")]
    trusted_proxies: Vec<String>,
    /// Requests per second that one address may send, 0 for no limit [default: 50]
    #[arg(long, global = true, value_name = "NUMBER")]
    rate_limit: Option<String>,
    /// Connections that one address may have open, 0 for no limit [default: 1024]
    #[arg(long, global = true, value_name = "NUMBER")]
    connections_per_address: Option<String>,
    /// Event streams that one address may have open, 0 for no limit [default: 128]
    #[arg(long, global = true, value_name = "NUMBER")]
    streams_per_address: Option<String>,
    /// Network that Mailgrant never connects to, in addition to those of cloud metadata; may be
    /// repeated
    #[arg(long, global = true, value_name = "NETWORK")]
    deny_networks: Vec<String>,
    /// Refuse connections to private networks, true or false [default: false]
    #[arg(
        long,
        global = true,
        value_name = "BOOLEAN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    deny_private_networks: Option<String>,
    /// Name server to query instead of the system's
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    dns_server: Option<String>,
    /// Directory of the database and the key [default: data]
    #[arg(long, global = true, value_name = "DIRECTORY")]
    data_directory: Option<String>,
    /// Database, sqlite: or postgres: [default: SQLite in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// File with the URL of the database
    #[arg(long, global = true, value_name = "FILE")]
    database_url_file: Option<String>,
    /// File with the key that seals secrets [default: mailgrant.key in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<String>,
    /// PEM file of certificates to trust in addition to those of the system; may be repeated
    #[arg(long, global = true, value_name = "FILE")]
    extra_roots: Vec<String>,
    /// Descriptor of a sandbox provider
    #[arg(long, global = true, value_name = "FILE")]
    sandbox_file: Option<String>,
    /// ID of a data center to send for; may be repeated [default: all]
    #[arg(long = "data-center", value_name = "ID")]
    send_for: Vec<String>,
    /// Connections to the mail server of each data center [default: 4]
    #[arg(long, global = true, value_name = "NUMBER")]
    connections: Option<String>,
    /// Seconds for which this server claims a message before others may claim it [default: 60]
    #[arg(long, global = true, value_name = "SECONDS")]
    lease_seconds: Option<String>,
    /// Hours after which Mailgrant gives up on a message that fails [default: 120]
    #[arg(long, global = true, value_name = "HOURS")]
    give_up_hours: Option<String>,
    /// Megabytes of messages that may be queued per API key or sender, 0 for no limit [default: 1024]
    #[arg(long, global = true, value_name = "MB")]
    waiting_mb_per_key: Option<String>,
    /// Settings file of "mailgrant send" whose spool the server submits; may be repeated [default:
    /// /etc/mailgrant/send.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    spools_of: Vec<String>,
    /// Where to accept mail over SMTP: ADDRESS:PORT, a mode (starttls, tls, or plain), and networks
    /// that may connect, such as "0.0.0.0:587 starttls"; may be repeated; off for none [default:
    /// 127.0.0.1:2525 starttls]
    #[arg(long, global = true, value_name = "LISTENER")]
    smtp_listeners: Vec<String>,
    /// Host name in the SMTP greeting and in the certificate that Mailgrant makes [default: that of
    /// the machine]
    #[arg(long, global = true, value_name = "NAME")]
    smtp_name: Option<String>,
    /// PEM file of the certificate for SMTP, with its chain [default: one that Mailgrant makes]
    #[arg(long, global = true, value_name = "FILE")]
    smtp_certificate: Option<String>,
    /// PEM file of the key of this certificate
    #[arg(long, global = true, value_name = "FILE")]
    smtp_certificate_key: Option<String>,
    /// Where programs may read mail over IMAP with the password of a sender, such as "0.0.0.0:993
    /// tls"; written like --smtp-listeners; may be repeated [default: none]
    #[arg(long, global = true, value_name = "LISTENER")]
    imap_listeners: Vec<String>,
    /// Events to log, such as info or mail=debug,info [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

impl Arguments {
    /// Returns the data centers given before or after `serve`.
    fn send_for(&self) -> Vec<String> {
        match &self.command {
            Some(Command::Serve { send_for }) if !send_for.is_empty() => send_for.clone(),
            _ => self.flags.send_for.clone(),
        }
    }

    /// Returns the configuration sources that these arguments and the environment name.
    pub fn sources(&self, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Sources {
        let flags = &self.flags;
        let sources = Sources::default()
            .file(flags.config.clone())
            .environment(environment)
            .flag(Setting::ExtraRoots, flags.extra_roots.clone())
            .flag(Setting::SpoolsOf, flags.spools_of.clone())
            .flag(Setting::SmtpListeners, flags.smtp_listeners.clone())
            .flag(Setting::ImapListeners, flags.imap_listeners.clone())
            .flag(Setting::TrustedProxies, flags.trusted_proxies.clone())
            .flag(Setting::DenyNetworks, flags.deny_networks.clone())
            .flag(Setting::DataCenter, self.send_for());
        [
            (Setting::Listen, &flags.listen),
            (Setting::PublicUrl, &flags.public_url),
            (Setting::RateLimit, &flags.rate_limit),
            (
                Setting::ConnectionsPerAddress,
                &flags.connections_per_address,
            ),
            (Setting::StreamsPerAddress, &flags.streams_per_address),
            (Setting::DenyPrivateNetworks, &flags.deny_private_networks),
            (Setting::DnsServer, &flags.dns_server),
            (Setting::DataDirectory, &flags.data_directory),
            (Setting::DatabaseUrl, &flags.database_url),
            (Setting::DatabaseUrlFile, &flags.database_url_file),
            (Setting::KeyFile, &flags.key_file),
            (Setting::SandboxFile, &flags.sandbox_file),
            (Setting::Connections, &flags.connections),
            (Setting::LeaseSeconds, &flags.lease_seconds),
            (Setting::GiveUpHours, &flags.give_up_hours),
            (Setting::WaitingMbPerKey, &flags.waiting_mb_per_key),
            (Setting::SmtpName, &flags.smtp_name),
            (Setting::SmtpCertificate, &flags.smtp_certificate),
            (Setting::SmtpCertificateKey, &flags.smtp_certificate_key),
            (Setting::Log, &flags.log),
            (Setting::LogFormat, &flags.log_format),
        ]
        .into_iter()
        .fold(sources, |sources, (setting, value)| {
            sources.flag(setting, value.iter().cloned().collect())
        })
    }
}
