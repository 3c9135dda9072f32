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
    Ok(GatewayConfig {
        imap: listeners(Setting::ImapListeners, values, report)?,
    })
}

fn listeners(
    setting: Setting,
    values: &Values,
    report: &mut Report,
) -> Result<Vec<ListenerOptions>, ConfigError> {
    let Some(texts) = values.list(setting)? else {
        report.list(setting, &Source::Default, &[]);
        return Ok(Vec::new());
    };
    report.list(setting, &texts.source, &texts.value);
    smtp::listeners(&texts)
}
