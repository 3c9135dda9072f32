//! LOGIN and AUTHENTICATE (RFC 9051 §6.2), with the same SASL as SMTP.

use decode::{ImapStage, imap_reply};
use domain::{FactName, Finding, FindingCode, Retry, StepKind, finding::FindingValue};
use imap_codec::imap_types::{
    auth::AuthMechanism,
    command::CommandBody,
    core::{AString, Literal},
};
use sasl::{Credential, Mechanism, decode_challenge};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    client::{Answer, Ending, Said},
    connection::{Connection, within},
    steps::{Step, Steps},
};

/// How an exchange ended, and the challenge that told why a token was refused.
type Exchanged = (Result<Answer, FindingCode>, Option<String>);

impl Connection {
    /// Signs in: by AUTHENTICATE when a mechanism is offered, a password else by LOGIN. `again`: whether it is tried with a
    /// fresh token when this one is refused.
    pub(super) async fn sign_in(
        &mut self,
        credential: &Credential,
        again: bool,
        steps: &mut Steps,
    ) -> Result<(), Finding> {
        let (secret, with_token) = match credential {
            Credential::Password { password, .. } => (password, false),
            Credential::Token { access_token, .. } => (access_token, true),
        };
        steps.hide(secret);
        let offered = self.mechanisms();
        let mechanism = Mechanism::choose(credential, &offered);
        let messages = mechanism
            .map(|mechanism| mechanism.messages(credential, &self.mailbox.host, self.mailbox.port));
        for message in messages.iter().flatten() {
            steps.hide(message);
        }
        let name = mechanism.map_or("LOGIN", Mechanism::name);
        let sent = match mechanism {
            Some(_) => format!("AUTHENTICATE {name} [redacted]"),
            None => "LOGIN [redacted]".to_owned(),
        };
        let mut step = Step::new(StepKind::Authenticate, sent);
        step.fact(FactName::Mechanism, name);
        if mechanism.is_none() && (with_token || self.offers("LOGINDISABLED")) {
            let finding = self
                .mailbox
                .finding(FindingCode::MechanismNotOffered)
                .with(FindingValue::Offered, offered.join(" "));
            return Err(steps.failed(step, finding));
        }
        let (answer, challenge) = match (mechanism, messages) {
            (Some(mechanism), Some(messages)) => self.authenticate(mechanism, messages).await,
            _ => (self.login(credential).await, None),
        };
        step.received = self.heard();
        let code = match answer {
            Ok(answer) if answer.ending == Ending::Ok && challenge.is_none() => {
                self.note_capabilities(&answer);
                steps.passed(step);
                return Ok(());
            }
            Ok(answer) => {
                let stage = ImapStage::SignIn { with_token };
                imap_reply(stage, &answer.code, &answer.text)
            }
            Err(code) => code,
        };
        let mut said = step.received.clone();
        if let Some(challenge) = challenge.as_deref() {
            let reason = decode_challenge(challenge).unwrap_or_default();
            let clean = steps.clean(&reason);
            if clean != reason {
                // A server may send back what it was sent, in base64.
                step.received = step.received.replace(challenge, "[redacted]");
            }
            step.fact(FactName::Challenge, &clean);
            let last = step.received.lines().last().unwrap_or_default();
            said = format!("{clean}\n{last}");
        }
        let finding = self.mailbox.finding(code).saying(said.trim());
        if again && code.retry() == Retry::OnceAfterRefresh {
            steps.warned(step, finding.clone());
            return Err(finding);
        }
        Err(steps.failed(step, finding))
    }

    /// The client's messages one by one, each in answer to a challenge. Without an initial response, which not every server takes,
    /// and none with a long token.
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
        let mut said = within(time, begun).await;
        loop {
            let challenge = match said {
                Ok(Said::Challenge(challenge)) => challenge,
                Ok(Said::Answer(answer)) => return (Ok(answer), reason),
                Err(code) => return (Err(code), reason),
            };
            let message = messages.next();
            let line = match &message {
                Some(message) => message.expose_secret(),
                // A server that goes on asking gets no end of answers.
                None if reason.is_some() => return (Err(FindingCode::NotImap), reason),
                // After our last message a challenge tells why, and is answered so that the refusal itself follows.
                None => {
                    reason = Some(challenge);
                    mechanism.acknowledgement()
                }
            };
            said = within(time, self.client.answer(line)).await;
        }
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
