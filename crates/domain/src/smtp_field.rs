//! The fields of the settings form.

use serde::{Deserialize, Serialize};

/// The fields of the form, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpField {
    /// Provider.
    Provider,
    /// SMTP host.
    SmtpHost,
    /// SMTP port.
    SmtpPort,
    /// Data center.
    DataCenter,
    /// From address.
    FromAddress,
    /// Enable SSL.
    EnableSsl,
    /// STARTTLS or implicit TLS.
    Security,
    /// SMTP TLS Version.
    TlsMinimum,
    /// Email of the email box.
    MailboxEmail,
    /// Sign in to the email box with.
    MailboxSignIn,
    /// Password of the email box.
    MailboxPassword,
    /// Host name of the email box.
    MailboxHost,
    /// Port of the email box.
    MailboxPort,
    /// STARTTLS or implicit TLS of the email box.
    MailboxSecurity,
    /// Authentication type.
    AuthenticationType,
    /// Redirect URL.
    RedirectUrl,
    /// Client ID.
    ClientId,
    /// Client Secret.
    ClientSecret,
    /// Authorization endpoint.
    AuthorizationEndpoint,
    /// Token endpoint.
    TokenEndpoint,
    /// Scope.
    Scope,
    /// Username.
    Username,
    /// Password.
    Password,
}

impl SmtpField {
    /// Every field.
    pub const ALL: &[Self] = &[
        Self::Provider,
        Self::SmtpHost,
        Self::SmtpPort,
        Self::DataCenter,
        Self::FromAddress,
        Self::EnableSsl,
        Self::Security,
        Self::TlsMinimum,
        Self::MailboxEmail,
        Self::MailboxSignIn,
        Self::MailboxPassword,
        Self::MailboxHost,
        Self::MailboxPort,
        Self::MailboxSecurity,
        Self::AuthenticationType,
        Self::RedirectUrl,
        Self::ClientId,
        Self::ClientSecret,
        Self::AuthorizationEndpoint,
        Self::TokenEndpoint,
        Self::Scope,
        Self::Username,
        Self::Password,
    ];

    /// The field's name in the form, as in [`SmtpForm`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::SmtpHost => "smtp_host",
            Self::SmtpPort => "smtp_port",
            Self::DataCenter => "data_center",
            Self::FromAddress => "from_address",
            Self::EnableSsl => "enable_ssl",
            Self::Security => "security",
            Self::TlsMinimum => "tls_minimum",
            Self::MailboxEmail => "mailbox_email",
            Self::MailboxSignIn => "mailbox_sign_in",
            Self::MailboxPassword => "mailbox_password",
            Self::MailboxHost => "mailbox_host",
            Self::MailboxPort => "mailbox_port",
            Self::MailboxSecurity => "mailbox_security",
            Self::AuthenticationType => "authentication_type",
            Self::RedirectUrl => "redirect_url",
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::AuthorizationEndpoint => "authorization_endpoint",
            Self::TokenEndpoint => "token_endpoint",
            Self::Scope => "scope",
            Self::Username => "username",
            Self::Password => "password",
        }
    }
}
