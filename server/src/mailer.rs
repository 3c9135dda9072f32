//! The verbs of mail, as the configuration says.

use mail::{DeniedNetworks, Mailer, MailerOptions};
use store::Store;

use crate::{Config, StartError};

/// Puts the mailer together, for the server and for the commands beside it.
///
/// # Errors
/// When TLS or the HTTP client cannot be set up.
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
        ..MailerOptions::default()
    };
    Ok(Mailer::new(store, options)?)
}
