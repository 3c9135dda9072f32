//! A server with its own database, and API keys.

use std::{net::SocketAddr, time::Duration};

use access::{Access, AccessOptions};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    Actor, ApiKey, MessageFilter, OutboxMessage, RedirectUrl, SmtpForm, access::NewKeyForm,
};
use ipnet::IpNet;
use mail::{BodyBudget, Mailer, MailerOptions};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret as _;
use store::{KeySource, Store};
use submission::{Intake, Limits, ListenerOptions, Mode, Server, TlsConfig};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::Client;

/// The From address of the data center.
pub const FROM: &str = "office@example.com";

pub struct World {
    pub store: Store,
    pub access: Access,
    pub mailer: Mailer,
    pub key: ApiKey,
    /// The API key in plain text.
    pub password: String,
    pub certificate: CertificateDer<'static>,
    pub stopping: CancellationToken,
    pub running: JoinHandle<()>,
    addresses: [SocketAddr; 3],
}

/// Limits with time to notice what a client sends before the greeting, even on a busy machine.
pub fn patient() -> Limits {
    Limits {
        early_loopback: Duration::from_secs(10),
        ..Limits::default()
    }
}

/// Returns a self-signed certificate for localhost.
pub fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    (made.cert.der().clone(), key)
}

impl World {
    pub async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        Self::with_budget(limits, 128 * 1_024).await
    }

    /// Starts a server whose listeners admit only this network. Returns the address of one.
    pub async fn admitting(network: &str) -> (Self, SocketAddr) {
        let network: IpNet = network.parse().unwrap();
        let admit = |listener: &mut ListenerOptions| listener.networks = vec![network];
        let world = Self::with_listeners(Limits::default(), admit).await;
        let address = world.address(Mode::StartTls);
        (world, address)
    }

    /// Starts a server with a body budget of this many kibibytes.
    pub async fn with_budget(limits: Limits, kibibytes: u32) -> Self {
        Self::build(limits, kibibytes, AccessOptions::default(), |_| ()).await
    }

    /// Starts a server with changed listeners.
    pub async fn with_listeners(limits: Limits, change: impl Fn(&mut ListenerOptions)) -> Self {
        Self::build(limits, 128 * 1_024, AccessOptions::default(), change).await
    }

    /// Starts a server on a machine whose default gateway is 127.0.0.1.
    pub async fn behind_gateway() -> Self {
        let routes = std::env::temp_dir().join(format!("routes-{}", std::process::id()));
        std::fs::create_dir_all(&routes).unwrap();
        let gateway = u32::from_ne_bytes([127, 0, 0, 1]);
        let route = format!("lo 00000000 {gateway:08X} 0003 0 0 0 00000000 0 0 0\n");
        std::fs::write(routes.join("route"), route).unwrap();
        let options = AccessOptions {
            routes,
            ..AccessOptions::default()
        };
        Self::build(Limits::default(), 128 * 1_024, options, |_| ()).await
    }

    async fn build(
        limits: Limits,
        kibibytes: u32,
        options: AccessOptions,
        change: impl Fn(&mut ListenerOptions),
    ) -> Self {
        let key = KeySource::Value("01".repeat(32).into());
        let store = Store::open("sqlite::memory:", key).await.unwrap();
        let access = Access::new(store.clone(), options);
        let mailer = Mailer::new(store.clone(), MailerOptions::default()).unwrap();
        let form = SmtpForm {
            data_center: "default".into(),
            provider: "other".into(),
            smtp_host: "127.0.0.1".into(),
            smtp_port: "9".into(),
            from_address: FROM.into(),
            tls_minimum: "1.2".into(),
            ..SmtpForm::default()
        };
        let redirect = RedirectUrl::parse("http://127.0.0.1:3000/oauth/callback").unwrap();
        let by = Actor::command_line();
        let saved = mailer.settings.save(&form, &redirect, &by).await;
        saved.unwrap();
        let (key, password) = make_key(&access, "printer", true).await;
        let (certificate, private) = certificate();
        let tls = TlsConfig::new(vec![certificate.clone()], private).unwrap();
        let budget = BodyBudget::new(kibibytes, Duration::from_millis(100));
        let intake = Intake::new(access.clone(), mailer.clone(), budget);
        let mut server = Server::new("mail.example.com".into(), intake, tls, limits);
        let mut addresses = Vec::new();
        for mode in Mode::ALL {
            let mut options = ListenerOptions::new("127.0.0.1:0".parse().unwrap(), mode);
            change(&mut options);
            addresses.push(server.bind(options).unwrap());
        }
        let stopping = CancellationToken::new();
        let running = tokio::spawn(server.run(stopping.clone()));
        Self {
            store,
            access,
            mailer,
            key,
            password,
            certificate,
            stopping,
            running,
            addresses: addresses.try_into().unwrap(),
        }
    }

    pub fn address(&self, mode: Mode) -> SocketAddr {
        let at = Mode::ALL.iter().position(|known| *known == mode).unwrap();
        self.addresses[at]
    }

    /// Connects without reading the greeting.
    pub async fn connect(&self, mode: Mode) -> Client {
        Client::connect(self.address(mode)).await
    }

    /// Connects, reads the greeting, and sends EHLO.
    pub async fn greeted(&self, mode: Mode) -> Client {
        let mut client = self.connect(mode).await;
        if mode == Mode::Tls {
            client.start_tls(&self.certificate).await;
        }
        assert_eq!(client.code().await, 220);
        assert_eq!(client.say("EHLO device").await, 250);
        client
    }

    /// Connects without TLS and signs in.
    pub async fn signed_in(&self) -> Client {
        let mut client = self.greeted(Mode::Plain).await;
        let auth = format!("AUTH PLAIN {}", plain(&self.password));
        assert_eq!(client.say(&auth).await, 235);
        client
    }

    /// Returns the messages that were accepted, newest first.
    pub async fn messages(&self) -> Vec<OutboxMessage> {
        let filter = MessageFilter::default();
        let page = self.mailer.outbox.messages(&filter, None, 100).await;
        page.unwrap().messages
    }

    /// Returns the content of the newest message.
    pub async fn content(&self) -> String {
        let id = &self.messages().await[0].id;
        let content = self.mailer.outbox.content(id).await.unwrap().unwrap();
        String::from_utf8(content).unwrap()
    }
}

/// Returns the response of PLAIN with this password.
pub fn plain(password: &str) -> String {
    plain_as("printer", password)
}

/// Returns the response of PLAIN with this user name and password.
pub fn plain_as(user: &str, password: &str) -> String {
    BASE64_STANDARD.encode(format!("\0{user}\0{password}"))
}

/// Creates an API key, with or without the scope `send`.
pub async fn make_key(access: &Access, name: &str, sends: bool) -> (ApiKey, String) {
    let on = |is_on: bool| if is_on { "on" } else { "" }.to_owned();
    let form = NewKeyForm {
        name: name.into(),
        send: on(sends),
        messages: on(!sends),
        ..NewKeyForm::default()
    };
    let made = access.make_api_key(&form, &Actor::command_line()).await;
    let (key, password) = made.unwrap();
    (key, password.expose_secret().to_owned())
}
