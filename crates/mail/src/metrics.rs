//! Metrics for monitoring, in the `OpenMetrics` text format that Prometheus reads.

mod gather;

use std::time::Duration;

use domain::{Attempt, DataCenterId, FindingCode};
use prometheus_client::metrics::{
    counter::Counter,
    family::{Family, MetricConstructor},
    histogram::Histogram,
};

use crate::Mailer;

/// Label names and values.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// Upper bounds of the buckets of attempt durations, in seconds.
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
pub(crate) struct Metrics {
    attempts: Family<Labels, Histogram, Times>,
    findings: Family<Labels, Counter>,
    refreshes: Family<Labels, Counter>,
    refresh_failures: Family<Labels, Counter>,
    task_failures: Family<Labels, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            attempts: Family::new_with_constructor(Times),
            findings: Family::default(),
            refreshes: Family::default(),
            refresh_failures: Family::default(),
            task_failures: Family::default(),
        }
    }
}

fn labels(id: &DataCenterId, name: &'static str, value: &str) -> Labels {
    vec![("data_center", id.to_string()), (name, value.to_owned())]
}

impl Mailer {
    /// Counts an attempt to deliver a message.
    pub(crate) fn observe_attempt(&self, id: &DataCenterId, attempt: &Attempt) {
        let metrics = &self.0.metrics;
        let micros = u64::try_from(attempt.micros).unwrap_or_default();
        let time = Duration::from_micros(micros).as_secs_f64();
        let of = labels(id, "outcome", outcome_code(attempt));
        metrics.attempts.get_or_create(&of).observe(time);
        if let Some(finding) = &attempt.finding {
            let of = labels(id, "finding", finding.code.code());
            metrics.findings.get_or_create(&of).inc();
        }
    }

    /// Counts a failure of a background task.
    pub(crate) fn count_task_failure(&self, task: &'static str) {
        let of = vec![("task", task.to_owned())];
        self.0.metrics.task_failures.get_or_create(&of).inc();
    }

    /// Counts a refresh of a grant.
    pub(crate) fn observe_refresh(&self, id: &DataCenterId, failed: Option<FindingCode>) {
        let metrics = &self.0.metrics;
        let of = vec![("data_center", id.to_string())];
        metrics.refreshes.get_or_create(&of).inc();
        if let Some(code) = failed {
            let of = labels(id, "finding", code.code());
            metrics.refresh_failures.get_or_create(&of).inc();
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::{Attempt, AttemptOutcome, DataCenterId, FindingCode, UnixTime};
    use store::{KeySource, Store};

    use crate::{Mailer, MailerOptions};

    async fn mailer() -> Mailer {
        let key = KeySource::Value("01".repeat(32).into());
        let store = Store::open("sqlite::memory:", key).await.unwrap();
        Mailer::new(store, MailerOptions::default()).unwrap()
    }

    fn attempt() -> Attempt {
        Attempt {
            number: 1,
            started_at: UnixTime(1_800_000_000),
            micros: 30_000,
            server: "smtp.example.com:587".into(),
            outcome: AttemptOutcome::PutOff,
            finding: Some(FindingCode::GrantMissing.into()),
            transcript: String::new(),
        }
    }

    /// Returns the metrics after each event has happened once.
    async fn text() -> String {
        let (mailer, id) = (mailer().await, DataCenterId::default());
        mailer.observe_attempt(&id, &attempt());
        mailer.observe_refresh(&id, Some(FindingCode::GrantEnded));
        mailer.metrics(None).await.unwrap()
    }

    #[tokio::test]
    async fn attempts_are_counted_by_their_time_and_their_finding() {
        let text = text().await;
        for line in [
            r#"mailgrant_attempt_duration_seconds_bucket{le="0.025",data_center="default",outcome="put_off"} 0"#,
            r#"mailgrant_attempt_duration_seconds_bucket{le="0.05",data_center="default",outcome="put_off"} 1"#,
            r#"mailgrant_attempt_findings_total{data_center="default",finding="grant_missing"} 1"#,
            r#"mailgrant_refresh_failures_total{data_center="default",finding="grant_ended"} 1"#,
            r#"mailgrant_messages{data_center="default",state="waiting"} 0"#,
            r#"mailgrant_wrong{data_center="default",condition="outbox_old"} 0"#,
            r#"mailgrant_server_condition{condition="disk_full"} 0"#,
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[tokio::test]
    async fn every_metric_of_the_dashboard_is_there() {
        let text = text().await;
        let known: BTreeSet<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
            .flat_map(|(name, kind)| match kind {
                "counter" => vec![format!("{name}_total")],
                "histogram" => ["bucket", "count", "sum"]
                    .map(|suffix| format!("{name}_{suffix}"))
                    .into(),
                _ => vec![name.to_owned()],
            })
            // Present only for authorized grants.
            .chain(["mailgrant_token_expires_timestamp_seconds".into()])
            .chain(["mailgrant_grant_needs_authorization".into()])
            .collect();
        let dashboard = include_str!("../../../docs/grafana.json");
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let used: BTreeSet<_> = dashboard
            .match_indices("mailgrant_")
            .map(|(at, _)| {
                let rest = &dashboard[at..];
                rest[..rest.find(|c| !is_name(c)).unwrap()].to_owned()
            })
            .collect();
        assert!(used.len() > 8, "{used:?}");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{unknown:?} of {known:?}");
    }
}
