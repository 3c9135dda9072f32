//! Presets: the usual settings of known providers.

use serde::{Deserialize, Serialize};

use crate::{Provider, Security};

/// Authentication of a preset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PresetAuthentication {
    /// OAuth at the provider's endpoints.
    OAuth {
        /// Authorization endpoint.
        authorization_endpoint: String,
        /// Token endpoint.
        token_endpoint: String,
        /// Scope for sending. Empty if it is unknown.
        scope: String,
    },
    /// User name and app password.
    Password,
    /// No authentication: the relay identifies clients by their IP address.
    None,
}

/// Values that the choice of a provider fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preset {
    /// Provider that the preset belongs to.
    pub provider: Provider,
    /// SMTP server. Empty if only the authentication is known.
    pub smtp_host: String,
    /// TCP port of the SMTP server.
    pub smtp_port: u16,
    /// Protection of the SMTP connection.
    pub security: Security,
    /// Host and port of the IMAP server, if there is one.
    pub imap: Option<(String, u16)>,
    /// Authentication at both servers.
    pub authentication: PresetAuthentication,
}

impl Preset {
    /// Returns the preset of a provider. Returns `None` for [`Provider::Other`], and for
    /// [`Provider::Sandbox`], because only the running server knows the sandbox's ports.
    pub fn of(provider: Provider) -> Option<Self> {
        let google = || PresetAuthentication::OAuth {
            authorization_endpoint: "https://accounts.google.com/o/oauth2/v2/auth".into(),
            token_endpoint: "https://oauth2.googleapis.com/token".into(),
            scope: "https://mail.google.com/".into(),
        };
        let microsoft = |tenant: &str| PresetAuthentication::OAuth {
            authorization_endpoint: format!(
                "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize"
            ),
            token_endpoint: format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"),
            scope: "https://outlook.office.com/SMTP.Send offline_access".into(),
        };
        let password = || PresetAuthentication::Password;
        let (smtp, port, imap, authentication) = match provider {
            Provider::Google => ("smtp.gmail.com", 587, Some("imap.gmail.com"), google()),
            Provider::GoogleRelay => (
                "smtp-relay.gmail.com",
                587,
                None,
                PresetAuthentication::None,
            ),
            Provider::Microsoft365 => (
                "smtp.office365.com",
                587,
                Some("outlook.office365.com"),
                microsoft("organizations"),
            ),
            Provider::OutlookCom => (
                "smtp-mail.outlook.com",
                587,
                Some("outlook.office365.com"),
                microsoft("consumers"),
            ),
            Provider::Yahoo => (
                "smtp.mail.yahoo.com",
                465,
                Some("imap.mail.yahoo.com"),
                password(),
            ),
            Provider::Aol => ("smtp.aol.com", 465, Some("imap.aol.com"), password()),
            Provider::Fastmail => (
                "smtp.fastmail.com",
                465,
                Some("imap.fastmail.com"),
                password(),
            ),
            Provider::Icloud => (
                "smtp.mail.me.com",
                587,
                Some("imap.mail.me.com"),
                password(),
            ),
            Provider::Zoho => ("smtp.zoho.com", 465, Some("imap.zoho.com"), password()),
            Provider::Sandbox | Provider::Other => return None,
        };
        Some(Self {
            provider,
            smtp_host: smtp.into(),
            smtp_port: port,
            security: Security::for_port(port),
            imap: imap.map(|host| (host.into(), 993)),
            authentication,
        })
    }
}
