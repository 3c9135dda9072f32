//! Configuration from defaults, `mailgrant.toml`, environment, and command line, in ascending order
//! of precedence.

mod address_limits;
mod certificates;
mod database;
mod dns_server;
mod error;
mod gateway;
mod key;
mod listen;
mod networks;
mod outbox;
mod public_url;
mod report;
mod sandbox;
mod setting;
mod smtp;
mod source;
mod sources;
mod spools;
mod values;

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use domain::Preset;
use ipnet::IpNet;
use secrecy::SecretString;
use store::KeySource;
use tracing_subscriber::EnvFilter;

pub use address_limits::AddressLimits;
pub(crate) use certificates::MAX_PEM;
pub use error::ConfigError;
pub use gateway::GatewayConfig;
pub use listen::local_origin;
pub use public_url::PublicUrl;
pub use setting::Setting;
pub use smtp::{SmtpCertificate, SmtpConfig};
pub use sources::Sources;
pub use spools::SYSTEM_SEND_SETTINGS;

use report::Report;
use values::Values;

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Readable text.
    Text,
    /// One JSON object per line.
    Json,
}

/// The effective configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on; port 0 lets the system choose. An address other than loopback
    /// requires a public URL.
    pub listen: std::net::SocketAddr,
    /// The origin under which administrators reach the server, if it differs from the listen
    /// address.
    pub public_url: Option<PublicUrl>,
    /// Proxies whose forwarded headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Requests per second allowed from one address. `None` means unlimited.
    pub rate_limit: Option<NonZeroU32>,
    /// Limits on the connections and event streams that one address may have open.
    pub address_limits: AddressLimits,
    /// Networks that Mailgrant never connects to, in addition to the addresses of cloud metadata.
    pub deny_networks: Vec<IpNet>,
    /// True if Mailgrant never connects to private and link-local networks either.
    pub deny_private_networks: bool,
    /// The name server to query instead of the system's.
    pub dns_server: Option<std::net::SocketAddr>,
    /// The directory of the database and the key unless they are configured elsewhere.
    pub data_directory: PathBuf,
    /// The database URL, which may contain a password.
    pub database_url: SecretString,
    /// The source of the key that seals secrets.
    pub key: KeySource,
    /// DER certificates to trust in addition to those of the system.
    pub extra_roots: Vec<Vec<u8>>,
    /// The sandbox provider on loopback, if one is configured.
    pub sandbox: Option<Preset>,
    /// The sandbox's name server. If set, all DNS queries go to it.
    pub sandbox_dns: Option<std::net::SocketAddr>,
    /// Bytes of free space on the disk of a SQLite database below which the server refuses new
    /// mail.
    pub min_free_bytes: u64,
    /// Options of the outbox.
    pub outbox: mail::OutboxOptions,
    /// Settings files of `mailgrant send` on this machine whose spools the server submits.
    pub spools_of: Vec<PathBuf>,
    /// How mail is accepted over SMTP.
    pub smtp: SmtpConfig,
    /// How programs read mail with a password.
    pub gateway: GatewayConfig,
    /// The log filter, in the syntax of `RUST_LOG`.
    pub log: String,
    /// The format of log lines.
    pub log_format: LogFormat,
}

impl Config {
    /// Reads all sources.
    ///
    /// # Errors
    ///
    /// Returns an error that names the source and the value if a source cannot be read or a value
    /// is not valid.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        Self::read(sources).map(|(config, _)| config)
    }

    /// Returns the effective configuration as TOML: each value with its source, secrets hidden.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Config::load`].
    pub fn describe(sources: &Sources) -> Result<String, ConfigError> {
        Self::read(sources).map(|(_, report)| report.to_string())
    }

    fn read(sources: &Sources) -> Result<(Self, Report), ConfigError> {
        let values = Values::of(sources)?;
        let mut report = Report::default();

        let listen = values.text_or(Setting::Listen, "127.0.0.1:3000")?;
        report.value(Setting::Listen, &listen);
        let public_url = values.text(Setting::PublicUrl)?;
        report.optional(Setting::PublicUrl, public_url.as_ref());
        let trusted_proxies = networks::trusted_proxies(&values, &mut report)?;
        let rate_limit = values.typed(
            Setting::RateLimit,
            50_u32,
            "must be a whole number of requests per second; 0 means no limit",
        )?;
        report.plain(Setting::RateLimit, rate_limit.value, &rate_limit.source);
        let address_limits = address_limits::read(&values, &mut report)?;
        let deny_networks = networks::denied(&values, &mut report)?;
        let deny_private =
            values.typed(Setting::DenyPrivateNetworks, false, "is not true or false")?;
        report.plain(
            Setting::DenyPrivateNetworks,
            deny_private.value,
            &deny_private.source,
        );
        let dns_server = dns_server::read(&values, &mut report)?;
        let data_directory = values.text_or(Setting::DataDirectory, "data")?;
        report.value(Setting::DataDirectory, &data_directory);
        let data = Path::new(&data_directory.value);
        let min_free = values.typed(
            Setting::MinFreeDiskMb,
            100_u32,
            "must be a whole number of megabytes; 0 means no minimum",
        )?;
        report.plain(Setting::MinFreeDiskMb, min_free.value, &min_free.source);
        let database_url = database::read(&values, data, &mut report)?;
        let key = key::read(&values, data, &mut report)?;
        let extra_roots = certificates::read(&values, &mut report)?;
        let (sandbox, sandbox_dns) = sandbox::read(&values, &mut report)?.unzip();
        let outbox = outbox::read(&values, &mut report)?;
        let spools_of = spools::read(&values, &mut report)?;
        let smtp = smtp::read(&values, &mut report)?;
        let gateway = gateway::read(&values, &mut report)?;
        let log = values.text_or(Setting::Log, "info")?;
        report.value(Setting::Log, &log);
        let log_format = values.text_or(Setting::LogFormat, "text")?;
        report.value(Setting::LogFormat, &log_format);

        let public_url = public_url.as_ref().map(PublicUrl::read).transpose()?;
        let config = Self {
            listen: listen::parse(&listen, public_url.as_ref())?,
            public_url,
            trusted_proxies,
            rate_limit: NonZeroU32::new(rate_limit.value),
            address_limits,
            deny_networks,
            deny_private_networks: deny_private.value,
            dns_server,
            data_directory: data.to_owned(),
            min_free_bytes: u64::from(min_free.value) * 1_000_000,
            database_url,
            key,
            extra_roots,
            sandbox,
            sandbox_dns: sandbox_dns.flatten(),
            outbox,
            spools_of,
            smtp,
            gateway,
            log: match EnvFilter::try_new(&log.value) {
                Ok(_) => log.value,
                Err(error) => return Err(log.invalid(error.to_string())),
            },
            log_format: match log_format.value.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return Err(log_format.invalid("is neither text nor json")),
            },
        };
        Ok((config, report))
    }
}
