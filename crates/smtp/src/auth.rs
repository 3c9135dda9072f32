//! AUTH (RFC 4954).

use domain::{FactName, Finding, FindingCode, Retry, StepKind, Verdict, finding::FindingValue};
use net::{Recorder, Step};
use sasl::{Credential, Mechanism, decode_challenge};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Connection,
    answer::{Answer, conclude},
    ehlo::mechanisms,
    reply::Reply,
};

/// The parts of one AUTH exchange.
struct Exchange<'a> {
    mechanism: Mechanism,
    with_token: bool,
    /// True if a refusal that a fresh token may cure is followed by another try; the step then only
    /// warns.
    again: bool,
    reason: &'static str,
    recorder: &'a Recorder,
}

impl Connection {
    /// Signs in. The challenge with the reason of a refusal is answered, because the server sends
    /// 535 after it. `again` is true if a fresh token is tried when this one is refused.
    ///
    /// # Errors
    /// The finding about the refusal.
    pub async fn authenticate(
        &mut self,
        credential: &Credential,
        again: bool,
    ) -> Result<(), Finding> {
        let recorder = &self.recorder.clone();
        let refuse = |finding| {
            let step = recorder.begin(StepKind::Authenticate, "");
            Err(recorder.failed(step, "", finding))
        };
        if !self.encrypted && !self.server.host.is_loopback() {
            return refuse(self.server.finding(FindingCode::CredentialInPlaintext));
        }
        let offered = mechanisms(&self.extensions);
        let Some(mechanism) = Mechanism::choose(credential, &offered) else {
            let offered = recorder.clean(&offered.join(" "));
            let finding = self.server.finding(FindingCode::MechanismNotOffered);
            return refuse(finding.with(FindingValue::Offered, offered));
        };
        let messages = mechanism.messages(credential, &self.server.host, self.server.port);
        for message in &messages {
            recorder.hide(message);
        }
        let exchange = Exchange {
            mechanism,
            with_token: matches!(credential, Credential::Token { .. }),
            again,
            reason: Mechanism::reason(credential, &offered),
            recorder,
        };
        let username = match credential {
            Credential::Token { username, .. } | Credential::Password { username, .. } => username,
        };
        self.exchange(&exchange, username, messages).await
    }

    async fn exchange(
        &mut self,
        exchange: &Exchange<'_>,
        username: &str,
        messages: Vec<SecretString>,
    ) -> Result<(), Finding> {
        let mechanism = exchange.mechanism;
        let end = |step, answer: Answer| {
            let answer = answer
                .map_err(|(text, finding)| (text, finding.with(FindingValue::Username, username)));
            exchange.end(step, answer)
        };
        let mut messages = messages.into_iter().peekable();
        let command = format!("AUTH {}", mechanism.name());
        let shown = format!("{command} [redacted]");
        let (mut step, mut answer) =
            match messages.next_if(|message| mechanism.fits_auth_line(message)) {
                Some(message) => {
                    let line = format!("{command} {}", message.expose_secret());
                    self.say(&line, Some(&shown), exchange).await
                }
                None => self.say(&command, None, exchange).await,
            };
        step.fact(FactName::Mechanism, mechanism.name());
        step.fact(FactName::Reason, exchange.reason);
        for message in messages {
            if !is_challenge(&answer) {
                break;
            }
            end(step, answer)?;
            (step, answer) = self
                .say(message.expose_secret(), Some("[redacted]"), exchange)
                .await;
        }
        if let Ok(reply) = &answer
            && reply.code == 334
        {
            let challenge = exchange.challenged(step, &reply.text);
            let acknowledgement = mechanism.acknowledgement();
            let (step, answer) = self.say(acknowledgement, None, exchange).await;
            let answer = match (answer, challenge) {
                // A refusal remains one after it was announced by a challenge.
                (Ok(reply), Some(_)) => Err(self.rejected(FindingCode::Refused, reply)),
                (Ok(reply), None) if !reply.is_positive() => {
                    Err(self.rejected(FindingCode::NotSmtp, reply))
                }
                (Err((text, finding)), Some(challenge)) => {
                    let said = finding.said.as_deref().unwrap_or_default();
                    let said = format!("{challenge}\n{said}");
                    Err((text, finding.saying(said)))
                }
                (answer, _) => answer,
            };
            return end(step, answer);
        }
        let answer = match answer {
            Ok(reply) if !reply.is_positive() => Err(self.rejected(FindingCode::NotSmtp, reply)),
            answer => answer,
        };
        end(step, answer)
    }

    fn rejected(&self, code: FindingCode, reply: Reply) -> (String, Finding) {
        let finding = self.server.finding(code).saying(&reply.text);
        (reply.text, finding)
    }

    async fn say(
        &mut self,
        line: &str,
        shown: Option<&str>,
        exchange: &Exchange<'_>,
    ) -> (Step, Answer) {
        let kind = StepKind::Authenticate;
        self.ask(kind, line, shown, exchange.with_token).await
    }
}

impl Exchange<'_> {
    fn end(&self, step: Step, answer: Answer) -> Result<(), Finding> {
        let curable = |finding: &Finding| finding.code.retry() == Retry::OnceAfterRefresh;
        let verdict = match &answer {
            Err((_, finding)) if self.again && curable(finding) => Verdict::Warned,
            _ => Verdict::Failed,
        };
        conclude(step, answer, verdict, self.recorder).map(drop)
    }

    /// Records a challenge after the client's last message, which contains the reason of a refusal.
    /// Returns the reason if it is readable.
    fn challenged(&self, mut step: Step, reply: &str) -> Option<String> {
        let recorder = self.recorder;
        let Some(text) = decode_challenge(reply.get(4..).unwrap_or_default()) else {
            recorder.passed(step, reply);
            return None;
        };
        let clean = recorder.clean(&text);
        // A server may echo its input in base64.
        let raw = if clean == text {
            reply
        } else {
            "334 [redacted]"
        };
        recorder.set_last_reply(Some(recorder.clean(raw.trim_end())));
        step.fact(FactName::Challenge, &clean);
        let verdict = if self.again {
            Verdict::Warned
        } else {
            Verdict::Failed
        };
        recorder.end(step, verdict, &format!("{}\n{clean}", raw.trim_end()), None);
        Some(clean)
    }
}

fn is_challenge(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(|reply| reply.code == 334)
}
