//! A mailer with a temporary database and a sandbox.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use clock::{Clock, SystemClock};
use domain::{
    AccountName, Actor, AuditFilter, AuditRecord, AuthorizationState, CheckOutcome, CheckReport,
    DataCenterId, FindingCode, GrantAfterFailure, Principal, RedirectUrl, SavedSettings, SessionId,
    SmtpForm, TypedSecret, UnixTime,
};
use mail::{Callback, CallbackOutcome, Mailer, MailerOptions, StartedAuthorization, Timeouts};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use sandbox::{Control, Descriptor, Faults, Sandbox, SandboxConfig};
use store::{AuditVerdict, KeySource, Store};
use tempfile::TempDir;

use crate::names::Names;

pub const REDIRECT_URL: &str = "http://127.0.0.1:3000/oauth/callback";
pub const ALICE: &str = "alice@sandbox.test";
pub const BOB: &str = "bob@sandbox.test";

/// A clock that tests set. The time since boot advances by itself as well.
#[derive(Debug)]
pub struct HandClock {
    now: AtomicI64,
    passed: AtomicI64,
    database_ahead: AtomicI64,
}

impl HandClock {
    fn at(now: i64) -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(now),
            passed: AtomicI64::new(0),
            database_ahead: AtomicI64::new(0),
        })
    }

    /// Advances the time without the process noticing, as while it is paused.
    pub fn advance(&self, seconds: i64) {
        self.passed.fetch_add(seconds, Ordering::SeqCst);
        self.jump(seconds);
    }

    /// Sets the system clock.
    pub fn jump(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sets the difference between the database's time and the system clock.
    pub fn set_database_ahead(&self, seconds: i64) {
        self.database_ahead.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.now.load(Ordering::SeqCst))
    }

    fn boot_time(&self) -> Duration {
        let passed = u64::try_from(self.passed.load(Ordering::SeqCst)).unwrap();
        SystemClock.boot_time() + Duration::from_secs(passed)
    }

    fn database_now(&self, read: UnixTime) -> UnixTime {
        read.plus(self.database_ahead.load(Ordering::SeqCst))
    }
}

pub struct World {
    pub sandbox: Sandbox,
    pub clock: Arc<HandClock>,
    pub mailer: Mailer,
    /// The administrator as an actor, with a session.
    pub admin: Actor,
    pub session: SessionId,
    folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// Creates a world with changed mailer options.
    pub async fn with(change: impl FnOnce(&mut MailerOptions)) -> Self {
        Self::start(|options, _| change(options)).await
    }

    /// Creates a world whose mailer resolves every name with the sandbox's name server, with
    /// changed options.
    pub async fn with_dns(change: impl FnOnce(&mut MailerOptions)) -> Self {
        Self::start(|options, sandbox| {
            options.dns_server = Some(sandbox.descriptor().dns.parse().unwrap());
            change(options);
        })
        .await
    }

