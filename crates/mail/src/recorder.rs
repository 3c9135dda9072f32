//! The steps of a run, as they are shown: redacted, and told at once to whoever watches.
//!
//! Parts of a run go side by side. Each has a [`Recorder`]; they share the secrets, so that what one part learns is taken
//! out of the words of all.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use domain::{
    CheckEvent, CheckFact, CheckPart, CheckStep, FactName, Finding, StepKind, TlsSession, Verdict,
};
use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{doctor::Feed, redact::Redactor};

/// Notes the steps of one part of a run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder {
    part: CheckPart,
    run: Arc<Mutex<Noted>>,
}

#[derive(Debug, Default)]
struct Noted {
    steps: Vec<(Instant, CheckStep)>,
    /// What has begun and not ended, by a number that counts up.
    open: BTreeMap<u64, (CheckPart, Step)>,
    begun: u64,
    tls: Option<TlsSession>,
    last_reply: Option<String>,
    redactor: Redactor,
    feed: Option<Arc<Feed>>,
}

/// A step under way.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Step {
    number: u64,
    kind: StepKind,
    since: Instant,
    sent: String,
    facts: Vec<(FactName, String)>,
    /// How long it took, when that is not the time until its end: microseconds.
    pub(crate) micros: Option<u64>,
}

impl Step {
    /// Adds a fact, unless there is nothing to say.
    pub(crate) fn fact(&mut self, name: FactName, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((name, value));
        }
    }

    /// Since its beginning: microseconds.
    pub(crate) fn elapsed(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Recorder {
    /// Longest text of a step that is kept: characters.
    const TEXT_AT_MOST: usize = 4_000;
    /// Longest fact that is kept: characters.
    const FACT_AT_MOST: usize = 2_048;

    /// For a run that is watched.
    pub(crate) fn new(feed: Arc<Feed>) -> Self {
        let recorder = Self::default();
        recorder.noted().feed = Some(feed);
        recorder
    }

    /// The same run, another part.
    pub(crate) fn of(&self, part: CheckPart) -> Self {
        let run = Arc::clone(&self.run);
        Self { part, run }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a secret out of everything that is recorded from now on.
    pub(crate) fn hide(&self, secret: &SecretString) {
        self.noted().redactor.add(secret);
    }

    /// A text without the secrets of this run.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.noted().redactor.clean(text)
    }

    /// Begins a step.
    pub(crate) fn begin(&self, kind: StepKind, sent: &str) -> Step {
        let mut noted = self.noted();
        noted.begun += 1;
        let step = Step {
            number: noted.begun,
            kind,
            since: Instant::now(),
            sent: sent.to_owned(),
            facts: Vec::new(),
            micros: None,
        };
        noted.open.insert(step.number, (self.part, step.clone()));
        step
    }

    /// Ends a step that went well.
    pub(crate) fn passed(&self, step: Step, received: &str) {
        self.end(step, Verdict::Passed, received, None);
    }

    /// Ends a step, and gives its finding back as it was recorded.
    pub(crate) fn failed(&self, step: Step, received: &str, finding: Finding) -> Finding {
        self.end(step, Verdict::Failed, received, Some(finding.clone()));
        self.cleaned(finding)
    }

    /// Ends a step.
    pub(crate) fn end(
        &self,
        step: Step,
        verdict: Verdict,
        received: &str,
        finding: Option<Finding>,
    ) {
        let elapsed = step.elapsed();
        self.noted().open.remove(&step.number);
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
        self.tell(step.since, done);
    }

    /// Notes a step that was made elsewhere.
    pub(crate) fn note(&self, step: CheckStep) {
        self.tell(Instant::now(), step);
    }

    /// Notes steps that are made elsewhere, as they come.
    pub(crate) async fn follow(&self, mut steps: UnboundedReceiver<CheckStep>) {
        while let Some(step) = steps.recv().await {
            self.note(step);
        }
    }

    /// Notes that steps are not tried.
    pub(crate) fn skip(&self, kinds: impl IntoIterator<Item = StepKind>) {
        for kind in kinds {
            let mut step = self.begin(kind, "");
            step.micros = Some(0);
            self.end(step, Verdict::Skipped, "", None);
        }
    }

    /// The kinds of this part that have been noted since the last `first`, in order.
    pub(crate) fn kinds_since(&self, first: StepKind) -> Vec<StepKind> {
        let noted = self.noted();
        let own = noted
            .steps
            .iter()
            .filter(|(_, step)| step.part == self.part);
        let kinds: Vec<_> = own.map(|(_, step)| step.kind).collect();
        let at = kinds.iter().rposition(|kind| *kind == first).unwrap_or(0);
        kinds.get(at..).unwrap_or_default().to_vec()
    }

    /// Ends what is under way in this part, and tells how many steps these were.
    pub(crate) fn give_up(&self, verdict: Verdict, finding: Option<&Finding>) -> usize {
        let open = self.noted().open.clone().into_values();
        let own = open.filter(|(part, _)| *part == self.part);
        own.map(|(_, step)| self.end(step, verdict, "", finding.cloned()))
            .count()
    }

    /// Keeps what the server said last.
    pub(crate) fn heard(&self, text: &str) {
        let text = self.shortened(text, Self::TEXT_AT_MOST);
        self.noted().last_reply = Some(text).filter(|text| !text.is_empty());
    }

    /// What the server said last.
    pub(crate) fn last_reply(&self) -> Option<String> {
        self.noted().last_reply.clone()
    }

    /// Puts back what the server said last.
    pub(crate) fn set_last_reply(&self, text: Option<String>) {
        self.noted().last_reply = text;
    }

    /// What was agreed on in TLS.
    pub(crate) fn tls(&self) -> Option<TlsSession> {
        self.noted().tls.clone()
    }

    /// Keeps what was agreed on in TLS.
    pub(crate) fn set_tls(&self, session: TlsSession) {
        self.noted().tls = Some(session);
    }

    /// All steps by part, then by when they began.
    pub(crate) fn steps(&self) -> Vec<CheckStep> {
        let mut steps = self.noted().steps.clone();
        steps.sort_by_key(|(since, step)| (step.part, *since));
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// A finding without the secrets of this run.
    pub(crate) fn cleaned(&self, mut finding: Finding) -> Finding {
        if let Some(said) = finding.said.take() {
            finding = finding.saying(self.clean(&said));
        }
        for value in finding.values.values_mut() {
            *value = self.shortened(value, Finding::VALUE_AT_MOST);
        }
        finding
    }

    fn tell(&self, since: Instant, mut step: CheckStep) {
        step.sent = self.shortened(&step.sent, Self::TEXT_AT_MOST);
        step.received = self.shortened(&step.received, Self::TEXT_AT_MOST);
        for fact in &mut step.facts {
            let value = self.shortened(&fact.value, Self::FACT_AT_MOST);
            fact.value = value.replace('\n', " ");
        }
        step.finding = step.finding.map(|finding| self.cleaned(finding));
        let mut noted = self.noted();
        if let Some(feed) = &noted.feed {
            feed.tell(CheckEvent::Step(step.clone()));
        }
        noted.steps.push((since, step));
    }

    fn shortened(&self, text: &str, at_most: usize) -> String {
        let clean = self.clean(text.trim_end());
        clean.chars().take(at_most).collect()
    }
}
