//! LOGIN and AUTHENTICATE, with tokens and with passwords.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use super::session::{Next, Session};
use crate::clock;
use crate::descriptor::Service;
use crate::faults::{ImapFault, RefusalStyle};
use crate::record::AuthAttempt;
use crate::sasl::{self, Credentials, Mechanism};

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) async fn login(
        &mut self,
        tag: &str,
        user: &[u8],
        secret: &[u8],
    ) -> io::Result<Next> {
        if !self.may_sign_in() {
            return self.done(tag, "NO [PRIVACYREQUIRED] Begin TLS first").await;
        }
        let credentials = Credentials {
            user: String::from_utf8_lossy(user).into_owned(),
            secret: String::from_utf8_lossy(secret).into_owned(),
        };
        self.check_credentials(tag, Mechanism::Login, "LOGIN", credentials)
            .await
    }

    pub(super) async fn authenticate(
        &mut self,
        tag: &str,
        name: &str,
        initial: Option<Vec<u8>>,
    ) -> io::Result<Next> {
        if !self.may_sign_in() {
            return self.done(tag, "NO [PRIVACYREQUIRED] Begin TLS first").await;
        }
        let name = name.to_ascii_uppercase();
        let offered = self.state.faults().mechanisms.contains(&name);
        let Some(mechanism) = Mechanism::named(&name).filter(|_| offered) else {
            return self.done(tag, "NO [CANNOT] No such mechanism").await;
        };
        let credentials = if mechanism == Mechanism::Login {
            let user = self.exchange("VXNlcm5hbWU6").await?;
            let secret = self.exchange("UGFzc3dvcmQ6").await?;
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            user.zip(secret).map(|(user, secret)| Credentials {
                user: text(user),
                secret: text(secret),
            })
        } else {
            let blob = match initial {
                Some(blob) => Some(blob),
                None => self.exchange("").await?,
            };
            blob.and_then(|blob| mechanism.parse(&blob))
        };
        match credentials {
            Some(credentials) => {
                self.check_credentials(tag, mechanism, &name, credentials)
                    .await
            }
            None => self.done(tag, "BAD Malformed or aborted").await,
        }
    }

    fn may_sign_in(&self) -> bool {
        self.encrypted || self.state.faults().auth_without_tls
    }

    /// Sends a challenge and reads the client's response. Returns `None` if it is not base64.
    async fn exchange(&mut self, challenge: &str) -> io::Result<Option<Vec<u8>>> {
        self.send_line(&format!("+ {challenge}")).await?;
        let line = self.line().await?.unwrap_or_default();
        Ok(sasl::decode(&String::from_utf8_lossy(&line)))
    }

    async fn check_credentials(
        &mut self,
        tag: &str,
        mechanism: Mechanism,
        name: &str,
        credentials: Credentials,
    ) -> io::Result<Next> {
        let Credentials { user, secret } = credentials;
        let faults = self.state.faults();
        let (is_valid, opens) = if mechanism.takes_tokens() {
            let inner = self.state.lock();
            let opens = inner.grants.opens(Service::Imap, &secret, &user);
            (inner.grants.is_valid(&secret, &user), opens)
        } else {
            let fits = self.state.is_password_of(&user, &secret);
            (fits, fits)
        };
        let refusal = match faults.imap {
            Some(fault) => fault.refusal(mechanism.takes_tokens()),
            None if opens => None,
            // Only Microsoft has a separate scope for IMAP, so this is Microsoft's reply without
            // it.
            None if is_valid => ImapFault::Microsoft.refusal(true),
            None => ImapFault::WrongCredentials.refusal(mechanism.takes_tokens()),
        };
        self.state.lock().imap_attempts.push(AuthAttempt {
            at: clock::unix_seconds(),
            mechanism: name.to_owned(),
            with_initial_response: false,
            accepted: refusal.is_none(),
            account: Some(user.clone()),
            tls_version: None,
        });
        let Some(refusal) = refusal else {
            self.account = Some(user);
            let capabilities = self.capabilities();
            let text = format!("OK [CAPABILITY {capabilities}] Signed in");
            return self.done(tag, &text).await;
        };
        // The reason precedes the reply, as a challenge that the client must answer (RFC 7628
        // §3.2.3).
        let bearer = mechanism == Mechanism::Oauthbearer;
        let style = if faults.imap == Some(ImapFault::Microsoft) {
            RefusalStyle::Microsoft
        } else {
            faults.bad_token_style
        };
        if mechanism.takes_tokens()
            && let Some(challenge) = style.challenge(bearer, &self.state.descriptor.issuer)
        {
            let text = sasl::encode(&challenge.to_string());
            self.send_line(&format!("+ {text}")).await?;
            if self.line().await?.is_none() {
                return Ok(Next::Close);
            }
        }
        self.done(tag, refusal).await
    }
}
