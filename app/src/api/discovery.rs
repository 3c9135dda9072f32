//! Settings that are found for an email address or an issuer.

use domain::Preset;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Values that a proposal fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresetFields {
    /// Servers and sign-in method.
    pub preset: Preset,
    /// User name. Empty to keep the entered one.
    pub username: String,
    /// Email address that the settings were found for. Fills in empty address fields. Empty for an
    /// issuer.
    pub email: String,
}

impl From<Preset> for PresetFields {
    fn from(preset: Preset) -> Self {
        Self {
            preset,
            username: String::new(),
            email: String::new(),
        }
    }
}

/// Result of a discovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The proposals as HTML.
    pub html: String,
    /// Values of each proposal. `None` for a proposal without an SMTP server.
    pub fillings: Vec<Option<PresetFields>>,
}

/// Finds settings for an email address, or for the URL of an issuer.
///
/// # Errors
/// `Address`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "discover")]
pub async fn discover(typed: String) -> Result<Found, ApiError> {
    crate::request::context::answer(verbs::discover(&typed).await)
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{
        IssuerDocument, IssuerProblem, Preset, PresetAuthentication, Proposal, Provider, Security,
        discovery::means_issuer,
    };
    use mail::Mailer;

    use super::{Found, PresetFields};
    use crate::{error::ApiError, rendered, request::context::mailer};

    pub async fn discover(typed: &str) -> Result<Found, ApiError> {
        let mailer = mailer()?;
        if means_issuer(typed) {
            return issuer(&mailer, typed).await;
        }
        let found = mailer.discovery.discover(typed).await;
        let discovery = found.map_err(|error| ApiError::Address(error.into()))?;
        Ok(Found {
            html: rendered::proposals(&discovery),
            fillings: discovery
                .proposals
                .into_iter()
                .map(|proposal| preset_fields(proposal, &discovery.email))
                .collect(),
        })
    }

    async fn issuer(mailer: &Mailer, url: &str) -> Result<Found, ApiError> {
        let found = mailer.discovery.issuer(url).await;
        if let Err(IssuerProblem::NotAnIssuer(error)) = found {
            return Err(ApiError::Address(error.into()));
        }
        Ok(Found {
            html: rendered::issuer(&found),
            fillings: found.ok().map(endpoints).into_iter().map(Some).collect(),
        })
    }

    /// Returns values that fill in only the OAuth endpoints.
    fn endpoints(document: IssuerDocument) -> PresetFields {
        PresetFields::from(Preset {
            provider: Provider::Other,
            smtp_host: String::new(),
            smtp_port: 0,
            security: Security::StartTls,
            imap: None,
            authentication: PresetAuthentication::OAuth {
                authorization_endpoint: document.oauth.authorization_endpoint,
                token_endpoint: document.oauth.token_endpoint,
                scope: document.oauth.scope,
            },
        })
    }

    fn preset_fields(proposal: Proposal, email: &str) -> Option<PresetFields> {
        let smtp = proposal.smtp?;
        // The form supports only IMAP for mailboxes.
        let imap = proposal
            .imap
            .filter(|imap| imap.security == Security::ImplicitTls);
        let authentication = match proposal.oauth {
            Some(oauth) => PresetAuthentication::OAuth {
                authorization_endpoint: oauth.authorization_endpoint,
                token_endpoint: oauth.token_endpoint,
                scope: oauth.scope,
            },
            None => PresetAuthentication::Password,
        };
        Some(PresetFields {
            preset: Preset {
                provider: proposal.provider.unwrap_or(Provider::Other),
                smtp_host: smtp.host,
                smtp_port: smtp.port,
                security: smtp.security,
                imap: imap.map(|imap| (imap.host, imap.port)),
                authentication,
            },
            username: proposal.username,
            email: email.to_owned(),
        })
    }
}
