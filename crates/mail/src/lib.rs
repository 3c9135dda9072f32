//! The operations of Mailgrant.
//!
//! Pages, the HTTP API, and the command line call [`Mailer`]. It keeps nothing in memory that has
//! to survive a restart; that is in the [`store::Store`].

mod alerts;
mod authorize;
mod changes;
mod data_centers;
mod database_clock;
mod discovery;
mod disk;
mod doctor;
mod drafts;
mod error;
mod incoming;
mod issuer;
mod mailbox;
mod metrics;
mod options;
mod outbox;
mod pulse;
mod reachability;
mod redeem;
mod remote;
mod settings;
mod supervise;
mod token;
mod webhook;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{DataCenterId, Preset, UnixTime};
use net::{HttpClient, Outgoing};
use store::Store;
use tokio::sync::Mutex;

pub use alerts::{AlertChannelError, AlertOverview, SaveAlertsError, Wrong};
pub use authorize::{Begun, Callback};
pub use dns::DomainCheck;
pub use doctor::{CheckOf, CheckRequest};
pub use error::{DataCenterError, MailError, SaveError, TestError};
pub use incoming::MailHookError;
pub use mailbox::{MailWatch, MailboxError};
pub use net::{DeniedNetworks, Resolver, Resolving, SystemResolver};
pub use options::{MailerOptions, Timeouts};
pub use outbox::{
    ComposeError, MessagePage, OutboxOptions, Resent, SaveSendingError, Submission, SubmitError,
    Submitted,
};
pub use pulse::NotReady;
pub use remote::{Remote, RemoteError, RemoteMessage};
pub use settings::Saved;
pub use store::{ChangeOutcome, Idempotency};
pub use webhook::Webhook;

/// The operations of the product. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    options: MailerOptions,
    outgoing: Outgoing,
    http: HttpClient,
    /// Identifies this process as the holder of leases.
    owner: String,
    /// Ensures one refresh at a time per grant within this process. A lease in the database does
    /// the same across processes.
    refreshing: Mutex<HashMap<DataCenterId, token::Turn>>,
    /// Running and recently ended checks.
    checks: doctor::Registry,
    outbox: outbox::Shared,
    /// Source of unique numbers for leases and supervised loops of this process.
    numbers: AtomicU64,
    /// Background loops that failed.
    failures: supervise::Failures,
    database_clock: database_clock::DatabaseClock,
    /// Liveness of the background tasks.
    pulse: pulse::Pulse,
    server_conditions: alerts::ServerConditions,
    reachability: reachability::Reachability,
    metrics: metrics::Metrics,
    /// Sessions with open mailbox connections.
    mailboxes: mailbox::Pool,
    /// Folders with watchers.
    watches: mailbox::Watches,
    /// Notified when settings, a grant, a webhook, or a data center changed.
    attention: incoming::Attention,
    /// The issuers that providers' metadata names.
    issuers: issuer::Issuers,
}

impl Mailer {
    /// Creates a mailer on an open store.
    ///
    /// # Errors
    /// If TLS or the HTTP client cannot be set up.
    pub fn new(store: Store, mut options: MailerOptions) -> Result<Self, MailError> {
        if let Some(address) = options.dns_server {
            let timeout = options.timeouts.dns;
            options.resolver = Arc::new(dns::NameServer { address, timeout });
        }
        let outgoing = options.outgoing()?;
        let http = HttpClient::new(&outgoing, options.timeouts.token)?;
        let owner = clock::random::token::<16>();
        let owner = format!("{}{owner}", store.lease_prefix());
        let refreshing = Mutex::default();
        Ok(Self(Arc::new(Inner {
            store,
            options,
            outgoing,
            http,
            owner,
            refreshing,
            checks: doctor::Registry::default(),
            outbox: outbox::Shared::default(),
            numbers: AtomicU64::new(0),
            failures: supervise::Failures::default(),
            database_clock: database_clock::DatabaseClock::default(),
            pulse: pulse::Pulse::default(),
            server_conditions: alerts::ServerConditions::default(),
            reachability: reachability::Reachability::default(),
            metrics: metrics::Metrics::default(),
            mailboxes: mailbox::Pool::default(),
            watches: mailbox::Watches::default(),
            attention: incoming::Attention::default(),
            issuers: issuer::Issuers::default(),
        })))
    }

    /// Returns the preset of the sandbox if the server was started with one.
    pub fn sandbox(&self) -> Option<&Preset> {
        self.0.options.sandbox.as_ref()
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    /// Returns a lease name that is unique across processes.
    fn new_lease(&self) -> String {
        format!("{}.{}", self.0.owner, self.next_number())
    }

    /// Returns a number that is unique in this process.
    fn next_number(&self) -> u64 {
        self.0.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns the current time of the injected clock.
    pub fn now(&self) -> UnixTime {
        self.0.options.clock.now()
    }
}
