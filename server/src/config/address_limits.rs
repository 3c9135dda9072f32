//! Limits on what one address may have open.

use std::num::NonZeroU32;

use super::{ConfigError, Setting, report::Report, values::Values};

/// Limits for one address. `None` means unlimited.
#[derive(Clone, Copy, Debug)]
pub struct AddressLimits {
    /// Open connections. Behind a trusted proxy: requests in flight.
    pub connections: Option<NonZeroU32>,
    /// Open event streams.
    pub streams: Option<NonZeroU32>,
}

impl Default for AddressLimits {
    fn default() -> Self {
        Self {
            connections: NonZeroU32::new(1_024),
            streams: NonZeroU32::new(128),
        }
    }
}

/// Reads the limits.
pub fn read(values: &Values, report: &mut Report) -> Result<AddressLimits, ConfigError> {
    let defaults = AddressLimits::default();
    let mut limit = |setting, default: Option<NonZeroU32>, problem| {
        let default = default.map_or(0, NonZeroU32::get);
        let found = values.typed(setting, default, problem)?;
        report.plain(setting, found.value, &found.source);
        Ok(NonZeroU32::new(found.value))
    };
    Ok(AddressLimits {
        connections: limit(
            Setting::ConnectionsPerAddress,
            defaults.connections,
            "must be a whole number of connections; 0 means no limit",
        )?,
        streams: limit(
            Setting::StreamsPerAddress,
            defaults.streams,
            "must be a whole number of event streams; 0 means no limit",
        )?,
    })
}
