//! Settings of the outbox.

use std::ops::RangeInclusive;

use domain::DataCenterId;
use mail::OutboxOptions;

use super::{ConfigError, Setting, report::Report, values::Values};

/// Reads the settings of the outbox.
pub fn read(values: &Values, report: &mut Report) -> Result<OutboxOptions, ConfigError> {
    let defaults = OutboxOptions::default();
    let data_centers = data_centers(values, report)?;
    let connections = number(
        Setting::Connections,
        defaults.connections,
        1..=64,
        "must be a number of connections from 1 to 64",
        values,
        report,
    )?;
    let lease = number(
        Setting::LeaseSeconds,
        defaults.lease,
        10..=3_600,
        "must be a number of seconds from 10 to 3600",
        values,
        report,
    )?;
    let hours = u32::try_from(defaults.give_up_after / 3_600).unwrap_or(u32::MAX);
    let hours = number(
        Setting::GiveUpHours,
        hours,
        1..=720,
        "must be a number of hours from 1 to 720",
        values,
        report,
    )?;
    let megabytes = number(
        Setting::WaitingMbPerKey,
        1_024,
        0..=u32::MAX,
        "must be a whole number of megabytes; 0 means no limit",
        values,
        report,
    )?;
    let waiting = u64::from(megabytes) * 1024 * 1024;
    Ok(OutboxOptions {
        waiting_per_key: (waiting > 0).then_some(waiting),
        data_centers,
        connections,
        lease,
        give_up_after: i64::from(hours) * 3_600,
        ..defaults
    })
}

fn number(
    setting: Setting,
    default: u32,
    allowed: RangeInclusive<u32>,
    problem: &str,
    values: &Values,
    report: &mut Report,
) -> Result<u32, ConfigError> {
    let found = values.typed(setting, default, problem)?;
    if !allowed.contains(&found.value) {
        return Err(found.invalid(problem));
    }
    report.plain(setting, found.value, &found.source);
    Ok(found.value)
}

/// Reads the data centers that this server sends for. An empty list means all.
fn data_centers(values: &Values, report: &mut Report) -> Result<Vec<DataCenterId>, ConfigError> {
    let Some(texts) = values.list(Setting::DataCenter)? else {
        report.missing(Setting::DataCenter);
        return Ok(Vec::new());
    };
    let ids = texts.value.iter().map(|text| {
        DataCenterId::parse(text)
            .map_err(|_| texts.invalid(format!("{text:?} is not the ID of a data center")))
    });
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    report.list(Setting::DataCenter, &texts.source, &texts.value);
    Ok(ids)
}
