//! Clients on the wire.
pub mod http;
pub mod imap;
pub mod smtp;

pub use http::Browser;
pub use imap::ImapClient;
pub use smtp::SmtpClient;

use sandbox::{Sandbox, SandboxConfig};

pub const ALICE: &str = "alice@sandbox.test";

pub async fn start() -> Sandbox {
    Sandbox::start(SandboxConfig::default()).await.unwrap()
}

/// Returns an access token of alice.
pub async fn token(sandbox: &Sandbox) -> String {
    let answer = Browser::new(sandbox).grant(ALICE).await;
    answer.json["access_token"].as_str().unwrap().to_owned()
}
