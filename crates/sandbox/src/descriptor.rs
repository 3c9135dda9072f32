//! Description of a running sandbox for its clients.

use serde::{Deserialize, Serialize};

/// Client credentials, endpoints, and ports. `GET /descriptor` and `sandbox.json` have the same
/// content. Its secrets are public by design: they are only valid in this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// `http://127.0.0.1:PORT`, with the pages and the control endpoint. It never uses Mailgrant's
    /// host name `localhost`, because browsers send the cookies of a host name to all its ports.
    pub http: String,
    /// Issuer identifier (RFC 8414 §2), also sent as `iss` (RFC 9207).
    pub issuer: String,
    /// Endpoint at which the user signs in (RFC 6749 §3.1).
    pub authorization_endpoint: String,
    /// Endpoint that exchanges codes and refresh tokens (RFC 6749 §3.2).
    pub token_endpoint: String,
    /// Endpoint that revokes tokens (RFC 7009 §2).
    pub revocation_endpoint: String,
    /// ID of the only registered client.
    pub client_id: String,
    /// Secret of the client.
    pub client_secret: String,
    /// Scope to request: mail, an ID token, and a refresh token.
    pub scope: String,
    /// Host of SMTP: `localhost`, a name in the certificate.
    pub smtp_host: String,
    /// Port of SMTP with STARTTLS.
    pub smtp_starttls_port: u16,
    /// Port of SMTP with implicit TLS.
    pub smtp_tls_port: u16,
    /// Host of IMAP: `localhost`.
    pub imap_host: String,
    /// Port of IMAP with STARTTLS.
    pub imap_starttls_port: u16,
    /// Port of IMAP with implicit TLS.
    pub imap_tls_port: u16,
    /// `127.0.0.1:PORT` of a DNS server that only knows `sandbox.test`.
    pub dns: String,
    /// Accounts that can sign in.
    pub accounts: Vec<Account>,
    /// Certificate of the authority that signed the SMTP certificate.
    pub ca_pem: String,
}

/// Mail account of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Email address, which is also the user name.
    pub address: String,
    /// Password for the login page and for AUTH PLAIN and LOGIN.
    pub password: String,
}

/// ID of the registered client.
pub(crate) const CLIENT_ID: &str = "mailgrant-sandbox";
/// Secret of the registered client.
pub(crate) const CLIENT_SECRET: &str = "sandbox-secret";
/// Scope for both SMTP and IMAP, like Google's.
const MAIL_SCOPE: &str = "mail";

/// Service that a token can be valid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Smtp,
    Imap,
}

impl Service {
    /// Returns true if a scope allows the service. Microsoft's separate scopes are accepted as
    /// well.
    pub(crate) fn is_opened_by(self, scope: &str) -> bool {
        let own = match self {
            Self::Smtp => "https://outlook.office.com/SMTP.Send",
            Self::Imap => "https://outlook.office.com/IMAP.AccessAsUser.All",
        };
        scope.split(' ').any(|one| one == MAIL_SCOPE || one == own)
    }
}

/// Scope that a client should request.
pub(crate) const SCOPE: &str = "mail openid offline_access";

/// Returns the accounts of every sandbox.
pub(crate) fn accounts() -> Vec<Account> {
    ["alice", "bob", "noreply"]
        .into_iter()
        .map(|name| Account {
            address: format!("{name}@sandbox.test"),
            password: format!("{name}-password"),
        })
        .collect()
}
