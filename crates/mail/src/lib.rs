//! The features of Mailgrant.
//!
//! Pages, the HTTP API, and the command line use the fields of [`Mailer`]. Each field is one
//! feature with the few parts that it needs. State that must survive a restart is in the
//! [`store::Store`], never only in memory. Start reading at [`Mailer::new`], which shows the
//! dependencies.

mod alerts;
mod authorizations;
mod backoff;
mod body_budget;
mod change_notifier;
mod discovery;
mod disk;
mod doctor;
mod error;
mod health;
mod inbound;
mod lease_owner;
mod liveness;
mod mailboxes;
mod metrics;
mod options;
mod outbox;
mod reachability;
mod remote;
mod sender_sessions;
mod server_clock;
mod server_conditions;
mod settings;
mod sortable_id;
mod supervisor;
mod timeouts;
mod tokens;
mod webhooks;

use std::sync::Arc;

use net::HttpClient;
use store::Store;

pub use alerts::{
    ActiveAlert, AlertChannelError, AlertOverview, Alerts, SaveAlertsError, TestAlertOutcome,
};
pub use authorizations::{Authorizations, Callback, CallbackOutcome, StartedAuthorization};
pub use body_budget::BodyBudget;
pub use change_notifier::ChangeNotifier;
pub use discovery::Discovery;
pub use disk::Disk;
pub use dns::DomainCheck;
pub use doctor::{CheckOf, CheckRequest, Doctor};
pub use error::{DataCenterError, MailError, SaveError, TestError};
pub use health::{Health, NotReady};
pub use inbound::{Inbound, InboundWebhookError};
pub use mailboxes::{MailWatch, MailboxError, Mailboxes, RelayedSession};
pub use metrics::{GatewayOctets, Metrics};
pub use net::{DeniedNetworks, Resolver, Resolving, SystemResolver};
pub use options::MailerOptions;
pub use outbox::{
    ComposeError, MessagePage, Outbox, OutboxOptions, Resent, SaveSendingError, Submission,
    SubmitError, Submitted,
};
pub use reachability::Reachability;
pub use remote::{Remote, RemoteError, RemoteMessage};
pub use sender_sessions::{Recording, SenderSessions};
pub use server_clock::ServerClock;
pub use server_conditions::ServerConditions;
pub use settings::{Saved, Settings};
pub use store::{ChangeOutcome, CountedSender, ExceededLimit, Idempotency};
pub use supervisor::Supervisor;
pub use timeouts::Timeouts;
pub use tokens::Tokens;
pub use webhooks::{Webhook, Webhooks};

use lease_owner::LeaseOwner;
use liveness::Liveness;
use metrics::Counters;
use options::DnsOptions;

/// The features of the product. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    /// SMTP settings, data centers, and the status of grants.
    pub settings: Arc<Settings>,
    /// Authorizations by an administrator at the provider.
    pub authorizations: Arc<Authorizations>,
    /// Access tokens of grants.
    pub tokens: Arc<Tokens>,
    /// Settings that providers and domains publish.
    pub discovery: Arc<Discovery>,
    /// Checks of a connection, and test emails.
    pub doctor: Arc<Doctor>,
    /// Mailboxes that are read over IMAP.
    pub mailboxes: Arc<Mailboxes>,
    /// Bounces, and webhooks about new mail.
    pub inbound: Arc<Inbound>,
    /// Submission and delivery of mail.
    pub outbox: Arc<Outbox>,
    /// The last sessions of the SMTP server.
    pub sender_sessions: Arc<SenderSessions>,
    /// Notifications about problems.
    pub alerts: Arc<Alerts>,
    /// Metrics for monitoring.
    pub metrics: Arc<Metrics>,
    /// Signed HTTP notifications.
    pub webhooks: Arc<Webhooks>,
    /// Readiness of this server.
    pub health: Arc<Health>,
    /// Free space on the disk of the database.
    pub disk: Arc<Disk>,
    /// Reachability of the database.
    pub reachability: Arc<Reachability>,
    /// Conditions of this server, such as a full disk.
    pub conditions: Arc<ServerConditions>,
    /// Time of this server and of the database.
    pub clock: Arc<ServerClock>,
    /// Restarts background tasks.
    pub supervisor: Arc<Supervisor>,
    /// Changes in this process that background tasks react to.
    pub changes: ChangeNotifier,
}

