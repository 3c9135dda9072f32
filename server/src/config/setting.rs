//! The names of the settings.

/// A setting, by its name in all sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Address and port to listen on.
    Listen,
    /// The origin under which the server is reached.
    PublicUrl,
    /// Proxies whose forwarded headers are trusted.
    TrustedProxies,
    /// Requests per second from one address.
    RateLimit,
    /// Connections that one address may have open.
    ConnectionsPerAddress,
    /// Event streams that one address may have open.
    StreamsPerAddress,
    /// Networks that Mailgrant never connects to.
    DenyNetworks,
    /// Refusal of connections to private networks.
    DenyPrivateNetworks,
    /// The name server to query.
    DnsServer,
    /// The directory for data.
    DataDirectory,
    /// Free space below which the server refuses new mail, in megabytes.
    MinFreeDiskMb,
    /// The database.
    DatabaseUrl,
    /// A file that holds the URL of the database.
    DatabaseUrlFile,
    /// The key that seals secrets.
    Key,
    /// A file that holds the key.
    KeyFile,
    /// PEM files of certificates to trust in addition to those of the system.
    ExtraRoots,
    /// Descriptor of the sandbox.
    SandboxFile,
    /// Data centers that this server sends for.
    DataCenter,
    /// Connections to the mail server of each data center.
    Connections,
    /// Seconds of the lease on a claimed message.
    LeaseSeconds,
    /// Hours after which Mailgrant gives up on a message.
    GiveUpHours,
    /// Megabytes of messages that may wait for one API key.
    WaitingMbPerKey,
    /// Settings files of `mailgrant send` whose spools the server submits.
    SpoolsOf,
    /// Addresses at which mail is accepted over SMTP.
    SmtpListeners,
    /// The host name in the SMTP greeting and in the certificate.
    SmtpName,
    /// PEM file of the certificate for SMTP.
    SmtpCertificate,
    /// PEM file of the key of this certificate.
    SmtpCertificateKey,
    /// Addresses at which programs read mail over IMAP.
    ImapListeners,
    /// The log filter.
    Log,
    /// The log format.
    LogFormat,
}

impl Setting {
    /// Every setting.
    pub const ALL: &[Self] = &[
        Self::Listen,
        Self::PublicUrl,
        Self::TrustedProxies,
        Self::RateLimit,
        Self::ConnectionsPerAddress,
        Self::StreamsPerAddress,
        Self::DenyNetworks,
        Self::DenyPrivateNetworks,
        Self::DnsServer,
        Self::DataDirectory,
        Self::MinFreeDiskMb,
        Self::DatabaseUrl,
        Self::DatabaseUrlFile,
        Self::Key,
        Self::KeyFile,
        Self::ExtraRoots,
        Self::SandboxFile,
        Self::DataCenter,
        Self::Connections,
        Self::LeaseSeconds,
        Self::GiveUpHours,
        Self::WaitingMbPerKey,
        Self::SpoolsOf,
        Self::SmtpListeners,
        Self::SmtpName,
        Self::SmtpCertificate,
        Self::SmtpCertificateKey,
        Self::ImapListeners,
        Self::Log,
        Self::LogFormat,
    ];

    /// Returns the name in the configuration file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::PublicUrl => "public_url",
            Self::TrustedProxies => "trusted_proxies",
            Self::RateLimit => "rate_limit",
            Self::ConnectionsPerAddress => "connections_per_address",
            Self::StreamsPerAddress => "streams_per_address",
            Self::DenyNetworks => "deny_networks",
            Self::DenyPrivateNetworks => "deny_private_networks",
            Self::DnsServer => "dns_server",
            Self::DataDirectory => "data_directory",
            Self::MinFreeDiskMb => "min_free_disk_mb",
            Self::DatabaseUrl => "database_url",
            Self::DatabaseUrlFile => "database_url_file",
            Self::Key => "key",
            Self::KeyFile => "key_file",
            Self::ExtraRoots => "extra_roots",
            Self::SandboxFile => "sandbox_file",
            Self::DataCenter => "data_center",
            Self::Connections => "connections",
            Self::LeaseSeconds => "lease_seconds",
            Self::GiveUpHours => "give_up_hours",
            Self::WaitingMbPerKey => "waiting_mb_per_key",
            Self::SpoolsOf => "spools_of",
            Self::SmtpListeners => "smtp_listeners",
            Self::SmtpName => "smtp_name",
            Self::SmtpCertificate => "smtp_certificate",
            Self::SmtpCertificateKey => "smtp_certificate_key",
            Self::ImapListeners => "imap_listeners",
            Self::Log => "log",
            Self::LogFormat => "log_format",
        }
    }

    /// Returns true for lists of paths, which are separated in environment variables as in `PATH`.
    pub fn is_paths(self) -> bool {
        matches!(self, Self::ExtraRoots | Self::SpoolsOf)
    }

    /// Returns the name of the environment variable.
    pub fn variable(self) -> String {
        format!("MAILGRANT_{}", self.name().to_ascii_uppercase())
    }

    /// Returns the name of the command-line flag.
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }

    /// Returns the setting with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|setting| setting.name() == name)
    }
}
