//! What an email address leads to: proposals for the settings, each with its source.

use serde::{Deserialize, Serialize};

use crate::{FieldError, Provider, Security, codes::codes};

codes! {
    /// Where a proposal comes from, the most certain first.
    DiscoverySource {
        /// The domain is known to be the provider's own.
        Preset = "preset",
        /// The domain's mail servers are the provider's.
        Mx = "mx",
        /// The domain publishes its settings (autoconfig).
        Autoconfig = "autoconfig",
        /// The domain publishes its servers in DNS (RFC 6186, RFC 8314 §5.1).
        Srv = "srv",
    }
}

/// A server that is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedServer {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected; never in the clear.
    pub security: Security,
}

/// OAuth endpoints that are proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedOAuth {
    /// The issuer whose discovery document names them; empty when they come from a preset.
    pub issuer: String,
    /// The authorization endpoint.
    pub authorization_endpoint: String,
    /// The token endpoint.
    pub token_endpoint: String,
    /// The scope; empty when it is not known.
    pub scope: String,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it comes from.
    pub source: DiscoverySource,
    /// What exactly was found there: a host name, a URL.
    pub evidence: String,
    /// The provider, when it is a known one.
    pub provider: Option<Provider>,
    /// Where mail is sent.
    pub smtp: Option<ProposedServer>,
    /// Where mail is read.
    pub imap: Option<ProposedServer>,
    /// OAuth, when the server takes it.
    pub oauth: Option<ProposedOAuth>,
    /// The user name that the server expects.
    pub username: String,
    /// Whether a server is outside the address' domain without being a known provider's. Whoever can change the domain's DNS
    /// could lead there, so the administrator is to look at the name (RFC 6186 §6).
    pub foreign: bool,
}

codes! {
    /// Why a source could not be asked.
    DiscoveryTrouble {
        /// No name server gave an answer: this machine seems to be offline.
        Offline = "offline",
        /// The domain does not exist.
        NoSuchDomain = "no_such_domain",
        /// A source did not answer in time.
        Timeout = "timeout",
        /// A source answered something that cannot be read.
        Unreadable = "unreadable",
    }
}

/// What an email address leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// The address.
    pub email: String,
    /// Proposals, the most certain first; those that say the same are one.
    pub proposals: Vec<Proposal>,
    /// What could not be asked.
    pub trouble: Vec<DiscoveryTrouble>,
}

/// Whether what was typed, to find settings by it, is meant as an issuer's URL and not as an email address.
pub fn means_issuer(typed: &str) -> bool {
    typed.contains("://")
}

/// What an issuer publishes about itself (RFC 8414 §2, OpenID Connect Discovery 1.0 §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerDocument {
    /// Where the document is; empty for a known provider, which is not asked.
    pub url: String,
    /// The issuer and its endpoints, without a scope.
    pub oauth: ProposedOAuth,
    /// The scopes that it names, to choose from.
    pub scopes: Vec<String>,
}

/// Why an issuer told nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerTrouble {
    /// This cannot be an issuer: an `https` URL without query and fragment (RFC 8414 §2), or `http` on loopback.
    NotAnIssuer(FieldError),
    /// Its addresses are in networks that are never connected to.
    Denied,
    /// It could not be reached.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// It publishes no document.
    NoDocument,
    /// Its document cannot be read, or has endpoints that are not `https`.
    Unreadable,
    /// Its document is of this other issuer (RFC 8414 §3.3).
    OtherIssuer(String),
}
