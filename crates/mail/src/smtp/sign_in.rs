//! AUTH (RFC 4954).

use std::collections::BTreeSet;

use domain::{Finding, FindingCode, StepKind, Verdict, finding::FindingValue};
use secrecy::{ExposeSecret, SecretString};

use super::Connection;
use crate::{
    recorder::Recorder,
    sasl::{Credential, Mechanism, decode_challenge},
};

impl Connection {
    /// Signs in. The exchange is our own, because the challenge that tells why a token was refused has to
    /// be answered before the server says 535.
    pub(crate) async fn authenticate(
        &mut self,
        credential: &Credential,
        recorder: &mut Recorder,
    ) -> Result<(), Finding> {
        if !self.encrypted && !self.target.host.is_loopback() {
            return Err(self.target.finding(FindingCode::CredentialInPlaintext));
        }
        let offered = self.mechanisms();
        let Some(mechanism) = Mechanism::choose(credential, &offered) else {
            return Err(self
                .target
                .finding(FindingCode::MechanismNotOffered)
                .with(FindingValue::Offered, recorder.clean(&offered.join(" "))));
        };
        let messages = mechanism.messages(credential, &self.target.host, self.target.port);
        for message in &messages {
            recorder.hide(message);
        }
        let result = self
            .exchange(mechanism, credential, messages, recorder)
            .await;
        result.map_err(|finding| match credential {
            Credential::Token { username, .. } | Credential::Password { username, .. } => {
                finding.with(FindingValue::Username, username)
            }
        })
    }

    async fn exchange(
        &mut self,
        mechanism: Mechanism,
        credential: &Credential,
        messages: Vec<SecretString>,
        recorder: &mut Recorder,
    ) -> Result<(), Finding> {
        let with_token = matches!(credential, Credential::Token { .. });
        let mut messages = messages.into_iter().peekable();
        let command = format!("AUTH {}", mechanism.name());
        let shown = format!("{command} [redacted]");
        let mut reply = match messages.next_if(|message| mechanism.fits_auth_line(message)) {
            Some(message) => {
                let line = format!("{command} {}", message.expose_secret());
                self.say(&line, Some(&shown), with_token, recorder).await?
            }
            None => self.say(&command, None, with_token, recorder).await?,
        };
        for message in messages {
            if !is_challenge(&reply) {
                break;
            }
            reply = self
                .say(
                    message.expose_secret(),
                    Some("[redacted]"),
                    with_token,
                    recorder,
                )
                .await?;
        }
        let mut challenge = None;
        if is_challenge(&reply) {
            // The reason of a refusal, before the refusal itself.
            challenge = decode_challenge(reply.get(4..).unwrap_or_default());
            if let (Some(text), Some(step)) = (&mut challenge, recorder.steps.pop()) {
                let clean = recorder.clean(text);
                // A server may send back what it was sent, in base64.
                let raw = if clean == *text {
                    step.received
                } else {
                    "334 [redacted]".to_owned()
                };
                recorder.last_reply = Some(raw.clone());
                let received = format!("{raw}\n{clean}");
                recorder.step(
                    step.kind,
                    Verdict::Failed,
                    step.micros,
                    &step.sent,
                    &received,
                );
                *text = clean;
            }
            let said = self
                .say(mechanism.acknowledgement(), None, with_token, recorder)
                .await;
            reply = said.map_err(|finding| match (&challenge, &finding.said) {
                (Some(text), Some(said)) => {
                    let said = format!("{text}\n{said}");
                    finding.saying(said)
                }
                _ => finding,
            })?;
        }
        if reply.starts_with('2') && challenge.is_none() {
            Ok(())
        } else {
            Err(self
                .target
                .finding(FindingCode::Refused)
                .saying(recorder.clean(&reply)))
        }
    }

    async fn say(
        &mut self,
        line: &str,
        shown: Option<&str>,
        with_token: bool,
        recorder: &mut Recorder,
    ) -> Result<String, Finding> {
        self.command_with(StepKind::Authenticate, line, shown, with_token, recorder)
            .await
    }

    /// The mechanisms of `AUTH a b`, and of the old form `AUTH=a b`.
    fn mechanisms(&self) -> Vec<String> {
        let all: BTreeSet<_> = self
            .extensions
            .iter()
            .filter_map(|line| line.strip_prefix("AUTH")?.strip_prefix([' ', '=']))
            .flat_map(str::split_whitespace)
            .map(str::to_owned)
            .collect();
        all.into_iter().collect()
    }
}

fn is_challenge(reply: &str) -> bool {
    reply.starts_with("334")
}
