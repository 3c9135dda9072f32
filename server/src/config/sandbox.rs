//! The descriptor of the sandbox.

use std::{net::SocketAddr, path::Path};

use domain::{Preset, PresetAuthentication, Provider, Security};
use serde::Deserialize;
use store::file;

use super::{ConfigError, Setting, report::Report, values::Values};

/// Largest descriptor, in bytes.
const MAX_DESCRIPTOR: u32 = 65_536;

/// The fields of `sandbox.json` that make up a preset.
#[derive(Deserialize)]
struct Descriptor {
    authorization_endpoint: String,
    token_endpoint: String,
    scope: String,
    smtp_host: String,
    smtp_starttls_port: u16,
    dns: Option<SocketAddr>,
}

impl From<Descriptor> for Preset {
    fn from(descriptor: Descriptor) -> Self {
        Self {
            provider: Provider::Sandbox,
            smtp_host: descriptor.smtp_host,
            smtp_port: descriptor.smtp_starttls_port,
            security: Security::StartTls,
            imap: None,
            authentication: PresetAuthentication::OAuth {
                authorization_endpoint: descriptor.authorization_endpoint,
                token_endpoint: descriptor.token_endpoint,
                scope: descriptor.scope,
            },
        }
    }
}

/// The preset and the name server.
type Sandbox = (Preset, Option<SocketAddr>);

/// Reads the descriptor, if one is configured.
pub fn read(values: &Values, report: &mut Report) -> Result<Option<Sandbox>, ConfigError> {
    let path = values.text(Setting::SandboxFile)?;
    report.optional(Setting::SandboxFile, path.as_ref());
    let Some(path) = path else {
        return Ok(None);
    };
    let text = file::read(Path::new(&path.value), MAX_DESCRIPTOR)
        .map_err(|error| path.invalid(format!("cannot read {}: {error}", path.value)))?;
    let descriptor: Descriptor = serde_json::from_slice(&text)
        .map_err(|error| path.invalid(format!("{} is not a descriptor: {error}", path.value)))?;
    let dns = descriptor.dns;
    Ok(Some((descriptor.into(), dns)))
}
