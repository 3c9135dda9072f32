//! Exchanges the code of a callback for a grant.

use domain::{Authentication, Finding, FindingCode, OAuthClient, finding::FindingValue};
use net::Redactor;
use oauth::{Client, SignedIn, Tokens, missing_scopes};
use secrecy::SecretString;
use store::{ClaimedAuthorization, GrantState, NewGrant};

use super::{Authorizations, Callback};
use crate::{
    error::{Failure, readable, readable_or_missing},
    tokens::with_client_values,
};

impl Authorizations {
    /// Exchanges the code of a callback for a grant.
    pub(crate) async fn redeem(
        &self,
        claimed: &ClaimedAuthorization,
        callback: Callback,
    ) -> Result<NewGrant, Failure> {
        let stored = readable(self.store.settings(&claimed.data_center).await)?;
        let Some(Authentication::OAuth { username, client }) = stored
            .as_ref()
            .map(|stored| &stored.settings.authentication)
        else {
            return Err(FindingCode::SettingsChanged.into());
        };
        let unchanged = stored
            .as_ref()
            .and_then(|stored| stored.settings.grant_binding())
            .is_some_and(|binding| binding == claimed.binding)
            && client.redirect_url == claimed.redirect_url;
        if !unchanged {
            return Err(FindingCode::SettingsChanged.into());
        }
        // Checked first, because an error may also come from another server.
        let iss = callback.iss.as_deref();
        if let Err(finding) = self
            .check_issuer(client, claimed.issuer.as_ref(), iss)
            .await
        {
            return Err(with_client_values(finding, client, username).into());
        }
        let code = code_of(callback, client)
            .map_err(|finding| with_client_values(finding, client, username))?;
        let tokens = Client::new(client, &self.http, self.clock.now())
            .exchange_code(&code, &claimed.verifier)
            .await
            .map_err(|failure| with_client_values(failure.finding, client, username))?;
        self.grant(claimed, client, username, tokens).await
    }

    async fn grant(
        &self,
        claimed: &ClaimedAuthorization,
        client: &OAuthClient<SecretString>,
        username: &str,
        mut tokens: Tokens,
    ) -> Result<NewGrant, Failure> {
        let missing = missing_scopes(&client.scope, &tokens);
        if !missing.is_empty() {
            let finding = Finding::new(FindingCode::ScopeMissing);
            let finding = with_client_values(finding, client, username);
            return Err(finding.with(FindingValue::Scope, missing.join(" ")).into());
        }
        if tokens.account == SignedIn::Nothing {
            tokens.account = self.userinfo(client, &tokens.access_token).await;
        }
        let refresh_token = match tokens.refresh_token {
            Some(new) => Some(new),
            // Google omits the refresh token if it issued one before. The stored one is kept if it
            // belongs to the same settings and, as far as known, to the same account. One that
            // cannot be decrypted is replaced by the new authorization.
            None => readable_or_missing(self.store.grant(&claimed.data_center).await)?.and_then(
                |previous| {
                    let same_account = match (&previous.account, &tokens.account) {
                        (_, SignedIn::NotForThisClient) => false,
                        (Some(previous), SignedIn::Account(new)) => {
                            previous.eq_ignore_ascii_case(new)
                        }
                        _ => true,
                    };
                    let is_active = !matches!(previous.state, GrantState::Ended { .. });
                    (previous.binding.covers(&claimed.binding) && same_account && is_active)
                        .then_some(previous.refresh_token)
                        .flatten()
                },
            ),
        };
        let Some(refresh_token) = refresh_token else {
            let finding = FindingCode::NoRefreshToken.into();
            return Err(with_client_values(finding, client, username).into());
        };
        let now = self.clock.now();
        Ok(NewGrant {
            access_token: tokens.access_token,
            refresh_token: Some(refresh_token),
            expires_at: now.plus(tokens.expires_in),
            scope: tokens.scope.unwrap_or_else(|| client.scope.to_string()),
            account: tokens.account.account(),
            authorized_at: now,
        })
    }
}

/// Returns the code of a callback, or the provider's error.
fn code_of(
    callback: Callback,
    client: &OAuthClient<SecretString>,
) -> Result<SecretString, Finding> {
    if let Some(error) = callback.error {
        let description = callback.error_description.unwrap_or_default();
        let mut redactor = Redactor::default();
        redactor.add(&client.client_secret);
        let text = redactor.clean(&format!("{error}: {description}"));
        let code = decode::callback_error(&error, &description);
        return Err(Finding::new(code).saying(text.trim_end_matches(": ")));
    }
    callback
        .code
        .ok_or_else(|| FindingCode::CallbackIncomplete.into())
}
