//! The steps of a run over IMAP, as they are shown: redacted.

use std::time::Instant;

use domain::{CheckFact, CheckPart, CheckStep, FactName, Finding, StepKind, Verdict};
use net::Redactor;
use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedSender;

/// Where finished steps go at once.
pub(crate) type Sink = Option<UnboundedSender<CheckStep>>;

/// Longest text of a step that is kept: characters.
const TEXT_AT_MOST: usize = 4_000;

pub(crate) struct Steps {
    part: CheckPart,
    sink: Sink,
    redactor: Redactor,
}

/// A step under way.
pub(super) struct Step {
    pub(super) kind: StepKind,
    since: Instant,
    pub(super) sent: String,
    pub(super) received: String,
    pub(super) facts: Vec<(FactName, String)>,
}

impl Step {
    pub(super) fn new(kind: StepKind, sent: impl Into<String>) -> Self {
        Self {
            kind,
            since: Instant::now(),
            sent: sent.into(),
            received: String::new(),
            facts: Vec::new(),
        }
    }

    pub(super) fn fact(&mut self, name: FactName, value: impl Into<String>) {
        self.facts.push((name, value.into()));
    }
}

impl Steps {
    pub(crate) fn new(part: CheckPart, sink: Sink) -> Self {
        Self {
            part,
            sink,
            redactor: Redactor::default(),
        }
    }

    /// Keeps a secret out of everything from now on.
    pub(crate) fn hide(&mut self, secret: &SecretString) {
        self.redactor.add(secret);
    }

    pub(super) fn clean(&self, text: &str) -> String {
        let clean = self.redactor.clean(text.trim_end());
        clean.chars().take(TEXT_AT_MOST).collect()
    }

    pub(super) fn passed(&self, step: Step) {
        self.end(step, Verdict::Passed, None);
    }

    pub(super) fn warned(&self, step: Step, finding: Finding) {
        self.end(step, Verdict::Warned, Some(finding));
    }

    /// Ends a step that failed, and gives its finding back.
    pub(super) fn failed(&self, step: Step, finding: Finding) -> Finding {
        let said = finding.said.as_deref().map(|said| self.clean(said));
        let finding = match said {
            Some(said) => finding.saying(said),
            None => finding,
        };
        self.end(step, Verdict::Failed, Some(finding.clone()));
        finding
    }

    fn end(&self, step: Step, verdict: Verdict, finding: Option<Finding>) {
        let micros = u64::try_from(step.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        let facts = step.facts.into_iter().map(|(name, value)| CheckFact {
            name,
            value: self.clean(&value).replace('\n', " "),
        });
        let done = CheckStep {
            part: self.part,
            kind: step.kind,
            verdict,
            micros,
            sent: self.clean(&step.sent),
            received: self.clean(&step.received),
            facts: facts.collect(),
            finding,
        };
        if let Some(sink) = &self.sink {
            // Nobody may be listening any more.
            let _ = sink.send(done);
        }
    }
}
