//! Steps of the part "domain".

use std::time::Instant;

use domain::{
    CheckFact, CheckPart, CheckStep, FactName, Finding, FindingCode, StepKind, Verdict,
    finding::FindingValue, untrusted,
};

use super::Unanswered;

/// Longest text of a step that is kept: characters.
const TEXT_AT_MOST: usize = 4_000;

/// What a look at records came to.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The records, one a line.
    pub(super) received: String,
    /// Facts.
    pub(super) facts: Vec<CheckFact>,
    /// What is wrong.
    pub(super) finding: Option<Finding>,
    /// Whether nothing can be said, so that the finding tells why.
    pub(super) undecided: bool,
}

impl Look {
    /// Nothing can be said.
    pub(super) fn undecided(finding: impl Into<Finding>) -> Self {
        Self {
            finding: Some(finding.into()),
            undecided: true,
            ..Self::default()
        }
    }

    /// The name server said nothing.
    pub(super) fn unanswered(why: Unanswered) -> Self {
        Self::undecided(match why {
            Unanswered::NotConfigured => FindingCode::DnsNotConfigured,
            Unanswered::Silent => FindingCode::DnsNoAnswer,
            Unanswered::Failed => FindingCode::DnsFailed,
            Unanswered::NotAName => FindingCode::DomainNotFound,
        })
    }

    /// Adds a record that was found.
    pub(super) fn record(&mut self, record: &str) {
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

    /// Something is wrong.
    pub(super) fn wrong(mut self, finding: impl Into<Finding>) -> Self {
        self.finding = Some(finding.into());
        self
    }

    /// As a step, which asked `asked` and began at `since`.
    pub(super) fn step(
        self,
        kind: StepKind,
        domain: &str,
        asked: String,
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
            sent: asked,
            received: self.received.chars().take(TEXT_AT_MOST).collect(),
            facts: self.facts,
            finding: self
                .finding
                .map(|finding| finding.with(FindingValue::Domain, domain)),
        }
    }
}

fn clean(text: &str) -> String {
    untrusted::line(text, Finding::SAID_AT_MOST)
}
