//! The database, its mailer, and the test message.

use std::{path::Path, time::Instant};

use domain::EmailAddress;
use mail::{Mailer, MailerOptions};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use store::{KeySource, Store};

pub const ADDRESS: &str = "bench@example.com";
/// The token that the sink accepts.
pub const TOKEN: &str = "bench-access-token";
const SIZE: usize = 10_000;

pub fn address() -> EmailAddress {
    EmailAddress::parse(ADDRESS).unwrap()
}

/// Returns the body of a message of 10 kB.
pub fn text() -> String {
    let line = format!("{}\r\n", "x".repeat(70));
    line.repeat(SIZE / line.len())
}

pub async fn store() -> Store {
    let folder = std::env::var("MAILGRANT_DATA_DIRECTORY").unwrap();
    let database = std::env::var("MAILGRANT_DATABASE_URL")
        .unwrap_or_else(|_| format!("sqlite://{folder}/mailgrant.db"));
    let key = KeySource::File(Path::new(&folder).join("mailgrant.key"));
    Store::open(&database, key).await.unwrap()
}

/// Reads the certificate of a sink as DER.
pub fn root(path: &Path) -> Vec<u8> {
    CertificateDer::from_pem_file(path).unwrap().to_vec()
}

/// Opens a mailer that trusts the sink.
pub async fn mailer(ca: Option<&Path>) -> Mailer {
    let options = MailerOptions {
        extra_roots: ca.into_iter().map(root).collect(),
        ..MailerOptions::default()
    };
    Mailer::new(store().await, options).unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub fn rate(messages: usize, since: Instant) -> f64 {
    messages as f64 / since.elapsed().as_secs_f64()
}
