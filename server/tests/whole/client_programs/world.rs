//! The server that all programs send to.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

use sandbox::ReceivedMessage;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::kind::Mode;
use crate::support::{Program, Provider, certificate};

/// The name of the server.
pub const NAME: &str = "mail.example.com";
/// The display names that the rules of both senders set.
pub const SIGNED_IN: &str = "Signed in";
pub const KNOWN_BY_ADDRESS: &str = "Known by address";
/// Maximum time until a message is delivered.
const DELIVERED_WITHIN: Duration = Duration::from_secs(30);

/// Returns the address of the data center.
pub fn account() -> &'static str {
    "alice@sandbox.test"
}

/// A running server with a listener for each mode, and a sender for each way to be recognized.
pub struct World {
    // Dropped first, because the server uses the others.
    program: Program,
    provider: Option<Provider>,
    runtime: Runtime,
    directory: TempDir,
    /// The user name and password of the sender that signs in.
    pub user: String,
    pub password: String,
    certificate: String,
    ports: [String; 3],
}

/// The world of the tests that run at present. The last of them stops it.
static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());

impl World {
    /// Returns the world of the tests that run at present, or a new one.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let world = Arc::new(Self::start());
            *shared = Arc::downgrade(&world);
            world
        })
    }

    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let runtime = Runtime::new().unwrap();
        let listeners = "127.0.0.1:0 plain,127.0.0.1:0 starttls,127.0.0.1:0 tls";
        let settings = [
            ("MAILGRANT_SMTP_LISTENERS", listeners),
            ("MAILGRANT_SMTP_NAME", NAME),
        ];
        let (provider, program) = runtime.block_on(async {
            let provider = Provider::start().await;
            let program = Program::start_beside(&provider, path, &settings);
            let administrator = program.administrator().await;
            let page = provider.authorize(&administrator).await;
            assert!(page.body.contains("SMTP settings authorized"), "{page:?}");
            (provider, program)
        });
        let sender = |words: &[&str]| {
            let words = [&["sender", "add"], words, &["--other-from", "rewrite"]].concat();
            let output = Program::output(path, &words, &settings);
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let printed = sender(&["printer", "--display-name", SIGNED_IN]);
        let secret = |name: &str| {
            let mut lines = printed.lines();
            let value = lines.find_map(|line| line.strip_prefix(name));
            value.unwrap().to_owned()
        };
        let (user, password) = (secret("user: "), secret("password: "));
        let network = ["--no-password", "--network", "127.0.0.1"];
        sender(
            &[
                &["scanner", "--display-name", KNOWN_BY_ADDRESS],
                &network[..],
            ]
            .concat(),
        );
        let ports = Mode::ALL.map(|mode| program.smtp_listener(mode.name()).port().to_string());
        Self {
            program,
            provider: Some(provider),
            runtime,
            user,
            password,
            certificate: certificate(path),
            ports,
            directory,
        }
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub fn port(&self, mode: Mode) -> &str {
        let [plain, starttls, tls] = &self.ports;
        mode.choose(plain, starttls, tls)
    }

    /// Returns the path of the server's certificate.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Waits for the message with this subject.
    pub fn delivered(&self, subject: &str) -> ReceivedMessage {
        let control = self.provider.as_ref().unwrap().control();
        let deadline = Instant::now() + DELIVERED_WITHIN;
        loop {
            let mut messages = control.messages();
            messages.retain(|message| message.subject.as_deref() == Some(subject));
            if let Some(message) = messages.pop() {
                assert!(messages.is_empty(), "{subject} was delivered twice");
                return message;
            }
            assert!(Instant::now() < deadline, "{subject}:\n{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns the log of the server.
    pub fn log(&self) -> String {
        self.program.log()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        assert!(!self.log().contains(&self.password));
        // The provider ends its tasks within the runtime.
        let _entered = self.runtime.enter();
        self.provider = None;
    }
}
