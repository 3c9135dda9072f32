//! The steps of a run over a connection, as they are shown: redacted.

use std::time::Instant;

use domain::{CheckStep, StepKind, TlsSession, Verdict};
use secrecy::SecretString;

use crate::redact::Redactor;

/// Collects the steps of a run.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) steps: Vec<CheckStep>,
    pub(crate) tls: Option<TlsSession>,
    pub(crate) last_reply: Option<String>,
    redactor: Redactor,
}

impl Recorder {
    /// Longest text of a step that is kept: characters.
    const TEXT_AT_MOST: usize = 4_000;

    /// Keeps a secret out of everything that is recorded from now on.
    pub(crate) fn hide(&mut self, secret: &SecretString) {
        self.redactor.add(secret);
    }

    /// A text without the secrets of this run.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.redactor.clean(text)
    }

    /// Notes a step.
    pub(crate) fn step(
        &mut self,
        kind: StepKind,
        verdict: Verdict,
        micros: u64,
        sent: &str,
        received: &str,
    ) {
        let received = self.shorten(received);
        self.steps.push(CheckStep {
            part: domain::CheckPart::Smtp,
            facts: Vec::new(),
            finding: None,
            kind,
            verdict,
            micros,
            sent: self.shorten(sent),
            received,
        });
    }

    /// Notes a step that began at `since`.
    pub(crate) fn step_since(
        &mut self,
        kind: StepKind,
        verdict: Verdict,
        since: Instant,
        sent: &str,
        received: &str,
    ) {
        let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.step(kind, verdict, micros, sent, received);
    }

    /// Keeps what the server said last.
    pub(crate) fn heard(&mut self, text: &str) {
        self.last_reply = Some(self.shorten(text)).filter(|text| !text.is_empty());
    }

    fn shorten(&self, text: &str) -> String {
        let clean = self.clean(text.trim_end());
        clean.chars().take(Self::TEXT_AT_MOST).collect()
    }
}
