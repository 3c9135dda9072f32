//! The metrics: current values from the database and counters of this process.

use domain::{AlertKind, DataCenterId, GrantStatus, MessageState, Sender, UnixTime};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use store::Observed;

use super::{Labels, Metrics, counters::labels};
use crate::MailError;

type Gauges = Family<Labels, Gauge>;

/// The events of `message_counts`.
const EVENTS: [&str; 3] = ["accepted", "delivered", "failed"];

/// The values per data center.
#[derive(Default)]
struct Gathered {
    pending: Gauges,
    happened: Family<Labels, Counter>,
    age: Gauges,
    expires: Gauges,
    needed: Gauges,
    paused: Gauges,
    has_condition: Gauges,
    silent_senders: Gauges,
}

impl Metrics {
    /// Returns all metrics as text (`OpenMetrics` 1.0), of one data center or of all. Counters of
    /// this process start with it. The other values come from the database and are the same on
    /// every server that shares it. Queries read unfinished messages and hourly counts, never all
    /// messages.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn render(&self, only: Option<&DataCenterId>) -> Result<String, MailError> {
        let (now, store) = (self.clock.now(), &self.store);
        let observed = store.observe(now).await?;
        let conditions = store.alert_conditions().await?;
        // Their names would be labels without limit, so they are only counted.
        let senders = store.senders().await?;
        let gathered = Gathered::default();
        for data_center in store.data_centers().await? {
            let id = &data_center.id;
            if only.is_some_and(|only| only != id) {
                continue;
            }
            let has_condition = |kind| {
                let mut known = conditions.iter();
                known.any(|known| known.subject.data_center() == Some(id) && known.kind == kind)
            };
            let oldest = store.oldest_waiting(id, now).await?;
            let seconds = oldest.map_or(0, |at| now.since(at).max(0));
            gathered.count(id, &observed, seconds, has_condition);
            let is_silent = |sender: &&Sender| {
                let mut known = conditions.iter();
                sender.data_center == *id
                    && known.any(|known| known.subject.sender() == Some(&sender.id))
            };
            let silent = senders.iter().filter(is_silent).count();
            let of = vec![("data_center", id.to_string())];
            let silent = i64::try_from(silent).unwrap_or(i64::MAX);
            set(&gathered.silent_senders, &of, silent);
            gathered.grant(id, &self.settings.grant_status(id).await?);
        }
        let mut registry = Registry::with_prefix("mailgrant");
        gathered.register(&mut registry);
        if only.is_none() {
            self.of_this_process(&mut registry);
        }
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = encode(&mut text, &registry);
        Ok(text)
    }

    fn of_this_process(&self, registry: &mut Registry) {
        let metrics = &self.counters;
        registry.register(
            "attempt_duration_seconds",
            "How long attempts to deliver took, by this server",
            metrics.attempts.clone(),
        );
        if let Some(seconds) = self.clock.difference() {
            let difference: Gauge = Gauge::default();
            difference.set(seconds);
            registry.register(
                "clock_difference_seconds",
                "How far the clock of this server is ahead of the database's",
                difference,
            );
        }
        let counters = [
            (
                "attempt_findings",
                "Why attempts did not go well, by this server",
                &metrics.findings,
            ),
            (
                "refreshes",
                "Refreshes of grants, by this server",
                &metrics.refreshes,
            ),
            (
                "refresh_failures",
                "Refreshes that failed, by this server",
                &metrics.refresh_failures,
            ),
            (
                "task_failures",
                "Background tasks of this server that failed and were restarted",
                &metrics.task_failures,
            ),
            (
                "smtp_sessions",
                "Sessions of SMTP clients with this server that have ended, by TLS version",
                &metrics.smtp_sessions,
            ),
            (
                "smtp_replies",
                "Replies of this server over SMTP to sign-ins and messages, and to refused commands and connections",
                &metrics.smtp_replies,
            ),
            (
                "smtp_message_octets",
                "Octets of messages that arrived over SMTP at this server",
                &metrics.smtp_octets,
            ),
            (
                "gateway_sessions",
                "Connections of IMAP clients to this server that have signed in or ended, by version of TLS",
                &metrics.gateway_sessions,
            ),
            (
                "gateway_sign_ins",
                "Sign-ins of IMAP clients at this server, by result",
                &metrics.gateway_sign_ins,
            ),
            (
                "gateway_octets",
                "Octets that this server relayed to mail servers (sent) and from them (received)",
                &metrics.gateway_octets,
            ),
        ];
        for (name, help, family) in counters {
            registry.register(name, help, family.clone());
        }
        registry.register(
            "smtp_tls_failures",
            "TLS handshakes of SMTP clients with this server that failed",
            metrics.smtp_tls_failures.clone(),
        );
        registry.register(
            "smtp_accept_duration_seconds",
            "Time from MAIL to the reply 250 to a message, by this server",
            metrics.smtp_acceptances.clone(),
        );
        let conditions = Gauges::default();
        for kind in AlertKind::ALL.iter().filter(|kind| kind.is_of_server()) {
            let of = vec![("condition", kind.code().to_owned())];
            set(&conditions, &of, self.conditions.has(*kind).into());
        }
        registry.register(
            "server_condition",
            "1: this server has the condition",
            conditions,
        );
    }
}

