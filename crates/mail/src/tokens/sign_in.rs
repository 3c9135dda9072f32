//! The credential that a data center signs in with.

use std::{sync::Arc, time::Duration};

use domain::{Authentication, DataCenterId, FindingCode, GrantBinding, Security, SmtpSettings};
use sasl::Credential;
use secrecy::SecretString;
use tokio::time::timeout;

use super::{AccessToken, Tokens, with_client_values};
use crate::error::Failure;

/// A credential. If it is a token, also the version of the grant.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) credential: Credential,
    pub(crate) grant_version: Option<i64>,
}

impl Tokens {
    /// Returns the credential for the SMTP server of these settings. `None` if they use no
    /// authentication. `refused` is the version of a grant whose token the server rejected. `limit`
    /// bounds the wait for a refresh.
    pub(crate) async fn sign_in(
        self: &Arc<Self>,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        refused: Option<i64>,
        limit: Duration,
    ) -> Result<Option<SignIn>, Failure> {
        let plaintext = settings.security == Security::Plaintext && !settings.host.is_loopback();
        match &settings.authentication {
            Authentication::None => Ok(None),
            // The form rejects this too. This check is the last line of defense.
            _ if plaintext => Err(FindingCode::CredentialInPlaintext.into()),
            Authentication::Basic { username, password } => Ok(Some(SignIn {
                credential: Credential::Password {
                    username: username.clone(),
                    password: password.clone(),
                },
                grant_version: None,
            })),
            Authentication::OAuth { username, client } => {
                let binding = settings.grant_binding();
                let token = self.access_token_within(limit, id, binding.as_ref(), refused);
                let token = token.await.map_err(|failure| match failure {
                    Failure::Found(finding)
                        if finding.code == FindingCode::TokenEndpointTimeout =>
                    {
                        with_client_values(finding, client, username).into()
                    }
                    failure => failure,
                })?;
                Ok(Some(token.sign_in(username)))
            }
        }
    }

    /// Returns a valid access token as [`Self::access_token`] does, within a time limit. A refresh
    /// that takes longer continues in its own task and is not started twice.
    pub(crate) async fn access_token_within(
        self: &Arc<Self>,
        limit: Duration,
        id: &DataCenterId,
        binding: Option<&GrantBinding>,
        refused: Option<i64>,
    ) -> Result<AccessToken, Failure> {
        timeout(limit, self.access_token(id, binding, refused))
            .await
            .unwrap_or_else(|_| Err(FindingCode::TokenEndpointTimeout.into()))
    }
}

impl AccessToken {
    /// Returns the credential that signs a user in with this token.
    pub(crate) fn sign_in(self, username: &str) -> SignIn {
        SignIn {
            credential: Credential::Token {
                username: username.to_owned(),
                access_token: self.secret,
            },
            grant_version: Some(self.version),
        }
    }
}
