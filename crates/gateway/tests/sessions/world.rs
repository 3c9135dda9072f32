//! A gateway with its own database in front of a sandbox, and a sender that may read mail.

use std::{net::SocketAddr, time::Duration};

use access::{Access, AccessOptions};
use domain::{Actor, RedirectUrl, Sender, SenderForm, SmtpForm, TypedSecret};
use gateway::{Limits, Protocol, Readers, Server};
use listener::{ListenerOptions, Mode, TlsConfig};
use mail::{Mailer, MailerOptions};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use sandbox::{Sandbox, SandboxConfig};
use secrecy::ExposeSecret as _;
use store::{KeySource, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::Client;

pub struct World {
    pub access: Access,
    pub mailer: Mailer,
    pub sandbox: Sandbox,
    pub sender: Sender,
    /// The password of the sender.
    pub password: String,
    pub certificate: CertificateDer<'static>,
    pub stopping: CancellationToken,
    pub running: JoinHandle<()>,
    addresses: [SocketAddr; 3],
}

/// Returns limits under which slow clients are soon disconnected.
pub fn impatient() -> Limits {
    Limits {
        before_sign_in: Duration::from_millis(200),
        handshake: Duration::from_secs(1),
        ..Limits::default()
    }
}

pub fn form(name: &str, reads: bool) -> SenderForm {
    SenderForm {
        name: name.into(),
        credentials: "on".into(),
        read_mailbox: if reads { "on" } else { "" }.into(),
        ..SenderForm::default()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        let key = KeySource::Value("01".repeat(32).into());
        let store = Store::open("sqlite::memory:", key).await.unwrap();
        let access = Access::new(store.clone(), AccessOptions::default());
        let authority = sandbox.descriptor().ca_pem.as_bytes();
        let authority = CertificateDer::from_pem_slice(authority).unwrap();
        let options = MailerOptions {
            extra_roots: vec![authority.to_vec()],
            ..MailerOptions::default()
        };
        let mailer = Mailer::new(store, options).unwrap();
        save(&mailer, &sandbox, true).await;
        let (form, by) = (form("Help desk", true), Actor::command_line());
        let (sender, password) = access.add_sender(&form, &by).await.unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let private = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let certificate = made.cert.der().clone();
        let tls = TlsConfig::new(vec![certificate.clone()], private).unwrap();
        let readers = Readers::new(access.clone(), mailer.clone());
        let name = "mail.example.com".to_owned();
        let mut server = Server::new(Protocol::Imap, name, readers, tls, limits);
        let mut addresses = Vec::new();
        for mode in Mode::ALL {
            let options = ListenerOptions::new("127.0.0.1:0".parse().unwrap(), mode);
            addresses.push(server.bind(options).unwrap());
        }
        let stopping = CancellationToken::new();
        let running = tokio::spawn(server.run(stopping.clone()));
        Self {
            access,
            mailer,
            sandbox,
            sender,
            password: password.unwrap().expose_secret().to_owned(),
            certificate,
            stopping,
            running,
            addresses: addresses.try_into().unwrap(),
        }
    }

    /// Connects without reading the greeting.
    pub async fn connect(&self, mode: Mode) -> Client {
        let at = Mode::ALL.iter().position(|known| *known == mode).unwrap();
        Client::connect(self.addresses[at]).await
    }

    /// Connects, starts TLS if the listener has it, and reads the greeting.
    pub async fn greeted(&self, mode: Mode) -> Client {
        let mut client = self.connect(mode).await;
        if mode == Mode::Tls {
            client.start_tls(&self.certificate).await;
        }
        let greeting = client.line().await;
        assert!(
            greeting.starts_with("* OK [CAPABILITY IMAP4rev1 "),
            "{greeting}"
        );
        if mode == Mode::StartTls {
            assert_eq!(
                client.say("s STARTTLS").await,
                "s OK Begin TLS negotiation now"
            );
            client.start_tls(&self.certificate).await;
        }
        client
    }

    /// Returns the command that signs the sender in.
    pub fn login(&self) -> String {
        format!("LOGIN helpdesk {}", self.password)
    }

    pub async fn signed_in(&self) -> Client {
        let mut client = self.greeted(Mode::Tls).await;
        let lines = client.command("a", &self.login()).await;
        assert!(lines[0].starts_with("a OK [CAPABILITY "), "{lines:?}");
        client
    }

    /// Adds a sender, with or without the right to read. Returns the command that signs it in.
    pub async fn login_of_another(&self, name: &str, reads: bool) -> String {
        let (form, by) = (form(name, reads), Actor::command_line());
        let (sender, password) = self.access.add_sender(&form, &by).await.unwrap();
        let user = sender.user.unwrap();
        format!(
            "LOGIN {} {}",
            user.as_str(),
            password.unwrap().expose_secret()
        )
    }
}

/// Saves settings, with or without a mailbox.
pub async fn save(mailer: &Mailer, sandbox: &Sandbox, has_mailbox: bool) {
    let found = sandbox.descriptor();
    let account = &found.accounts[0];
    let id = domain::DataCenterId::default();
    let version = mailer
        .settings
        .get(&id)
        .await
        .map_or(0, |saved| saved.version);
    let form = SmtpForm {
        version,
        data_center: "default".into(),
        provider: "other".into(),
        smtp_host: found.smtp_host.clone(),
        smtp_port: found.smtp_starttls_port.to_string(),
        from_address: account.address.clone(),
        enable_ssl: true,
        security: "starttls".into(),
        tls_minimum: "1.2".into(),
        mailbox_enabled: has_mailbox,
        mailbox_email: account.address.clone(),
        mailbox_sign_in: "password".into(),
        mailbox_password: TypedSecret::new(account.password.clone()),
        mailbox_host: found.imap_host.clone(),
        mailbox_port: found.imap_tls_port.to_string(),
        mailbox_security: "implicit_tls".into(),
        ..SmtpForm::default()
    };
    let redirect = RedirectUrl::parse("http://127.0.0.1:3000/oauth/callback").unwrap();
    let by = Actor::command_line();
    let saved = mailer.settings.save(&form, &redirect, &by).await;
    saved.unwrap();
}
