//! LOGIN and AUTHENTICATE (RFC 9051 §6.2), with the same SASL as SMTP.

use domain::{FactName, Finding, FindingCode, StepKind, finding::FindingValue};
use imap_codec::imap_types::command::CommandBody;
use imap_codec::imap_types::core::{AString, Literal};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    client::{Answer, Ending, Said},
    connection::{Connection, within},
    steps::{Step, Steps},
};
use crate::{
    decode::{ImapStage, imap_reply},
    sasl::{Credential, Mechanism},
};

impl Connection {
    /// Signs in with the password: by AUTHENTICATE when a mechanism is offered, else by LOGIN.
    pub(super) async fn sign_in(&mut self, steps: &mut Steps) -> Result<(), Finding> {
        let credential = Credential::Password {
            username: self.mailbox.email.as_str().to_owned(),
            password: self.mailbox.password.clone(),
        };
        let mechanism = Mechanism::choose(&credential, &self.mechanisms());
        let messages = mechanism.map(|mechanism| {
            mechanism.messages(&credential, &self.mailbox.host, self.mailbox.port)
        });
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
        if mechanism.is_none() && self.offers("LOGINDISABLED") {
            let finding = self
                .mailbox
                .finding(FindingCode::MechanismNotOffered)
                .with(FindingValue::Offered, self.mechanisms().join(" "));
            return Err(steps.failed(step, finding));
        }
        let answer = match (mechanism, messages) {
            (Some(mechanism), Some(messages)) => self.authenticate(mechanism, messages).await,
            _ => self.login().await,
        };
        step.received = self.heard();
        let code = match answer {
            Ok(answer) if answer.ending == Ending::Ok => {
                self.note_capabilities(&answer);
                steps.passed(step);
                return Ok(());
            }
            Ok(answer) => {
                let stage = ImapStage::SignIn { with_token: false };
                imap_reply(stage, &answer.code, &answer.text)
            }
            Err(code) => code,
        };
        let finding = self.mailbox.finding(code).saying(&step.received);
        Err(steps.failed(step, finding))
    }

    /// The client's messages one by one, each in answer to a challenge. Without an initial response, which not every server takes.
    async fn authenticate(
        &mut self,
        mechanism: Mechanism,
        messages: Vec<SecretString>,
    ) -> Result<Answer, FindingCode> {
        use imap_codec::imap_types::auth::AuthMechanism;
        let name = AuthMechanism::try_from(mechanism.name())
            .map_err(|_| FindingCode::MechanismNotOffered)?;
        let time = self.timeouts.reply;
        let begun = self.client.begin(CommandBody::authenticate(name));
        let mut said = within(time, begun).await?;
        let mut messages = messages.into_iter();
        loop {
            match said {
                Said::Answer(answer) => return Ok(answer),
                Said::Challenge => {
                    let message = messages.next();
                    // After our last message a challenge tells why, and is answered so that the refusal itself follows.
                    let line = match &message {
                        Some(message) => message.expose_secret(),
                        None => mechanism.acknowledgement(),
                    };
                    said = within(time, self.client.answer(line)).await?;
                }
            }
        }
    }

    async fn login(&mut self) -> Result<Answer, FindingCode> {
        let text = |text: &str| {
            AString::try_from(text.to_owned())
                .or_else(|_| Literal::try_from(text.to_owned()).map(AString::from))
                .map_err(|_| FindingCode::MailboxPasswordRefused)
        };
        let username = text(self.mailbox.email.as_str())?;
        let password = text(self.mailbox.password.expose_secret())?;
        let body = CommandBody::login(username, password)
            .map_err(|_| FindingCode::MailboxPasswordRefused)?;
        self.ask(body).await
    }
}
