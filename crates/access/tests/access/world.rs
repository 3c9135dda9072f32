//! Test world: a server without HTTP and its users.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use access::{Access, AccessOptions, FormError, NewSession, SignInError, Visitor};
use clock::{Clock, SystemClock};
use domain::{
    Account, AccountName, Actor, AuditAction, AuditFilter, AuditRecord, Role, TypedSecret,
    UnixTime,
    access::{AccessField, NewAccountForm, SetupError, SetupForm, SignInForm},
};
use secrecy::SecretString;
use store::{KeySource, Store};
use tempfile::TempDir;

pub const PASSWORD: &str = "weather-Lamp-quilt-91";
pub const OTHER: &str = "orbit-Canoe-basil-27";
pub const HOME: &str = "192.0.2.1";
pub const ELSEWHERE: &str = "198.51.100.7";
pub const START: i64 = 1_800_000_000;

#[derive(Debug)]
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }

    fn boot_time(&self) -> std::time::Duration {
        SystemClock.boot_time()
    }
}

pub struct World {
    pub access: Access,
    pub store: Store,
    clock: Arc<HandClock>,
    _folder: TempDir,
}

impl World {
    /// Creates a world without accounts.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/mailgrant.db", folder.path().display());
        let key = KeySource::Value(SecretString::from("01".repeat(32)));
        let store = Store::open(&url, key).await.unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(START)));
        let options = AccessOptions {
            clock: clock.clone(),
            // No address is that of a gateway.
            routes: folder.path().into(),
        };
        Self {
            access: Access::new(store.clone(), options),
            store,
            clock,
            _folder: folder,
        }
    }

    /// Creates a world with the administrator `alice`, signed in at home.
    pub async fn with_alice() -> (Self, NewSession) {
        let world = Self::new().await;
        let link = world.access.begin_setup().await.unwrap().unwrap();
        let alice = world.finish_setup(link.token.expose()).await;
        (world, alice.unwrap())
    }

    /// Finishes the setup as `alice`, with the token of a setup link.
    pub async fn finish_setup(&self, token: &str) -> Result<NewSession, FormError<SetupError>> {
        let (form, visitor) = (setup_form(token), visitor(HOME));
        self.access.finish_setup(&form, &visitor).await
    }

    /// Returns the name in the device cookie of a session.
    pub fn device_name(&self, session: &NewSession) -> String {
        self.access.device_name(&session.device).unwrap()
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Adds an account with [`PASSWORD`].
    pub async fn add(&self, name: &str, role: Role) -> Account {
        let (form, password) = (new_account(name, role), PASSWORD.into());
        let by = cli();
        let added = self.access.add_account_with_password(&form, &password, &by);
        added.await.unwrap();
        self.account(name).await
    }

    pub async fn account(&self, name: &str) -> Account {
        let name = AccountName::parse(name).unwrap();
        self.access.account(&name).await.unwrap().unwrap()
    }

    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        visitor: &Visitor,
    ) -> Result<NewSession, SignInError> {
        self.access
            .sign_in(&sign_in_form(name, password), visitor)
            .await
    }

    /// Returns the audit records of one action, the oldest first.
    pub async fn audited(&self, action: AuditAction) -> Vec<AuditRecord> {
        let filter = AuditFilter {
            action: Some(action),
            ..AuditFilter::default()
        };
        let page = self.access.activity(&filter, None).await.unwrap();
        let mut records: Vec<_> = page.entries.into_iter().map(|entry| entry.record).collect();
        records.reverse();
        records
    }

    /// Returns the subjects of one action, the oldest first.
    pub async fn subjects(&self, action: AuditAction) -> Vec<String> {
        let records = self.audited(action).await;
        records.into_iter().map(|record| record.subject).collect()
    }
}

pub fn cli() -> Actor {
    Actor::command_line()
}

pub fn visitor(address: &str) -> Visitor {
    Visitor {
        address: address.into(),
        agent: "Browser/1.0".into(),
        ..Visitor::default()
    }
}

/// Returns a visitor with the cookies of a session.
pub fn same_browser(address: &str, session: &NewSession) -> Visitor {
    Visitor {
        session: Some(session.token.clone()),
        device: Some(session.device.clone()),
        ..visitor(address)
    }
}

pub fn sign_in_form(name: &str, password: &str) -> SignInForm {
    SignInForm {
        name: name.into(),
        password: TypedSecret::new(password),
        next: String::new(),
    }
}

pub fn setup_form(token: &str) -> SetupForm {
    SetupForm {
        token: TypedSecret::new(token),
        name: "alice".into(),
        password: TypedSecret::new(PASSWORD),
        repeated: TypedSecret::new(PASSWORD),
    }
}

pub fn new_account(name: &str, role: Role) -> NewAccountForm {
    NewAccountForm {
        name: name.into(),
        role: role.code().into(),
    }
}

pub fn errors<T: std::fmt::Debug, E: Copy + std::fmt::Debug>(
    result: Result<T, FormError<E>>,
) -> Vec<(AccessField, E)> {
    match result {
        Err(FormError::Form(errors)) => errors.iter().collect(),
        other => panic!("{other:?}"),
    }
}
