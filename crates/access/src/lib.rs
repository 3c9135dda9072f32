//! Access control: accounts, passwords, sessions, API keys, senders, and the audit of all
//! actions.
//!
//! [`Access`] has the operations for the HTTP server and the command line. All lasting state is in
//! the [`store::Store`]. The crate knows no HTTP, no cookies, and no texts. Start reading at
//! [`Access::sign_in`].

mod accounts;
mod activity;
mod api_keys;
mod device;
mod error;
mod gateways;
mod id;
mod known_networks;
mod links;
mod password;
mod refusals;
mod senders;
mod sessions;
mod setup;
mod sign_in;
mod submitters;
mod throttle;
mod token;

use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use api_keys::Lookups;
use clock::{Clock, SystemClock};
use domain::UnixTime;
use gateways::Gateways;
use known_networks::KnownNetworks;
use password::Passwords;
use store::Store;

pub use activity::ActivityPage;
pub use device::Device;
pub use error::{AccessError, FormError, SignInError};
pub use links::{Link, LinkKind};
pub use senders::SaveSenderError;
pub use sessions::{NewSession, Visitor};
pub use submitters::{Submitter, SubmitterError};
pub use token::Token;

/// Options of [`Access`].
#[derive(Clone, Debug)]
pub struct AccessOptions {
    /// Clock for expiry and rate limits.
    pub clock: Arc<dyn Clock>,
    /// Directory of the files `route` and `ipv6_route`, which name the default gateways.
    pub routes: PathBuf,
}

impl Default for AccessOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            routes: "/proc/net".into(),
        }
    }
}

/// A client that was not recognized by its address, because this is the address of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayClient {
    /// The address of the gateway.
    pub address: IpAddr,
    /// Time of the last connection.
    pub seen_at: UnixTime,
}

/// Operations on accounts, sessions, API keys, senders, and the audit. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Access(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    options: AccessOptions,
    passwords: Passwords,
    lookups: Lookups,
    known_networks: KnownNetworks,
    gateways: Gateways,
    /// The last client that was not recognized because its address is that of a gateway.
    gateway_client: Mutex<Option<GatewayClient>>,
    refusals: refusals::Refusals,
    /// True once an account is known to exist. The last administrator cannot be removed.
    is_set_up: AtomicBool,
}

impl Access {
    /// Creates the operations on an open store.
    pub fn new(store: Store, options: AccessOptions) -> Self {
        Self(Arc::new(Inner {
            store,
            options,
            passwords: Passwords::new(),
            lookups: Lookups::default(),
            known_networks: KnownNetworks::default(),
            gateways: Gateways::default(),
            gateway_client: Mutex::new(None),
            refusals: refusals::Refusals::default(),
            is_set_up: AtomicBool::new(false),
        }))
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn now(&self) -> UnixTime {
        self.0.options.clock.now()
    }
}