impl Mailer {
    /// Creates the features on an open store.
    ///
    /// # Errors
    /// If TLS or the HTTP client cannot be set up.
    #[expect(
        clippy::too_many_lines,
        reason = "one place that shows what depends on what"
    )]
    pub fn new(store: Store, mut options: MailerOptions) -> Result<Self, MailError> {
        if let Some(address) = options.dns_server {
            let timeout = options.timeouts.dns;
            options.resolver = Arc::new(dns::NameServer { address, timeout });
        }
        let outgoing = options::outgoing(&options)?;
        let http = HttpClient::new(&outgoing, options.timeouts.token)?;
        let timeouts = options.timeouts;

        let changes = ChangeNotifier::default();
        let leases = Arc::new(LeaseOwner::new(store.lease_prefix()));
        let liveness = Arc::new(Liveness::default());
        let counters = Arc::new(Counters::default());
        let conditions = Arc::new(ServerConditions::default());
        let clock = Arc::new(ServerClock::new(
            Arc::clone(&options.clock),
            store.clone(),
            Arc::clone(&conditions),
        ));
        let supervisor = Arc::new(Supervisor::new(
            Arc::clone(&counters),
            Arc::clone(&liveness),
        ));
        let reachability = Arc::new(Reachability::new(store.clone()));
        let health = Arc::new(Health::new(
            store.clone(),
            Arc::clone(&clock),
            Arc::clone(&liveness),
            Arc::clone(&supervisor),
            Arc::clone(&conditions),
            Arc::clone(&reachability),
        ));
        let disk = Arc::new(Disk::new(
            store.clone(),
            Arc::clone(&conditions),
            options.min_free_bytes,
        ));

        let settings = Arc::new(Settings {
            store: store.clone(),
            clock: Arc::clone(&clock),
            changes: changes.clone(),
        });
        let webhooks = Arc::new(Webhooks {
            http: http.clone(),
            clock: Arc::clone(&clock),
        });
        let discovery = Arc::new(Discovery {
            http: http.clone(),
            dns: DnsOptions::of(&options),
            autoconfig_port: options.autoconfig_port,
            sandbox: options.sandbox.clone(),
        });
        let tokens = Arc::new(Tokens {
            store: store.clone(),
            http: http.clone(),
            clock: Arc::clone(&clock),
            leases: Arc::clone(&leases),
            liveness: Arc::clone(&liveness),
            counters: Arc::clone(&counters),
            changes: changes.clone(),
            locks: tokens::RefreshLocks::default(),
        });
        let authorizations = Arc::new(Authorizations {
            store: store.clone(),
            http: http.clone(),
            clock: Arc::clone(&clock),
            settings: Arc::clone(&settings),
            discovery: Arc::clone(&discovery),
            changes: changes.clone(),
            issuers: authorizations::Issuers::default(),
            metadata_timeout: timeouts.connect,
        });
        let mailboxes = Arc::new(Mailboxes {
            store: store.clone(),
            outgoing: outgoing.clone(),
            timeouts,
            tokens: Arc::clone(&tokens),
            supervisor: Arc::clone(&supervisor),
            changes: changes.clone(),
            pool: mailboxes::Pool::default(),
            watches: mailboxes::Watches::default(),
        });
        let doctor = Arc::new(Doctor {
            store: store.clone(),
            http,
            outgoing: outgoing.clone(),
            dns: DnsOptions::of(&options),
            timeouts,
            clock: Arc::clone(&clock),
            settings: Arc::clone(&settings),
            tokens: Arc::clone(&tokens),
            mailboxes: Arc::clone(&mailboxes),
            checks: doctor::Registry::default(),
        });
        let outbox = Arc::new(Outbox {
            store: store.clone(),
            outgoing,
            options: options.outbox,
            timeouts,
            clock: Arc::clone(&clock),
            leases: Arc::clone(&leases),
            settings: Arc::clone(&settings),
            tokens: Arc::clone(&tokens),
            disk: Arc::clone(&disk),
            liveness: Arc::clone(&liveness),
            counters: Arc::clone(&counters),
            supervisor: Arc::clone(&supervisor),
            changes: changes.clone(),
            shared: outbox::Shared::default(),
        });
        let inbound = Arc::new(Inbound {
            store: store.clone(),
            clock: Arc::clone(&clock),
            leases: Arc::clone(&leases),
            settings: Arc::clone(&settings),
            mailboxes: Arc::clone(&mailboxes),
            webhooks: Arc::clone(&webhooks),
            supervisor: Arc::clone(&supervisor),
            changes: changes.clone(),
            unreadable: inbound::UnreadableMessages::default(),
        });
        let alerts = Arc::new(Alerts {
            server_name: options
                .server_name
                .unwrap_or_else(|| leases.owner().to_owned()),
            server_gone_after: options.server_gone_after,
            public_url: options.public_url,
            other_servers: alerts::OtherServers::default(),
            store: store.clone(),
            clock: Arc::clone(&clock),
            leases,
            settings: Arc::clone(&settings),
            doctor: Arc::clone(&doctor),
            outbox: Arc::clone(&outbox),
            webhooks: Arc::clone(&webhooks),
            conditions: Arc::clone(&conditions),
            liveness,
            changes: changes.clone(),
        });
        let sender_sessions = Arc::new(SenderSessions::new(store.clone(), Arc::clone(&clock)));
        let metrics = Arc::new(Metrics {
            store,
            clock: Arc::clone(&clock),
            settings: Arc::clone(&settings),
            conditions: Arc::clone(&conditions),
            counters,
        });
        Ok(Self {
            settings,
            authorizations,
            tokens,
            discovery,
            doctor,
            mailboxes,
            inbound,
            outbox,
            sender_sessions,
            alerts,
            metrics,
            webhooks,
            health,
            disk,
            reachability,
            conditions,
            clock,
            supervisor,
            changes,
        })
    }
}
