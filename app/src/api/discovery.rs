//! What an email address leads to.

use domain::Preset;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What can be filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filling {
    /// Servers and sign-in.
    pub preset: Preset,
    /// The user name; empty leaves what is typed.
    pub username: String,
    /// The email address that it was found for; fills the addresses that are empty.
    pub email: String,
}

impl From<Preset> for Filling {
    fn from(preset: Preset) -> Self {
        Self {
            preset,
            username: String::new(),
            email: String::new(),
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The proposals, as they are shown.
    pub html: String,
    /// What each fills in; `None` for one that names no server to send through.
    pub fillings: Vec<Option<Filling>>,
}

/// Asks what an email address leads to.
///
/// # Errors
/// `Address`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "discover")]
pub async fn discover(email: String) -> Result<Found, ApiError> {
    super::context::answer(verbs::discover(&email).await)
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{Preset, PresetAuthentication, Proposal, Provider, Security};

    use super::{Filling, Found};
    use crate::{api::context::mailer, error::ApiError, rendered};

    pub async fn discover(email: &str) -> Result<Found, ApiError> {
        let found = mailer()?.discover(email).await;
        let discovery = found.map_err(ApiError::Address)?;
        Ok(Found {
            html: rendered::proposals(&discovery),
            fillings: discovery
                .proposals
                .into_iter()
                .map(|proposal| filling(proposal, &discovery.email))
                .collect(),
        })
    }

    fn filling(proposal: Proposal, email: &str) -> Option<Filling> {
        let smtp = proposal.smtp?;
        // The form knows no other way to a mailbox.
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
        Some(Filling {
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
