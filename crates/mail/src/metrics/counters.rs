//! Counters of this process.

use std::time::Duration;

use domain::{Attempt, DataCenterId, FindingCode};
use prometheus_client::metrics::{
    counter::Counter,
    family::{Family, MetricConstructor},
    histogram::Histogram,
};

use super::Labels;

/// Upper bounds of the buckets of durations, in seconds.
const BUCKETS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

#[derive(Clone, Debug)]
pub(crate) struct Times;

impl MetricConstructor<Histogram> for Times {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

/// Counters of this process since its start.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(super) attempts: Family<Labels, Histogram, Times>,
    pub(super) findings: Family<Labels, Counter>,
    pub(super) refreshes: Family<Labels, Counter>,
    pub(super) refresh_failures: Family<Labels, Counter>,
    pub(super) task_failures: Family<Labels, Counter>,
    pub(super) smtp_sessions: Family<Labels, Counter>,
    pub(super) smtp_replies: Family<Labels, Counter>,
    pub(super) smtp_tls_failures: Counter,
    pub(super) smtp_octets: Family<Labels, Counter>,
    pub(super) smtp_acceptances: Histogram,
    pub(super) gateway_sessions: Family<Labels, Counter>,
    pub(super) gateway_sign_ins: Family<Labels, Counter>,
    pub(super) gateway_octets: Family<Labels, Counter>,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            attempts: Family::new_with_constructor(Times),
            findings: Family::default(),
            refreshes: Family::default(),
            refresh_failures: Family::default(),
            task_failures: Family::default(),
            smtp_sessions: Family::default(),
            smtp_replies: Family::default(),
            smtp_tls_failures: Counter::default(),
            smtp_octets: Family::default(),
            smtp_acceptances: Histogram::new(BUCKETS),
            gateway_sessions: Family::default(),
            gateway_sign_ins: Family::default(),
            gateway_octets: Family::default(),
        }
    }
}

pub(super) fn labels(id: &DataCenterId, name: &'static str, value: &str) -> Labels {
    vec![("data_center", id.to_string()), (name, value.to_owned())]
}

impl Counters {
    /// Counts an attempt to deliver a message.
    pub(crate) fn observe_attempt(&self, id: &DataCenterId, attempt: &Attempt) {
        let micros = u64::try_from(attempt.micros).unwrap_or_default();
        let time = Duration::from_micros(micros).as_secs_f64();
        let of = labels(id, "outcome", outcome_code(attempt));
        self.attempts.get_or_create(&of).observe(time);
        if let Some(finding) = &attempt.finding {
            let of = labels(id, "finding", finding.code.code());
            self.findings.get_or_create(&of).inc();
        }
    }

    /// Counts a failure of a background task.
    pub(crate) fn count_task_failure(&self, task: &'static str) {
        let of = vec![("task", task.to_owned())];
        self.task_failures.get_or_create(&of).inc();
    }

    /// Counts a refresh of a grant.
    pub(crate) fn observe_refresh(&self, id: &DataCenterId, failed: Option<FindingCode>) {
        let of = vec![("data_center", id.to_string())];
        self.refreshes.get_or_create(&of).inc();
        if let Some(code) = failed {
            let of = labels(id, "finding", code.code());
            self.refresh_failures.get_or_create(&of).inc();
        }
    }
}

fn outcome_code(attempt: &Attempt) -> &'static str {
    use domain::AttemptOutcome as Outcome;
    match attempt.outcome {
        Outcome::Delivered => "delivered",
        Outcome::PartlyDelivered => "partly_delivered",
        Outcome::PutOff => "put_off",
        Outcome::Refused => "refused",
        Outcome::Unknown => "unknown",
    }
}
