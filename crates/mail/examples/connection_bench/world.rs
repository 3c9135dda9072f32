//! A mailer with settings for the sandbox, a grant, and a mailbox.

use domain::{
    Actor, AuthorizationState, DataCenterId, RedirectUrl, SessionId, SmtpForm, TypedSecret,
};
use mail::{Callback, CallbackOutcome, Mailer, MailerOptions};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sandbox::{Sandbox, SandboxConfig};
use store::{KeySource, Store};
use tempfile::TempDir;

pub const ALICE: &str = "alice@sandbox.test";
const REDIRECT_URL: &str = "http://127.0.0.1:3000/oauth/callback";

pub struct World {
    pub sandbox: Sandbox,
    pub mailer: Mailer,
    _folder: TempDir,
}

impl World {
    pub async fn start() -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("mailgrant.db").display());
        let key = KeySource::File(folder.path().join("mailgrant.key"));
        let found = sandbox.descriptor();
        let authority = CertificateDer::from_pem_slice(found.ca_pem.as_bytes()).unwrap();
        let options = MailerOptions {
            extra_roots: vec![authority.to_vec()],
            domain_dns_server: found.dns.parse().ok(),
            ..MailerOptions::default()
        };
        let store = Store::open(&database, key).await.unwrap();
        let world = Self {
            mailer: Mailer::new(store, options).unwrap(),
            sandbox,
            _folder: folder,
        };
        world.save().await;
        world.authorize().await;
        world
    }

    async fn save(&self) {
        let (id, sandbox) = (DataCenterId::default(), self.sandbox.descriptor());
        let form = SmtpForm {
            version: self.mailer.settings.get(&id).await.unwrap().version,
            data_center: id.as_str().into(),
            provider: "sandbox".into(),
            smtp_host: sandbox.smtp_host.clone(),
            smtp_port: sandbox.smtp_starttls_port.to_string(),
            from_address: ALICE.into(),
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
            mailbox_enabled: true,
            mailbox_email: ALICE.into(),
            mailbox_password: TypedSecret::new("alice-password"),
            mailbox_host: sandbox.imap_host.clone(),
            mailbox_port: sandbox.imap_starttls_port.to_string(),
            ..SmtpForm::default()
        };
        let redirect = RedirectUrl::parse(REDIRECT_URL).unwrap();
        let by = Actor::command_line();
        let saved = self.mailer.settings.save(&form, &redirect, &by).await;
        saved.unwrap();
    }

    async fn authorize(&self) {
        let (session, by) = (SessionId::parse("bench").unwrap(), Actor::command_line());
        let id = DataCenterId::default();
        let begun = self.mailer.authorizations.begin(&id, &session, &by).await;
        let control = self.sandbox.control();
        let answer = control.answer_authorization(&begun.unwrap().url, ALICE, true);
        let answer = answer.unwrap();
        let value = |name: &str| {
            let (_, query) = answer.split_once('?')?;
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let (_, value) = pairs.find(|(key, _)| *key == name)?;
            let value = percent_encoding::percent_decode_str(value).decode_utf8();
            value.ok().map(String::from)
        };
        let callback = Callback {
            state: value("state"),
            code: value("code").map(Into::into),
            iss: value("iss"),
            ..Callback::default()
        };
        let finished = self
            .mailer
            .authorizations
            .finish(callback, Some(&session), &by);
        let outcome = finished.await.unwrap();
        assert!(
            matches!(
                &outcome,
                CallbackOutcome::Finished {
                    state: AuthorizationState::Authorized { .. },
                    ..
                }
            ),
            "{outcome:?}"
        );
    }

    /// Delivers a small message to the mailbox.
    pub fn deliver(&self, number: u32) {
        let mail = format!(
            "From: Bob {number} <bob@sandbox.test>\r\nTo: {ALICE}\r\nSubject: Number {number}\r\n\
             Date: Mon, 23 Nov 2026 20:15:00 +0100\r\nMessage-ID: <{number}@sandbox.test>\r\n\r\nHello {number}\r\n"
        );
        self.sandbox.control().deliver(ALICE, "INBOX", mail);
    }
}
