//! LOGIN and AUTHENTICATE (RFC 9051 §6.2), with the same SASL as SMTP.

use decode::{ImapStage, imap_reply};
use domain::{FactName, Finding, FindingCode, Retry, StepKind, Verdict, finding::FindingValue};
use imap_codec::imap_types::{
    auth::AuthMechanism,
    command::CommandBody,
    core::{AString, Literal},
};
use net::Recorder;
use sasl::{Credential, Mechanism, decode_challenge};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    client::{Answer, Reply},
    connection::{Connection, within},
    response::Ending,
};

/// The response to an exchange, and the challenge with the reason of a refusal.
type Exchanged = (Result<Answer, FindingCode>, Option<String>);

impl Connection {
    /// Signs in with AUTHENTICATE if the server offers a suitable mechanism, and otherwise with a
    /// password by LOGIN. `again` is true if a fresh token is tried when this one is refused.
    ///
    /// # Errors
    /// The finding about the refusal.
    pub async fn sign_in(
        &mut self,
        credential: &Credential,
        again: bool,
        recorder: &Recorder,
    ) -> Result<(), Finding> {
        let (secret, with_token) = match credential {
            Credential::Password { password, .. } => (password, false),
            Credential::Token { access_token, .. } => (access_token, true),
        };
        recorder.hide(secret);
        let offered = self.mechanisms();
        let mechanism = Mechanism::choose(credential, &offered);
        let messages = mechanism
            .map(|mechanism| mechanism.messages(credential, &self.mailbox.host, self.mailbox.port));
        for message in messages.iter().flatten() {
            recorder.hide(message);
        }
        let name = mechanism.map_or("LOGIN", Mechanism::name);
        let sent = match mechanism {
            Some(_) => format!("AUTHENTICATE {name} [redacted]"),
            None => "LOGIN [redacted]".to_owned(),
        };
        let mut step = recorder.begin(StepKind::Authenticate, &sent);
        step.fact(FactName::Mechanism, name);
        if mechanism.is_none() && (with_token || self.offers("LOGINDISABLED")) {
            let finding = self
                .mailbox
                .finding(FindingCode::MechanismNotOffered)
                .with(FindingValue::Offered, offered.join(" "));
            return Err(recorder.failed(step, "", finding));
        }
        let (answer, challenge) = match (mechanism, messages) {
            (Some(mechanism), Some(messages)) => self.authenticate(mechanism, messages).await,
            _ => (self.login(credential).await, None),
        };
        let mut received = self.take_received();
        let code = match answer {
            Ok(answer) if answer.ending == Ending::Ok && challenge.is_none() => {
                let offers_id = self.offers("ID");
                self.note_capabilities(&answer);
                recorder.passed(step, &received);
                if offers_id || self.offers("ID") {
                    self.identify().await;
                }
                return Ok(());
            }
            Ok(answer) => {
                let stage = ImapStage::SignIn { with_token };
                imap_reply(stage, &answer.code, &answer.text)
            }
            Err(code) => code,
        };
        let mut texts = received.clone();
        if let Some(challenge) = challenge.as_deref() {
            let reason = decode_challenge(challenge).unwrap_or_default();
            let clean = recorder.clean(&reason);
            if clean != reason {
                // A server may echo its input in base64.
                received = received.replace(challenge, "[redacted]");
            }
            step.fact(FactName::Challenge, &clean);
            let last = received.lines().last().unwrap_or_default();
            texts = format!("{clean}\n{last}");
        }
        let finding = self.mailbox.finding(code).saying(texts.trim());
        if again && code.retry() == Retry::OnceAfterRefresh {
            recorder.end(step, Verdict::Warned, &received, Some(finding.clone()));
            return Err(finding);
        }
        Err(recorder.failed(step, &received, finding))
    }

    /// Sends the client's messages one by one, each in response to a challenge. It sends no initial
    /// response, because not every server accepts one, and none accepts one with a long token.
    async fn authenticate(
        &mut self,
        mechanism: Mechanism,
        messages: Vec<SecretString>,
    ) -> Exchanged {
        let Ok(name) = AuthMechanism::try_from(mechanism.name()) else {
            return (Err(FindingCode::MechanismNotOffered), None);
        };
        let time = self.timeouts.reply;
        let mut messages = messages.into_iter();
        let mut reason = None;
        let begun = self.client.begin(CommandBody::authenticate(name));
        let mut reply = within(time, begun).await;
        loop {
            let challenge = match reply {
                Ok(Reply::Challenge(challenge)) => challenge,
                Ok(Reply::Answer(answer)) => return (Ok(answer), reason),
                Err(code) => return (Err(code), reason),
            };
            let message = messages.next();
            let line = match &message {
                Some(message) => message.expose_secret(),
                // A server that keeps sending challenges gets no further answer.
                None if reason.is_some() => return (Err(FindingCode::NotImap), reason),
                // A challenge after the client's last message contains the reason of a refusal. The
                // answer makes the server send the refusal itself.
                None => {
                    reason = Some(challenge);
                    mechanism.acknowledgement()
                }
            };
            reply = within(time, self.client.continue_with(line)).await;
        }
    }

    /// Sends ID. Some servers open no folder for a client that did not send it (163.com: "Unsafe
    /// Login"). A server that rejects ID may still open folders, and the next step reports a lost
    /// connection.
    async fn identify(&mut self) {
        if let Err(code) = within(self.timeouts.reply, self.client.identify()).await {
            tracing::debug!(finding = code.code(), "no response to the IMAP command ID");
        }
        self.take_received();
    }

    async fn login(&mut self, credential: &Credential) -> Result<Answer, FindingCode> {
        let Credential::Password { username, password } = credential else {
            return Err(FindingCode::MechanismNotOffered);
        };
        let text = |text: &str| {
            AString::try_from(text.to_owned())
                .or_else(|_| Literal::try_from(text.to_owned()).map(AString::from))
                .map_err(|_| FindingCode::MailboxPasswordRefused)
        };
        let body = CommandBody::login(text(username)?, text(password.expose_secret())?)
            .map_err(|_| FindingCode::MailboxPasswordRefused)?;
        self.ask(body).await
    }
}
