//! Authorization codes, grants, and tokens.

mod terms;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::unix_millis;
use crate::descriptor::Service;
use crate::random;

pub(crate) use terms::{Consent, InvalidGrant, Issued, Issuing};

const CODE_LIFETIME: Duration = Duration::from_mins(1);

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Grants {
    consents: Vec<Grant>,
    /// Codes, which expire within a minute and are not exported.
    #[serde(skip)]
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

#[derive(Serialize, Deserialize)]
struct Grant {
    account: String,
    scope: String,
    ended: bool,
}

struct Code {
    consent: Consent,
    expires: Instant,
    grant: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct Access {
    grant: usize,
    scope: String,
    /// Milliseconds since 1970, because tokens remain valid after a restart of the sandbox.
    expires: u128,
    expired: bool,
}

#[derive(Serialize, Deserialize)]
struct Refresh {
    grant: usize,
    used: bool,
}

impl Grants {
    /// Issues a code, which can be used once within a minute.
    pub(crate) fn issue_code(&mut self, consent: Consent) -> String {
        let code = random::text(43);
        self.codes.insert(
            code.clone(),
            Code {
                consent,
                expires: Instant::now() + CODE_LIFETIME,
                grant: None,
            },
        );
        code
    }

    /// Issues tokens for a code (RFC 6749 §4.1.3, RFC 7636 §4.6). A second use of the code ends the
    /// grant of the first (RFC 6749 §4.1.2).
    pub(crate) fn redeem_code(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
        issuing: &Issuing,
    ) -> Result<Issued, InvalidGrant> {
        let code = self
            .codes
            .get_mut(code)
            .ok_or(InvalidGrant("The code is unknown."))?;
        if let Some(grant) = code.grant {
            self.end(grant);
            return Err(InvalidGrant("The code was used before."));
        }
        if code.expires < Instant::now() {
            return Err(InvalidGrant("The code has expired."));
        }
        if code.consent.redirect_uri != redirect_uri {
            return Err(InvalidGrant("The redirect_uri is not the one asked with."));
        }
        match (&code.consent.code_challenge, verifier) {
            (None, None) => {}
            (Some(challenge), Some(verifier)) if *challenge == s256(verifier) => {}
            _ => return Err(InvalidGrant("The code_verifier does not fit.")),
        }
        let consent = code.consent.clone();
        let grant = self.consents.len();
        code.grant = Some(grant);
        self.consents.push(Grant {
            account: consent.account,
            scope: consent.scope,
            ended: false,
        });
        let refresh = issuing.refresh_token && consent.offline;
        Ok(self.issue(grant, refresh, issuing))
    }

    /// Issues tokens for a refresh token (RFC 6749 §6). A refresh token that was already replaced
    /// ends its grant.
    pub(crate) fn refresh(
        &mut self,
        refresh_token: &str,
        issuing: &Issuing,
    ) -> Result<Issued, InvalidGrant> {
        let known = self
            .refresh
            .get_mut(refresh_token)
            .ok_or(InvalidGrant("The refresh token is unknown."))?;
        let grant = known.grant;
        let used_before = known.used;
        known.used |= issuing.rotate;
        if used_before {
            self.end(grant);
            return Err(InvalidGrant("The refresh token was used before."));
        }
        if self.has_ended(grant) {
            return Err(InvalidGrant("Token has been expired or revoked."));
        }
        let another = issuing.rotate && issuing.refresh_token;
        Ok(self.issue(grant, another, issuing))
    }

    /// Returns every issued code and token.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let (codes, access, refresh) = (&self.codes, &self.access, &self.refresh);
        let secrets = codes.keys().chain(access.keys()).chain(refresh.keys());
        secrets.cloned().collect()
    }

    fn issue(&mut self, grant: usize, refresh: bool, issuing: &Issuing) -> Issued {
        let (account, scope) = self
            .consents
            .get(grant)
            .map(|grant| (grant.account.clone(), grant.scope.clone()))
            .unwrap_or_default();
        let scope = issuing.scope.clone().unwrap_or(scope);
        let access_token = random::text(issuing.length.max(16));
        self.access.insert(
            access_token.clone(),
            Access {
                grant,
                scope: scope.clone(),
                expires: unix_millis() + issuing.lifetime.as_millis(),
                expired: false,
            },
        );
        let refresh_token = refresh.then(|| random::text(64));
        if let Some(token) = &refresh_token {
            self.refresh
                .insert(token.clone(), Refresh { grant, used: false });
        }
        Issued {
            account,
            scope,
            access_token,
            refresh_token,
        }
    }

    /// Returns true if the token is valid for this user.
    pub(crate) fn is_valid(&self, access_token: &str, user: &str) -> bool {
        self.access.get(access_token).is_some_and(|access| {
            !access.expired
                && access.expires > unix_millis()
                && !self.has_ended(access.grant)
                && self
                    .consents
                    .get(access.grant)
                    .is_some_and(|grant| grant.account.eq_ignore_ascii_case(user))
        })
    }

    /// Returns the account of a valid token.
    pub(crate) fn account(&self, access_token: &str) -> Option<&str> {
        let access = self.access.get(access_token)?;
        let account = &self.consents.get(access.grant)?.account;
        self.is_valid(access_token, account).then_some(account)
    }

    /// Returns true if the token is valid for this user and its scope allows the service.
    pub(crate) fn opens(&self, service: Service, access_token: &str, user: &str) -> bool {
        let access = self.access.get(access_token);
        self.is_valid(access_token, user)
            && access.is_some_and(|access| service.is_opened_by(&access.scope))
    }

    /// Ends the grant of a token (RFC 7009 §2.1). Unknown tokens are ignored.
    pub(crate) fn revoke(&mut self, token: &str) {
        let access = self.access.get(token).map(|access| access.grant);
        let refresh = self.refresh.get(token).map(|refresh| refresh.grant);
        if let Some(grant) = access.or(refresh) {
            self.end(grant);
        }
    }

    pub(crate) fn revoke_all(&mut self) {
        for grant in &mut self.consents {
            grant.ended = true;
        }
    }

    pub(crate) fn expire_access_tokens(&mut self) {
        for access in self.access.values_mut() {
            access.expired = true;
        }
    }

    fn end(&mut self, grant: usize) {
        if let Some(grant) = self.consents.get_mut(grant) {
            grant.ended = true;
        }
    }

    fn has_ended(&self, grant: usize) -> bool {
        self.consents.get(grant).is_none_or(|grant| grant.ended)
    }
}

/// Computes the S256 challenge (RFC 7636 §4.2).
fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
