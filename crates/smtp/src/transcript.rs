//! The transcript of a transaction, and its steps where a check shows them.

use std::{collections::VecDeque, fmt::Write as _};

use domain::{Finding, StepKind, Verdict};
use net::{Recorder, Step};

/// Maximum number of lines of a reply that are kept.
const MAX_LINES: usize = 20;
/// Maximum number of characters of a line that are kept.
const MAX_LINE: usize = 2_000;

/// The transcript of one transaction.
pub(crate) struct Transcript {
    /// The refusals, by recipient.
    pub(crate) refused: Vec<Option<(String, Finding)>>,
    pub(crate) text: String,
    /// Records steps for a check, until the first failure. Later replies to pipelined commands have
    /// no meaning.
    recorder: Option<Recorder>,
    open: Option<Step>,
    /// The commands that were written after the open step, with the text to show for each.
    pending: VecDeque<(StepKind, String)>,
}

impl Transcript {
    pub(crate) fn new(recipients: usize, recorder: Option<Recorder>) -> Self {
        Self {
            refused: vec![None; recipients],
            text: String::with_capacity(512),
            recorder,
            open: None,
            pending: VecDeque::new(),
        }
    }

    /// Returns true if steps are recorded.
    pub(crate) fn is_recorded(&self) -> bool {
        self.recorder.is_some()
    }

    /// Notes a line as sent.
    pub(crate) fn sent(&mut self, line: &str) {
        let _ = writeln!(self.text, "C: {line}");
    }

    /// Notes a reply.
    pub(crate) fn received(&mut self, text: &str) {
        for line in text.lines().take(MAX_LINES) {
            let end = line
                .char_indices()
                .nth(MAX_LINE)
                .map_or(line.len(), |(at, _)| at);
            let _ = writeln!(self.text, "S: {}", &line[..end]);
        }
        if let Some(recorder) = &self.recorder {
            recorder.heard(text);
        }
    }

    /// Notes something that is neither sent nor received.
    pub(crate) fn note(&mut self, text: &str) {
        let _ = writeln!(self.text, "({text})");
    }

    /// Begins the step of a command that was written. Steps of pipelined commands begin one after
    /// the other.
    pub(crate) fn begin(&mut self, kind: StepKind, shown: impl Into<String>) {
        if self.recorder.is_some() {
            self.pending.push_back((kind, shown.into()));
            self.begin_next();
        }
    }

    fn begin_next(&mut self) {
        if let (Some(recorder), None) = (&self.recorder, &self.open) {
            let next = self.pending.pop_front();
            self.open = next.map(|(kind, shown)| recorder.begin(kind, &shown));
        }
    }

    /// Ends the open step, which passed.
    pub(crate) fn passed(&mut self, received: &str) {
        if let (Some(recorder), Some(step)) = (&self.recorder, self.open.take()) {
            recorder.passed(step, received);
        }
        self.begin_next();
    }

    /// Ends the open step, which failed. Records nothing more.
    pub(crate) fn failed(&mut self, received: &str, finding: &Finding) {
        if let (Some(recorder), Some(step)) = (self.recorder.take(), self.open.take()) {
            recorder.end(step, Verdict::Failed, received, Some(finding.clone()));
        }
    }
}
