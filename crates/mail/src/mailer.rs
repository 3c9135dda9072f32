//! Stub of the interface; the bodies follow.

use std::{sync::Arc, time::Duration};

use domain::{
    AuthorizationId, AuthorizationState, CheckId, CheckReport, DataCenter, DataCenterId,
    GrantStatus, Preset, RedirectUrl, SavedSettings, SmtpForm, UnixTime,
};
use secrecy::SecretString;
use store::Store;

use crate::{DataCenterError, MailError, SaveError, TestError};

/// Tells the time; passed in, so that expiry is tested without sleeping.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> UnixTime;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        todo!()
    }
}

/// How long a network step may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To connect, and for the TLS handshake: each.
    pub connect: Duration,
    /// For one reply of a mail server.
    pub reply: Duration,
    /// For one answer of a token endpoint.
    pub token: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reply: Duration::from_secs(20),
            token: Duration::from_secs(15),
        }
    }
}

/// How a [`Mailer`] is made.
#[derive(Clone, Debug)]
pub struct MailerOptions {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Certificates (DER) that are trusted besides those of the system.
    pub extra_roots: Vec<Vec<u8>>,
    /// Time limits.
    pub timeouts: Timeouts,
    /// The sandbox, when the server was started with one.
    pub sandbox: Option<Preset>,
}

impl Default for MailerOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            extra_roots: Vec::new(),
            timeouts: Timeouts::default(),
            sandbox: None,
        }
    }
}

/// Tells one browser from another: the random value (256 bits) of a cookie. An authorization can only be
/// finished by the browser that began it (RFC 9700 §4.7).
#[derive(Clone, Debug)]
pub struct BrowserKey(SecretString);

impl BrowserKey {
    /// A new one.
    pub fn generate() -> Self {
        todo!()
    }
    /// Reads the value of the cookie; `None` when it is not one of ours.
    pub fn parse(_cookie: &str) -> Option<Self> {
        todo!()
    }
    /// The value of the cookie.
    pub fn expose(&self) -> &str {
        secrecy::ExposeSecret::expose_secret(&self.0)
    }
}

/// Saved settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The version that is saved now.
    pub version: i64,
    /// A grant was held for other values and has ended with this save.
    pub grant_ended: bool,
}

/// An authorization that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: AuthorizationId,
    /// Where the administrator signs in.
    pub url: String,
}

/// The query of a callback (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// `state`
    pub state: Option<String>,
    /// `code`
    pub code: Option<SecretString>,
    /// `error`
    pub error: Option<String>,
    /// `error_description`
    pub error_description: Option<String>,
    /// `iss`
    pub iss: Option<String>,
}

/// The product's verbs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    _store: Store,
}

#[expect(clippy::unused_async, clippy::missing_errors_doc, reason = "stub")]
impl Mailer {
    /// Made over an open store.
    pub fn new(store: Store, _options: MailerOptions) -> Result<Self, MailError> {
        Ok(Self { _store: store })
    }
    /// The preset of the sandbox, when the server was started with one.
    pub fn sandbox(&self) -> Option<&Preset> {
        todo!()
    }
    /// All data centers, the default first, the others by name.
    pub async fn data_centers(&self) -> Result<Vec<DataCenter>, MailError> {
        todo!()
    }
    /// Adds a data center.
    pub async fn add_data_center(&self, _name: &str) -> Result<DataCenter, DataCenterError> {
        todo!()
    }
    /// Renames a data center.
    pub async fn rename_data_center(
        &self,
        _id: &DataCenterId,
        _name: &str,
    ) -> Result<(), DataCenterError> {
        todo!()
    }
    /// Removes a data center that has no settings.
    pub async fn remove_data_center(&self, _id: &DataCenterId) -> Result<(), DataCenterError> {
        todo!()
    }
    /// The settings of a data center as a browser may see them. Needs no live token.
    pub async fn settings(&self, _id: &DataCenterId) -> Result<SavedSettings, MailError> {
        todo!()
    }
    /// Saves what was typed. `expected_redirect` is where this server is reached, as the request or the configuration says.
    pub async fn save_settings(
        &self,
        _form: &SmtpForm,
        _expected_redirect: &RedirectUrl,
    ) -> Result<Saved, SaveError> {
        todo!()
    }
    /// What the settings page says about the grant.
    pub async fn grant_status(&self, _id: &DataCenterId) -> Result<GrantStatus, MailError> {
        todo!()
    }
    /// Begins an authorization for the saved settings.
    pub async fn begin_authorization(
        &self,
        _id: &DataCenterId,
        _browser: &BrowserKey,
    ) -> Result<Begun, MailError> {
        todo!()
    }
    /// Finishes an authorization. The id is `None` when the callback belongs to none of this browser's.
    pub async fn finish_authorization(
        &self,
        _callback: Callback,
        _browser: Option<&BrowserKey>,
    ) -> Result<(Option<AuthorizationId>, AuthorizationState), MailError> {
        todo!()
    }
    /// How an authorization stands; `None` when there is none with this id.
    pub async fn authorization(
        &self,
        _id: &AuthorizationId,
    ) -> Result<Option<AuthorizationState>, MailError> {
        todo!()
    }
    /// Sends a test email with what is on the form, saved or not, and keeps the report.
    pub async fn send_test(
        &self,
        _form: &SmtpForm,
        _recipient: &str,
    ) -> Result<(CheckId, CheckReport), TestError> {
        todo!()
    }
    /// The report of a check; `None` when there is none with this id.
    pub async fn check(&self, _id: &CheckId) -> Result<Option<CheckReport>, MailError> {
        todo!()
    }
    /// Keeps what was typed without WASM, secrets left out, until the page has shown it again.
    pub async fn keep_draft(
        &self,
        _browser: &BrowserKey,
        _form: &SmtpForm,
    ) -> Result<(), MailError> {
        todo!()
    }
    /// What this browser typed for a data center, if it was kept.
    pub async fn draft(
        &self,
        _browser: &BrowserKey,
        _id: &DataCenterId,
    ) -> Result<Option<SmtpForm>, MailError> {
        todo!()
    }
    /// Forgets the draft.
    pub async fn drop_draft(
        &self,
        _browser: &BrowserKey,
        _id: &DataCenterId,
    ) -> Result<(), MailError> {
        todo!()
    }
    /// Keeps all grants fresh, and removes what has ended, until the future is dropped.
    pub async fn keep_fresh(&self) {
        todo!()
    }
}