    /// Waits until the sandbox's name server listens, or does not.
    pub async fn wait_for_dns(&self, is_listening: bool) {
        let address = &self.descriptor().dns;
        while tokio::net::TcpStream::connect(address).await.is_ok() != is_listening {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn start(change: impl FnOnce(&mut MailerOptions, &Sandbox)) -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        // In the past, because ID tokens of the sandbox expire after an hour.
        let clock = HandClock::at(1_700_000_000);
        let folder = tempfile::tempdir().unwrap();
        let mailer = mailer(&folder, &sandbox, &clock, |options| {
            change(options, &sandbox);
        })
        .await;
        Self {
            sandbox,
            clock,
            mailer,
            admin: Actor {
                who: Principal::Account(AccountName::parse("zoe").unwrap()),
                address: "192.0.2.7".into(),
            },
            session: SessionId::parse("session-1").unwrap(),
            folder,
        }
    }

    /// Creates a world with saved settings that Alice has authorized.
    pub async fn authorized() -> Self {
        Self::authorized_with(|_| ()).await
    }

    /// Creates a world with changed mailer options, and saved settings that Alice has authorized.
    pub async fn authorized_with(change: impl FnOnce(&mut MailerOptions)) -> Self {
        let world = Self::with(change).await;
        world.save(&world.oauth_form()).await;
        let state = world.authorize(ALICE, true).await;
        assert!(
            matches!(state, AuthorizationState::Authorized { .. }),
            "{state:?}"
        );
        world
    }

    /// Creates a mailer of another process on the same database.
    pub async fn another_mailer(&self) -> Mailer {
        self.another_mailer_with(|_| ()).await
    }

    /// Creates a mailer of another process on the same database, with changed options.
    pub async fn another_mailer_with(&self, change: impl FnOnce(&mut MailerOptions)) -> Mailer {
        mailer(&self.folder, &self.sandbox, &self.clock, change).await
    }

    /// Opens the database.
    pub async fn store(&self) -> Store {
        open(&self.folder).await
    }

    /// Returns the URL of the database.
    pub fn database_url(&self) -> String {
        database_url(&self.folder)
    }

    /// Returns true if a file of the database contains a text.
    pub fn is_in_the_database(&self, text: &str) -> bool {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flatten().any(|file| {
            let bytes = std::fs::read(file.path()).unwrap();
            let mut parts = bytes.windows(text.len());
            parts.any(|part| part == text.as_bytes())
        })
    }

    pub fn control(&self) -> Control {
        self.sandbox.control()
    }

    pub fn descriptor(&self) -> &Descriptor {
        self.sandbox.descriptor()
    }

    pub fn oauth_form(&self) -> SmtpForm {
        let sandbox = self.descriptor();
        SmtpForm {
            data_center: "default".into(),
            provider: "sandbox".into(),
            smtp_host: sandbox.smtp_host.clone(),
            smtp_port: sandbox.smtp_starttls_port.to_string(),
            from_address: format!("Alice <{ALICE}>"),
            enable_ssl: true,
            security: "starttls".into(),
            tls_minimum: "1.2".into(),
            authentication_required: true,
            authentication_type: "oauth".into(),
            redirect_url: REDIRECT_URL.into(),
            client_id: sandbox.client_id.clone(),
            client_secret: TypedSecret::new(&sandbox.client_secret),
            authorization_endpoint: sandbox.authorization_endpoint.clone(),
            token_endpoint: sandbox.token_endpoint.clone(),
            scope: sandbox.scope.clone(),
            username: ALICE.into(),
            ..SmtpForm::default()
        }
    }

    /// Returns a form without TLS and credentials. The sandbox no longer requires them, so any host
    /// name works.
    pub fn plain_form(&self, host: &str) -> SmtpForm {
        self.control().set(Faults {
            authentication_required: false,
            ..Faults::default()
        });
        SmtpForm {
            smtp_host: host.into(),
            enable_ssl: false,
            authentication_required: false,
            ..self.oauth_form()
        }
    }

    pub fn basic_form(&self) -> SmtpForm {
        SmtpForm {
            authentication_type: "basic".into(),
            password: TypedSecret::new("alice-password"),
            ..self.oauth_form()
        }
    }

    pub async fn saved(&self) -> SavedSettings {
        self.mailer
            .settings
            .get(&DataCenterId::default())
            .await
            .unwrap()
    }

    /// Saves a form over the current settings.
    pub async fn save(&self, form: &SmtpForm) -> mail::Saved {
        let version = self.saved().await.version;
        let form = SmtpForm {
            version,
            ..form.clone()
        };
        self.mailer
            .settings
            .save(&form, &redirect_url(), &self.admin)
            .await
            .unwrap()
    }

    pub async fn begin(&self) -> StartedAuthorization {
        self.mailer
            .authorizations
            .begin(&DataCenterId::default(), &self.session, &self.admin)
            .await
            .unwrap()
    }

    /// Returns the provider's callback after a sign-in.
    pub fn answer(&self, begun: &StartedAuthorization, account: &str, allow: bool) -> Callback {
        callback(
            &self
                .control()
                .answer_authorization(&begun.url, account, allow)
                .unwrap(),
        )
    }

    pub async fn finish(&self, callback: Callback) -> AuthorizationState {
        let outcome = self
            .mailer
            .authorizations
            .finish(callback, Some(&self.session), &self.admin)
            .await
            .unwrap();
        match outcome {
            CallbackOutcome::Finished { state, .. } => state,
            CallbackOutcome::Rejected(finding) => AuthorizationState::Failed {
                data_center: None,
                finding,
                grant: GrantAfterFailure::NotConcerned,
            },
        }
    }

    pub async fn authorize(&self, account: &str, allow: bool) -> AuthorizationState {
        let begun = self.begin().await;
        self.finish(self.answer(&begun, account, allow)).await
    }

    pub async fn test_email(&self) -> CheckReport {
        self.test_email_with(&self.oauth_form()).await
    }

    pub async fn test_email_with(&self, form: &SmtpForm) -> CheckReport {
        self.mailer
            .doctor
            .send_test(form, BOB, &self.admin)
            .await
            .unwrap()
            .1
    }

    /// Returns the audit entries, the oldest first, and checks that the audit is intact.
    pub async fn recorded(&self) -> Vec<AuditRecord> {
        let store = open(&self.folder).await;
        let verdict = store.verify_audit().await.unwrap();
        assert!(
            matches!(verdict, AuditVerdict::Intact { .. }),
            "{verdict:?}"
        );
        let entries = store.audit_after(&AuditFilter::default(), 0, 1_000).await;
        let entries = entries.unwrap().into_iter();
        entries.map(|entry| entry.record).collect()
    }
}

fn database_url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("mailgrant.db").display())
}

