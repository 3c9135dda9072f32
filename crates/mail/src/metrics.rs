//! Metrics for monitoring, in the `OpenMetrics` text format that Prometheus reads.

mod counters;
mod gather;

use std::{sync::Arc, time::Duration};

use store::Store;

pub(crate) use counters::Counters;

use crate::{ServerClock, ServerConditions, Settings};

/// Label names and values.
type Labels = Vec<(&'static str, String)>;

/// Octets of relayed sessions.
#[derive(Clone, Copy, Debug, Default)]
pub struct GatewayOctets {
    /// From clients to mail servers.
    pub sent: u64,
    /// From mail servers to clients.
    pub received: u64,
}

/// Metrics of this server and of the database.
#[derive(Debug)]
pub struct Metrics {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) conditions: Arc<ServerConditions>,
    pub(crate) counters: Arc<Counters>,
}

impl Metrics {
    /// Counts a session of an SMTP client that has ended, by its TLS version. `None` without TLS.
    pub fn count_smtp_session(&self, tls_version: Option<&'static str>) {
        let of = vec![("tls", tls_version.unwrap_or("none").to_owned())];
        self.counters.smtp_sessions.get_or_create(&of).inc();
    }

    /// Counts a TLS handshake of an SMTP client that failed.
    pub fn count_smtp_tls_failure(&self) {
        self.counters.smtp_tls_failures.inc();
    }

    /// Counts the size of a message that arrived over SMTP, whether it was accepted or not.
    pub fn count_smtp_octets(&self, is_accepted: bool, octets: usize) {
        let outcome = if is_accepted { "accepted" } else { "rejected" };
        let of = vec![("outcome", outcome.to_owned())];
        let octets = u64::try_from(octets).unwrap_or(u64::MAX);
        self.counters.smtp_octets.get_or_create(&of).inc_by(octets);
    }

    /// Records the time from MAIL to the reply 250 to a message.
    pub fn observe_smtp_acceptance(&self, time: Duration) {
        self.counters.smtp_acceptances.observe(time.as_secs_f64());
    }

    /// Counts a reply over SMTP: to a sign-in (`sign_in`), a message (`message`), another command
    /// that is rejected (`command`), or a connection that is refused (`connection`).
    pub fn count_smtp_reply(&self, to: &'static str, code: u16) {
        let of = vec![("to", to.to_owned()), ("code", code.to_string())];
        self.counters.smtp_replies.get_or_create(&of).inc();
    }

    /// Counts a connection of an IMAP client, with the version of TLS.
    pub fn count_gateway_session(&self, protocol: &'static str, tls: &'static str) {
        let of = vec![protocol_label(protocol), ("tls", tls.to_owned())];
        self.counters.gateway_sessions.get_or_create(&of).inc();
    }

    /// Counts a sign-in of an IMAP client.
    pub fn count_gateway_sign_in(&self, protocol: &'static str, result: &'static str) {
        let of = vec![protocol_label(protocol), ("result", result.to_owned())];
        self.counters.gateway_sign_ins.get_or_create(&of).inc();
    }

    /// Counts octets of relayed sessions.
    pub fn count_gateway_octets(&self, protocol: &'static str, octets: GatewayOctets) {
        let GatewayOctets { sent, received } = octets;
        for (direction, octets) in [("sent", sent), ("received", received)] {
            let of = vec![
                protocol_label(protocol),
                ("direction", direction.to_owned()),
            ];
            self.counters
                .gateway_octets
                .get_or_create(&of)
                .inc_by(octets);
        }
    }
}

fn protocol_label(protocol: &str) -> (&'static str, String) {
    ("protocol", protocol.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::GatewayOctets;
    use std::{collections::BTreeSet, time::Duration};

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

    /// Returns the metrics after each event has occurred once.
    async fn text() -> String {
        let (mailer, id) = (mailer().await, DataCenterId::default());
        mailer.metrics.counters.observe_attempt(&id, &attempt());
        mailer
            .metrics
            .counters
            .observe_refresh(&id, Some(FindingCode::GrantEnded));
        mailer.metrics.count_smtp_session(Some("1.3"));
        mailer.metrics.count_smtp_session(None);
        mailer.metrics.count_smtp_tls_failure();
        mailer.metrics.count_smtp_octets(true, 1_000);
        mailer
            .metrics
            .observe_smtp_acceptance(Duration::from_millis(20));
        mailer.metrics.count_smtp_reply("message", 250);
        mailer.metrics.count_gateway_session("IMAP", "1.3");
        mailer.metrics.count_gateway_sign_in("IMAP", "ok");
        let octets = GatewayOctets {
            sent: 10,
            received: 2_000,
        };
        mailer.metrics.count_gateway_octets("IMAP", octets);
        mailer.metrics.render(None).await.unwrap()
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
            r#"mailgrant_smtp_sessions_total{tls="1.3"} 1"#,
            r#"mailgrant_smtp_sessions_total{tls="none"} 1"#,
            r"mailgrant_smtp_tls_failures_total 1",
            r#"mailgrant_smtp_message_octets_total{outcome="accepted"} 1000"#,
            r#"mailgrant_smtp_accept_duration_seconds_bucket{le="0.01"} 0"#,
            r#"mailgrant_smtp_accept_duration_seconds_bucket{le="0.025"} 1"#,
            r#"mailgrant_silent_senders{data_center="default"} 0"#,
            r#"mailgrant_smtp_replies_total{to="message",code="250"} 1"#,
            r#"mailgrant_gateway_sessions_total{protocol="imap",tls="1.3"} 1"#,
            r#"mailgrant_gateway_sign_ins_total{protocol="imap",result="ok"} 1"#,
            r#"mailgrant_gateway_octets_total{protocol="imap",direction="received"} 2000"#,
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
