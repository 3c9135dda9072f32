//! Everything a client needs to know about a running sandbox.

use serde::{Deserialize, Serialize};

/// The client and where to find things; `GET /descriptor` and `sandbox.json` show the same. Its
/// secrets are public by design: they open nothing outside this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// `http://127.0.0.1:PORT`, the pages and the control endpoint. Never `localhost`, the host name of Mailgrant: browsers send
    /// the cookies of a host name to all its ports.
    pub http: String,
    /// Issuer identifier (RFC 8414 §2), also sent as `iss` (RFC 9207).
    pub issuer: String,
    /// Where the user signs in (RFC 6749 §3.1).
    pub authorization_endpoint: String,
    /// Where codes and refresh tokens are exchanged (RFC 6749 §3.2).
    pub token_endpoint: String,
    /// Where tokens are revoked (RFC 7009 §2).
    pub revocation_endpoint: String,
    /// The one registered client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The scope to ask for: mail, an ID token and a refresh token.
    pub scope: String,
    /// `localhost`, a name in the certificate.
    pub smtp_host: String,
    /// SMTP that offers STARTTLS.
    pub smtp_starttls_port: u16,
    /// SMTP inside TLS from the first byte.
    pub smtp_tls_port: u16,
    /// `localhost`, where mail is read.
    pub imap_host: String,
    /// IMAP that offers STARTTLS.
    pub imap_starttls_port: u16,
    /// IMAP inside TLS from the first byte.
    pub imap_tls_port: u16,
    /// `127.0.0.1:PORT` of a DNS server that knows `sandbox.test` and nothing else.
    pub dns: String,
    /// Who can sign in.
    pub accounts: Vec<Account>,
    /// Certificate of the authority that signed the SMTP certificate.
    pub ca_pem: String,
}

/// A mail account of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// E-mail address, also the user name.
    pub address: String,
    /// Password for the login page and for AUTH PLAIN and LOGIN.
    pub password: String,
}

/// The registered client.
pub(crate) const CLIENT_ID: &str = "mailgrant-sandbox";
/// Its secret.
pub(crate) const CLIENT_SECRET: &str = "sandbox-secret";
/// The scope that opens SMTP and IMAP, as Google's does.
const MAIL_SCOPE: &str = "mail";

/// What a token can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Smtp,
    Imap,
}

impl Service {
    /// Whether a scope opens it. Microsoft has one for each, and they are taken as well.
    pub(crate) fn is_opened_by(self, scope: &str) -> bool {
        let own = match self {
            Self::Smtp => "https://outlook.office.com/SMTP.Send",
            Self::Imap => "https://outlook.office.com/IMAP.AccessAsUser.All",
        };
        scope.split(' ').any(|one| one == MAIL_SCOPE || one == own)
    }
}

/// The scope a client asks for.
pub(crate) const SCOPE: &str = "mail openid offline_access";

/// The accounts every sandbox has.
pub(crate) fn accounts() -> Vec<Account> {
    ["alice", "bob", "noreply"]
        .into_iter()
        .map(|name| Account {
            address: format!("{name}@sandbox.test"),
            password: format!("{name}-password"),
        })
        .collect()
}