async fn open(folder: &TempDir) -> Store {
    let url = database_url(folder);
    let key = KeySource::File(folder.path().join("mailgrant.key"));
    Store::open(&url, key).await.unwrap()
}

async fn mailer(
    folder: &TempDir,
    sandbox: &Sandbox,
    clock: &Arc<HandClock>,
    change: impl FnOnce(&mut MailerOptions),
) -> Mailer {
    let options = options(sandbox, clock.clone(), change);
    Mailer::new(open(folder).await, options).unwrap()
}

/// Shortens the timeouts, for tests that wait for one to end. Other tests have long ones, because a
/// busy machine may take seconds for what a quiet one does in milliseconds.
pub fn short_timeouts(options: &mut MailerOptions) {
    let second = Duration::from_secs(1);
    options.timeouts = Timeouts {
        connect: second * 2,
        reply: second,
        message: second,
        token: second * 2,
        check: second * 10,
        check_heartbeat: second,
        check_silence: second * 5,
        dns: second,
    };
}

/// Returns options of a mailer that trusts the sandbox.
pub fn options(
    sandbox: &Sandbox,
    clock: Arc<dyn Clock>,
    change: impl FnOnce(&mut MailerOptions),
) -> MailerOptions {
    let root = CertificateDer::from_pem_slice(sandbox.descriptor().ca_pem.as_bytes()).unwrap();
    let second = Duration::from_secs(1);
    let mut options = MailerOptions {
        clock,
        extra_roots: vec![root.to_vec()],
        timeouts: Timeouts {
            connect: second * 10,
            reply: second * 10,
            message: second * 10,
            token: second * 15,
            check: second * 40,
            check_heartbeat: second,
            check_silence: second * 20,
            dns: second * 5,
        },
        resolver: Names::none(),
        domain_dns_server: Some(sandbox.descriptor().dns.parse().unwrap()),
        ..MailerOptions::default()
    };
    change(&mut options);
    options
}

pub fn redirect_url() -> RedirectUrl {
    RedirectUrl::parse(REDIRECT_URL).unwrap()
}

/// Parses the URL that a provider redirects to.
pub fn callback(url: &str) -> Callback {
    let (_, query) = url.split_once('?').unwrap();
    let value = |name: &str| {
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let text = value.replace('+', " ");
            let text = percent_encoding::percent_decode_str(&text)
                .decode_utf8()
                .ok()?;
            (key == name).then(|| text.into_owned())
        })
    };
    Callback {
        state: value("state"),
        code: value("code").map(Into::into),
        error: value("error"),
        error_description: value("error_description"),
        iss: value("iss"),
    }
}

/// Returns the finding of a failed authorization.
pub fn failed(state: &AuthorizationState) -> FindingCode {
    match state {
        AuthorizationState::Failed { finding, .. } => finding.code,
        other => panic!("the authorization did not fail: {other:?}"),
    }
}

/// Returns the finding of a failed test email.
pub fn finding(report: &CheckReport) -> FindingCode {
    match &report.outcome {
        CheckOutcome::Failed(finding) => finding.code,
        other => panic!("the test email did not fail: {other:?}"),
    }
}

pub fn delivered(report: &CheckReport) -> &str {
    match &report.outcome {
        CheckOutcome::Delivered { message_id } => message_id,
        other => panic!("the test email was not delivered: {other:?}"),
    }
}
