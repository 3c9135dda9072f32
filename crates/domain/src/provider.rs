//! Mail providers.

use serde::{Deserialize, Serialize};

use crate::Host;

/// Mail provider chosen on the settings page. A preset fills in its usual settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Gmail and Google Workspace.
    Google,
    /// SMTP relay of Google Workspace.
    GoogleRelay,
    /// Exchange Online.
    Microsoft365,
    /// outlook.com, hotmail.com, live.com.
    OutlookCom,
    /// Yahoo Mail.
    Yahoo,
    /// AOL Mail.
    Aol,
    /// Fastmail.
    Fastmail,
    /// iCloud Mail.
    Icloud,
    /// Zoho Mail.
    Zoho,
    /// Sandbox: a mail provider on loopback for trials and tests.
    Sandbox,
    /// Any other server.
    #[default]
    Other,
}

impl Provider {
    /// Every provider, in the order of the settings page.
    pub const ALL: &[Self] = &[
        Self::Google,
        Self::GoogleRelay,
        Self::Microsoft365,
        Self::OutlookCom,
        Self::Yahoo,
        Self::Aol,
        Self::Fastmail,
        Self::Icloud,
        Self::Zoho,
        Self::Sandbox,
        Self::Other,
    ];

    /// Returns the code in forms and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GoogleRelay => "google_relay",
            Self::Microsoft365 => "microsoft365",
            Self::OutlookCom => "outlook_com",
            Self::Yahoo => "yahoo",
            Self::Aol => "aol",
            Self::Fastmail => "fastmail",
            Self::Icloud => "icloud",
            Self::Zoho => "zoho",
            Self::Sandbox => "sandbox",
            Self::Other => "other",
        }
    }

    /// Returns the value of a code, or `None` if the code is unknown.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|provider| provider.code() == code)
    }
}

/// Family of providers that share their OAuth rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProviderFamily {
    /// accounts.google.com.
    Google,
    /// login.microsoftonline.com and the national clouds.
    Microsoft,
    /// Any other provider, assumed to follow the OAuth 2.0 and `OpenID` Connect standards.
    Other,
}

impl ProviderFamily {
    /// Returns the family that the host of an authorization endpoint belongs to.
    pub fn of_host(host: &Host) -> Self {
        let within = |domains: &[&str]| domains.iter().any(|domain| host.is_within(domain));
        if within(&["google.com", "googleapis.com"]) {
            Self::Google
        } else if within(&[
            "microsoftonline.com",
            "microsoftonline.us",
            "chinacloudapi.cn",
            "login.live.com",
        ]) {
            Self::Microsoft
        } else {
            Self::Other
        }
    }
}
