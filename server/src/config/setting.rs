//! The names of the settings.

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Address and port to listen on.
    Listen,
    /// The origin under which the server is reached.
    PublicUrl,
    /// Proxies whose forwarded headers are believed.
    TrustedProxies,
    /// Requests per second from one address.
    RateLimit,
    /// Connections that one address may have open.
    ConnectionsPerAddress,
    /// Event streams that one address may have open.
    StreamsPerAddress,
    /// Networks that are never connected to.
    DenyNetworks,
    /// Whether private networks are never connected to.
    DenyPrivateNetworks,
    /// The name server to ask.
    DnsServer,
    /// Where data is kept.
    DataDirectory,
    /// Free space below which new mail is refused.
    MinFreeDiskMb,
    /// The database.
    DatabaseUrl,
    /// A file that holds the URL of the database.
    DatabaseUrlFile,
    /// The key that seals secrets.
    Key,
    /// A file that holds the key.
    KeyFile,
    /// PEM files of certificates that are trusted besides those of the system.
    ExtraRoots,
    /// Descriptor of the sandbox.
    SandboxFile,
    /// Data centers that this server sends for.
    DataCenter,
    /// Connections to the mail server of each data center.
    Connections,
    /// How long a message is this server's to send.
    LeaseSeconds,
    /// How old a message may become.
    GiveUpHours,
    /// Megabytes of messages that may wait for one API key.
    WaitingMbPerKey,
    /// Settings of `mailgrant send` whose spools are taken in.
    SpoolsOf,
    /// Which events are logged.
    Log,
    /// How they are written.
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
        Self::Log,
        Self::LogFormat,
    ];

    /// The name in the file.
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
            Self::Log => "log",
            Self::LogFormat => "log_format",
        }
    }

    /// Whether it is a list of paths, which in the environment are divided as in PATH.
    pub fn is_paths(self) -> bool {
        matches!(self, Self::ExtraRoots | Self::SpoolsOf)
    }

    /// The name of the environment variable.
    pub fn variable(self) -> String {
        format!("MAILGRANT_{}", self.name().to_ascii_uppercase())
    }

    /// The name on the command line.
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }

    /// The setting that has a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|setting| setting.name() == name)
    }
}