impl Gathered {
    /// Sets the counts of a data center. Missing values are exported as 0, so series stay
    /// continuous.
    fn count(
        &self,
        id: &DataCenterId,
        observed: &Observed,
        oldest_seconds: i64,
        has_condition: impl Fn(AlertKind) -> bool,
    ) {
        for state in [MessageState::Waiting, MessageState::Sending] {
            let mut pending = observed.pending.iter();
            let found = pending.find(|(of, is, _)| of == id && *is == state);
            let count = found.map_or(0, |(.., count)| *count);
            set(&self.pending, &labels(id, "state", state.code()), count);
        }
        for event in EVENTS {
            let mut happened = observed.happened.iter();
            let found = happened.find(|(of, is, _)| of == id && is == event);
            let count = found.map_or(0, |(.., count)| u64::try_from(*count).unwrap_or_default());
            let of = labels(id, "event", event);
            self.happened.get_or_create(&of).inc_by(count);
        }
        for kind in AlertKind::ALL
            .iter()
            .filter(|kind| kind.is_of_data_center())
        {
            let of = labels(id, "condition", kind.code());
            set(&self.has_condition, &of, has_condition(*kind).into());
        }
        let paused = observed.pauses.iter().any(|(of, _)| of == id);
        let of = vec![("data_center", id.to_string())];
        set(&self.age, &of, oldest_seconds);
        set(&self.paused, &of, paused.into());
    }

    fn grant(&self, id: &DataCenterId, status: &GrantStatus) {
        let of = vec![("data_center", id.to_string())];
        match status {
            GrantStatus::Authorized { valid_until, .. } => {
                let UnixTime(at) = *valid_until;
                set(&self.expires, &of, at);
                set(&self.needed, &of, 0);
            }
            GrantStatus::NeedsAuthorization { .. } => set(&self.needed, &of, 1),
            GrantStatus::NotUsed | GrantStatus::NotAuthorized { .. } => {}
        }
    }

    fn register(self, registry: &mut Registry) {
        let build = Gauges::default();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        set(&build, &vec![("version", version)], 1);
        let gauges = [
            (
                "messages",
                "Messages of the outbox that are not finished",
                self.pending,
            ),
            (
                "outbox_age_seconds",
                "Age of the oldest message that waits although it was due",
                self.age,
            ),
            (
                "token_expires_timestamp_seconds",
                "When the access token expires",
                self.expires,
            ),
            (
                "grant_needs_authorization",
                "1: somebody has to authorize",
                self.needed,
            ),
            (
                "sending_paused",
                "1: the provider wants a pause",
                self.paused,
            ),
            (
                "wrong",
                "1: the data center has this problem",
                self.has_condition,
            ),
            (
                "silent_senders",
                "Senders with an alert because they have stopped sending",
                self.silent_senders,
            ),
            ("build_info", "The version that runs", build),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge);
        }
        let help = "What has happened to messages";
        registry.register("message_events", help, self.happened);
    }
}

fn set(gauges: &Gauges, of: &Labels, value: i64) {
    gauges.get_or_create(of).set(value);
}
