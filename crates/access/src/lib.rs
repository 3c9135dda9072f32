//! Who may do what: accounts, passwords, sessions, API keys, and the audit of what was done.
//!
//! [`Access`] is what the HTTP side and the command line call. It holds nothing of its own that has
//! to last; that is in the [`store::Store`].

mod accounts;
mod activity;
mod api_keys;
mod device;
mod error;
mod id;
mod links;
mod password;
mod refusals;
mod sessions;
mod setup;
mod sign_in;
mod throttle;
mod token;

use std::sync::{Arc, atomic::AtomicBool};

use api_keys::Lookups;
use clock::{Clock, SystemClock};
use domain::UnixTime;
use password::Passwords;
use store::Store;

pub use activity::ActivityPage;
pub use device::Device;
pub use error::{AccessError, FormError, SignInError};
pub use links::{Link, LinkKind};
pub use sessions::{NewSession, Visitor};
pub use token::Token;

/// How an [`Access`] is made.
#[derive(Clone, Debug)]
pub struct AccessOptions {
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Default for AccessOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
        }
    }
}

/// The verbs about access. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Access(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    options: AccessOptions,
    passwords: Passwords,
    lookups: Lookups,
    refusals: refusals::Refusals,
    /// There is an account, and always will be.
    is_set_up: AtomicBool,
}

impl Access {
    /// Over an open store.
    pub fn new(store: Store, options: AccessOptions) -> Self {
        Self(Arc::new(Inner {
            store,
            options,
            passwords: Passwords::new(),
            lookups: Lookups::default(),
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
