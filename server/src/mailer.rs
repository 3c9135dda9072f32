//! Builds the mailer from the configuration.

use mail::{DeniedNetworks, Mailer, MailerOptions};
use store::Store;

use crate::{Config, StartError};

/// Builds the mailer for the server and the commands.
///
/// # Errors
///
/// Returns an error if TLS or the HTTP client cannot be set up.
pub fn open_mailer(config: &Config, store: Store) -> Result<Mailer, StartError> {
    let denied = if config.deny_private_networks {
        DeniedNetworks::private()
    } else {
        DeniedNetworks::default()
    };
    let options = MailerOptions {
        denied: denied.and(config.deny_networks.clone()),
        dns_server: config.dns_server,
        domain_dns_server: config.sandbox_dns,
        extra_roots: config.extra_roots.clone(),
        sandbox: config.sandbox.clone(),
        outbox: config.outbox.clone(),
        min_free_bytes: config.min_free_bytes,
        server_name: Some(server_name(config)),
        public_url: config
            .public_url
            .as_ref()
            .map(|url| url.origin().to_owned()),
        ..MailerOptions::default()
    };
    Ok(Mailer::new(store, options)?)
}

/// Returns the host name with the port, because several servers may run on one host.
fn server_name(config: &Config) -> String {
    let system = rustix::system::uname();
    let host = system.nodename().to_string_lossy();
    format!("{host}:{}", config.listen.port())
}
