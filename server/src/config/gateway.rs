//! Where programs read mail with a password.

use submission::ListenerOptions;

use super::{ConfigError, Setting, report::Report, smtp, source::Source, values::Values};

/// How programs read mail with a password.
#[derive(Clone, Debug, Default)]
pub struct GatewayConfig {
    /// Where to listen for IMAP clients.
    pub imap: Vec<ListenerOptions>,
}

/// Reads the settings of the gateway.
pub fn read(values: &Values, report: &mut Report) -> Result<GatewayConfig, ConfigError> {
    let setting = Setting::ImapListeners;
    let imap = smtp::listeners::configured(setting, values, report)?;
    if imap.is_none() {
        report.list(setting, &Source::Default, &[]);
    }
    Ok(GatewayConfig {
        imap: imap.unwrap_or_default(),
    })
}
