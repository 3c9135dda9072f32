//! The steps of a connection, redacted.
//!
//! The parts of a check run concurrently, each with its own [`Recorder`]. All of them share the
//! secrets: a secret that one part learns is removed from the steps of every part.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use domain::{CheckFact, CheckPart, CheckStep, FactName, Finding, StepKind, TlsSession, Verdict};
use secrecy::SecretString;

use crate::Redactor;

/// Records the steps of one part of a run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    part: CheckPart,
    run: Arc<Mutex<Run>>,
}

#[derive(Debug, Default)]
struct Run {
    steps: Vec<(Instant, CheckStep)>,
    /// The open steps, by an increasing number.
    open: BTreeMap<u64, (CheckPart, Step)>,
    begun: u64,
    tls: Option<TlsSession>,
    last_reply: Option<String>,
    redactor: Redactor,
    listener: Option<Listener>,
}

/// Receives each step when it ends.
#[derive(Clone)]
struct Listener(Arc<dyn Fn(&CheckStep) + Send + Sync>);

impl fmt::Debug for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Listener")
    }
}

/// An open step.
#[derive(Clone, Debug)]
#[must_use]
pub struct Step {
    number: u64,
    kind: StepKind,
    since: Instant,
    sent: String,
    facts: Vec<(FactName, String)>,
    /// The duration in microseconds, if it differs from the time until the step ends.
    pub micros: Option<u64>,
}

impl Step {
    /// Adds a fact, unless its value is empty.
    pub fn fact(&mut self, name: FactName, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((name, value));
        }
    }

    /// Returns the microseconds since the step began.
    pub fn elapsed(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Recorder {
    /// Longest text of a step, in characters.
    const MAX_TEXT: usize = 4_000;
    /// Longest fact, in characters.
    const MAX_FACT: usize = 2_048;

    /// Creates a recorder that passes each step, redacted, to `listener` when the step ends.
    pub fn with_listener(listener: impl Fn(&CheckStep) + Send + Sync + 'static) -> Self {
        let recorder = Self::default();
        recorder.run().listener = Some(Listener(Arc::new(listener)));
        recorder
    }

    /// Returns a recorder for another part of the same run.
    #[must_use]
    pub fn of(&self, part: CheckPart) -> Self {
        let run = Arc::clone(&self.run);
        Self { part, run }
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes a secret from everything that is recorded from now on.
    pub fn hide(&self, secret: &SecretString) {
        self.run().redactor.add(secret);
    }

    /// Returns a text without the secrets of this run.
    pub fn clean(&self, text: &str) -> String {
        self.run().redactor.clean(text)
    }

    /// Begins a step.
    pub fn begin(&self, kind: StepKind, sent: &str) -> Step {
        let mut run = self.run();
        run.begun += 1;
        let step = Step {
            number: run.begun,
            kind,
            since: Instant::now(),
            sent: sent.to_owned(),
            facts: Vec::new(),
            micros: None,
        };
        run.open.insert(step.number, (self.part, step.clone()));
        step
    }

    /// Ends a step that passed.
    pub fn passed(&self, step: Step, received: &str) {
        self.end(step, Verdict::Passed, received, None);
    }

    /// Ends a step that failed, and returns its finding as it was recorded.
    pub fn failed(&self, step: Step, received: &str, finding: Finding) -> Finding {
        self.end(step, Verdict::Failed, received, Some(finding.clone()));
        self.cleaned(finding)
    }

    /// Ends a step.
    pub fn end(&self, step: Step, verdict: Verdict, received: &str, finding: Option<Finding>) {
        let elapsed = step.elapsed();
        self.run().open.remove(&step.number);
        let facts = step.facts.into_iter();
        let done = CheckStep {
            part: self.part,
            kind: step.kind,
            verdict,
            micros: step.micros.unwrap_or(elapsed),
            sent: step.sent,
            received: received.to_owned(),
            facts: facts
                .map(|(name, value)| CheckFact { name, value })
                .collect(),
            finding,
        };
        self.push(step.since, done);
    }

    /// Adds a step that was made elsewhere.
    pub fn note(&self, step: CheckStep) {
        self.push(Instant::now(), step);
    }

    /// Records steps as skipped.
    pub fn skip(&self, kinds: impl IntoIterator<Item = StepKind>) {
        for kind in kinds {
            let mut step = self.begin(kind, "");
            step.micros = Some(0);
            self.end(step, Verdict::Skipped, "", None);
        }
    }

    /// Returns the kinds of the steps of this part since the last `first`, in order.
    pub fn kinds_since(&self, first: StepKind) -> Vec<StepKind> {
        let run = self.run();
        let own = run.steps.iter().filter(|(_, step)| step.part == self.part);
        let kinds: Vec<_> = own.map(|(_, step)| step.kind).collect();
        let at = kinds.iter().rposition(|kind| *kind == first).unwrap_or(0);
        kinds.get(at..).unwrap_or_default().to_vec()
    }

    /// Ends the open steps of this part, and returns their number.
    pub fn give_up(&self, verdict: Verdict, finding: Option<&Finding>) -> usize {
        let open = self.run().open.clone().into_values();
        let own = open.filter(|(part, _)| *part == self.part);
        own.map(|(_, step)| self.end(step, verdict, "", finding.cloned()))
            .count()
    }

    /// Stores the last reply of the server.
    pub fn heard(&self, text: &str) {
        let text = self.shortened(text, Self::MAX_TEXT);
        self.run().last_reply = Some(text).filter(|text| !text.is_empty());
    }

    /// Returns the last reply of the server.
    pub fn last_reply(&self) -> Option<String> {
        self.run().last_reply.clone()
    }

    /// Replaces the last reply of the server.
    pub fn set_last_reply(&self, text: Option<String>) {
        self.run().last_reply = text;
    }

    /// Returns the version and cipher of the TLS session.
    pub fn tls(&self) -> Option<TlsSession> {
        self.run().tls.clone()
    }

    /// Stores the version and cipher of the TLS session.
    pub fn set_tls(&self, session: TlsSession) {
        self.run().tls = Some(session);
    }

    /// Returns all steps by part, then by the time they began.
    pub fn steps(&self) -> Vec<CheckStep> {
        let mut steps = self.run().steps.clone();
        steps.sort_by_key(|(since, step)| (step.part, *since));
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// Returns a finding without the secrets of this run.
    pub fn cleaned(&self, mut finding: Finding) -> Finding {
        if let Some(said) = finding.said.take() {
            finding = finding.saying(self.clean(&said));
        }
        for value in finding.values.values_mut() {
            *value = self.shortened(value, Finding::MAX_VALUE);
        }
        finding
    }

    fn push(&self, since: Instant, mut step: CheckStep) {
        step.sent = self.shortened(&step.sent, Self::MAX_TEXT);
        step.received = self.shortened(&step.received, Self::MAX_TEXT);
        for fact in &mut step.facts {
            let value = self.shortened(&fact.value, Self::MAX_FACT);
            fact.value = value.replace('\n', " ");
        }
        step.finding = step.finding.map(|finding| self.cleaned(finding));
        let mut run = self.run();
        // Called under the lock: steps reach the listener in the order in which they are stored.
        if let Some(Listener(listener)) = &run.listener {
            listener(&step);
        }
        run.steps.push((since, step));
    }

    fn shortened(&self, text: &str, limit: usize) -> String {
        let clean = self.clean(text.trim_end());
        clean.chars().take(limit).collect()
    }
}
