//! Steps of the part "domain".

use std::time::Instant;

use domain::{
    CheckFact, CheckPart, CheckStep, FactName, Finding, FindingCode, StepKind, Verdict,
    finding::FindingValue, untrusted,
};

use crate::LookupError;

/// Longest text of a step, in characters.
const MAX_TEXT: usize = 4_000;

/// The outcome of examining records.
#[derive(Debug, Default)]
pub(crate) struct Examination {
    /// The records, one per line.
    pub(crate) received: String,
    /// The facts of the step.
    pub(crate) facts: Vec<CheckFact>,
    /// The fault, if there is one.
    pub(crate) finding: Option<Finding>,
    /// True if the check is undecided. The finding gives the reason.
    pub(crate) undecided: bool,
}

impl Examination {
    /// Reports an undecided check.
    pub(crate) fn undecided(finding: impl Into<Finding>) -> Self {
        Self {
            finding: Some(finding.into()),
            undecided: true,
            ..Self::default()
        }
    }

    /// Reports that the name server did not respond.
    pub(crate) fn unanswered(why: LookupError) -> Self {
        Self::undecided(match why {
            LookupError::NotConfigured => FindingCode::DnsNotConfigured,
            LookupError::Unreachable => FindingCode::DnsUnreachable,
            LookupError::Timeout => FindingCode::DnsNoAnswer,
            LookupError::Failed => FindingCode::DnsFailed,
            LookupError::Refused => FindingCode::DnsRefused,
            LookupError::NotAName => FindingCode::DomainNotFound,
        })
    }

    /// Adds a record that was found.
    pub(crate) fn record(&mut self, record: &str) {
        if !self.received.is_empty() {
            self.received.push('\n');
        }
        let record = clean(record);
        self.received.push_str(&record);
        self.facts.push(CheckFact {
            name: FactName::Record,
            value: record,
        });
    }

    /// Adds a fault.
    pub(crate) fn wrong(mut self, finding: impl Into<Finding>) -> Self {
        self.finding = Some(finding.into());
        self
    }

    /// Makes a step that queried `requested` and began at `since`.
    pub(crate) fn step(
        self,
        kind: StepKind,
        domain: &str,
        requested: String,
        since: Instant,
    ) -> CheckStep {
        let verdict = match &self.finding {
            Some(_) if self.undecided => Verdict::Skipped,
            Some(_) => Verdict::Warned,
            None => Verdict::Passed,
        };
        CheckStep {
            part: CheckPart::Domain,
            kind,
            verdict,
            micros: u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX),
            sent: requested,
            received: self.received.chars().take(MAX_TEXT).collect(),
            facts: self.facts,
            finding: self
                .finding
                .map(|finding| finding.with(FindingValue::Domain, domain)),
        }
    }
}

fn clean(text: &str) -> String {
    untrusted::line(text, Finding::MAX_SAID)
}
