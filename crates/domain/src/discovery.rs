//! Discovery of settings for an email address or issuer. Each proposal names its source.

use serde::{Deserialize, Serialize};

use crate::{
    AddressError, Provider, Security, UrlError,
    codes::{codes, errors_include},
};

codes! {
    /// Source of a proposal, the most reliable first.
    DiscoverySource {
        /// The domain is known to belong to the provider.
        Preset = "preset",
        /// The domain's mail servers belong to the provider.
        Mx = "mx",
        /// The domain publishes its settings (autoconfig).
        Autoconfig = "autoconfig",
        /// The domain publishes its servers in DNS (RFC 6186, RFC 8314 §5.1).
        Srv = "srv",
    }
}

/// Proposed server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedServer {
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the connection; never plaintext.
    pub security: Security,
}

/// Proposed OAuth endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedOAuth {
    /// Issuer whose discovery document names the endpoints. Empty if they come from a preset.
    pub issuer: String,
    /// Authorization endpoint.
    pub authorization_endpoint: String,
    /// Token endpoint.
    pub token_endpoint: String,
    /// Scope. Empty if it is unknown.
    pub scope: String,
}

/// Proposed settings from one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Source of the proposal.
    pub source: DiscoverySource,
    /// Host name or URL that was found at the source.
    pub evidence: String,
    /// Provider, if it is a known one.
    pub provider: Option<Provider>,
    /// Server for sending mail.
    pub smtp: Option<ProposedServer>,
    /// Server for reading mail.
    pub imap: Option<ProposedServer>,
    /// OAuth endpoints, if the server accepts OAuth.
    pub oauth: Option<ProposedOAuth>,
    /// User name that the server expects.
    pub username: String,
    /// True if a server is outside the address's domain and does not belong to a known provider. An
    /// attacker who controls the domain's DNS could name such a server, so the administrator has to
    /// confirm it (RFC 6186 §6).
    pub foreign: bool,
}

codes! {
    /// Reason why a source could not be queried.
    DiscoveryProblem {
        /// No name server answered, so this machine seems to be offline.
        Offline = "offline",
        /// The domain does not exist.
        NoSuchDomain = "no_such_domain",
        /// A source did not answer in time.
        Timeout = "timeout",
        /// The answer of a source cannot be parsed.
        Unreadable = "unreadable",
    }
}

/// Result of a discovery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// Email address that the settings are for.
    pub email: String,
    /// Proposals, the most reliable first. Equal proposals are merged.
    pub proposals: Vec<Proposal>,
    /// Sources that could not be queried.
    pub trouble: Vec<DiscoveryProblem>,
}

/// Returns true if the typed text is meant as the URL of an issuer and not as an email address.
pub fn means_issuer(typed: &str) -> bool {
    typed.contains("://")
}

/// Metadata that an issuer publishes (RFC 8414 §2, OpenID Connect Discovery 1.0 §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerDocument {
    /// URL of the document. Empty for a known provider, which is not queried.
    pub url: String,
    /// Issuer and endpoints, without a scope.
    pub oauth: ProposedOAuth,
    /// Scopes that the document lists.
    pub scopes: Vec<String>,
}

/// Reason why an issuer's metadata cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerProblem {
    /// The URL cannot be an issuer. It must be `https` without query and fragment (RFC 8414 §2), or
    /// `http` on loopback.
    NotAnIssuer(UrlError),
    /// All addresses of the issuer are in denied networks.
    Denied,
    /// The server could not be reached.
    Unreachable,
    /// The server did not answer in time.
    Timeout,
    /// The server publishes no document.
    NoDocument,
    /// The document cannot be parsed, or has endpoints that are not `https`.
    Unreadable,
    /// The document belongs to this other issuer (RFC 8414 §3.3).
    OtherIssuer(String),
}

codes! {
    /// Reason why the input of a discovery was not accepted.
    DiscoveryFormError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The input is not an email address.
        NotAnAddress = "not_an_address",
        /// The value has several addresses where one is expected.
        SeveralAddresses = "several_addresses",
        /// The input is not the URL of an issuer.
        NotAUrl = "not_a_url",
        /// The URL has the scheme `http` and a host that is not loopback.
        UrlNotHttps = "url_not_https",
        /// The URL has a fragment.
        UrlHasFragment = "url_has_fragment",
        /// The URL contains a user name or a password.
        UrlHasCredentials = "url_has_credentials",
    }
}

errors_include! {
    DiscoveryFormError:
    AddressError { Required, TooLong, NotAnAddress, SeveralAddresses }
    UrlError { Required, TooLong, NotAUrl, UrlNotHttps, UrlHasFragment, UrlHasCredentials }
}
