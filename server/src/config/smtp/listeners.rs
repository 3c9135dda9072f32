//! The listeners of the SMTP server, as texts or as tables.

use std::net::SocketAddr;

use domain::SenderName;
use ipnet::IpNet;
use serde::Deserialize;
use submission::{ListenerOptions, Mode};

use crate::config::{
    ConfigError, Setting,
    networks::network,
    report::Report,
    source::Source,
    values::{Sourced, Values},
};

/// The listener without configuration: only programs on this machine reach it.
const DEFAULT: &str = "127.0.0.1:2525 starttls";
/// The value for no listeners.
const OFF: &str = "off";
const PROBLEM: &str = "is not a list of listeners. A listener is a text such as \"127.0.0.1:2525 starttls\", or a table with address and mode, and optionally networks, senders, and proxies";

/// A listener as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    /// One or several listeners, separated by commas.
    Text(String),
    Table(Table),
}

/// The parts of a listener.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    address: String,
    mode: String,
    #[serde(default)]
    networks: Vec<String>,
    #[serde(default)]
    senders: Vec<String>,
    #[serde(default)]
    proxies: Vec<String>,
}

/// Reads the listeners of the SMTP server. Returns true with them if they are the default.
pub fn read(
    values: &Values,
    report: &mut Report,
) -> Result<(Vec<ListenerOptions>, bool), ConfigError> {
    let setting = Setting::SmtpListeners;
    if let Some(listeners) = configured(setting, values, report)? {
        return Ok((listeners, false));
    }
    report.list(setting, &Source::Default, &[DEFAULT.to_owned()]);
    let default = table(DEFAULT).and_then(|table| listener(&table));
    Ok((default.into_iter().collect(), true))
}

/// Reads the listeners of a server. Returns `None` if they are not configured.
pub fn configured(
    setting: Setting,
    values: &Values,
    report: &mut Report,
) -> Result<Option<Vec<ListenerOptions>>, ConfigError> {
    let Some(written) = values.several(setting, PROBLEM)? else {
        return Ok(None);
    };
    let written: Sourced<Vec<Written>> = written;
    if let [Written::Text(one)] = &*written.value
        && one.trim() == OFF
    {
        report.list(setting, &written.source, &[OFF.to_owned()]);
        return Ok(Some(Vec::new()));
    }
    let mut listeners = Vec::new();
    for one in &written.value {
        let position = listeners.len() + 1;
        match one {
            Written::Table(table) => {
                let invalid = |problem| written.invalid(format!("value {position} {problem}"));
                listeners.push(listener(table).map_err(invalid)?);
            }
            Written::Text(text) => {
                for (position, text) in (position..).zip(split(text, |c| c == ',')) {
                    let parsed = table(text).and_then(|table| listener(&table));
                    listeners.push(parsed.map_err(|problem| {
                        written.invalid(format!("value {position}, {text:?}, {problem}"))
                    })?);
                }
            }
        }
    }
    let shown: Vec<_> = listeners.iter().map(ToString::to_string).collect();
    report.list(setting, &written.source, &shown);
    Ok(Some(listeners))
}

/// Splits a text outside of quotes.
fn split(text: &str, is_separator: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    let parts = text.split(move |character| {
        in_quotes ^= character == '"';
        !in_quotes && is_separator(character)
    });
    parts.map(str::trim)
}

/// Parses `ADDRESS:PORT MODE`, then networks, `sender=NAME`, and `proxy=NETWORK` in any order.
/// Names may be in quotes.
fn table(text: &str) -> Result<Table, String> {
    if text.matches('"').count() % 2 == 1 {
        return Err("has a quote that is not closed".into());
    }
    let mut words = split(text, char::is_whitespace).filter(|word| !word.is_empty());
    let mut table = Table {
        address: words.next().unwrap_or_default().to_owned(),
        mode: words.next().unwrap_or_default().to_owned(),
        ..Table::default()
    };
    for word in words {
        match word.split_once('=') {
            None => table.networks.push(word.to_owned()),
            Some(("sender", name)) => table.senders.push(name.trim_matches('"').to_owned()),
            Some(("proxy", network)) => table.proxies.push(network.to_owned()),
            Some((name, _)) => {
                return Err(format!("has {name:?}, which is neither sender nor proxy"));
            }
        }
    }
    Ok(table)
}

fn listener(table: &Table) -> Result<ListenerOptions, String> {
    let address: SocketAddr = table
        .address
        .parse()
        .map_err(|_| "does not begin with an IP address and a port, such as 127.0.0.1:2525")?;
    let mut modes = Mode::ALL.into_iter();
    let mode = modes.find(|known| known.name() == table.mode);
    let mode = mode.ok_or("has no mode after the port: starttls, tls, or plain")?;
    let networks = networks(&table.networks)?;
    let is_local = address.ip().to_canonical().is_loopback();
    if mode == Mode::Plain && !is_local && networks.is_empty() {
        return Err("would let passwords be sent unencrypted from any address. Add the networks that may connect, such as 192.168.1.0/24, or use starttls or tls".into());
    }
    let senders = table.senders.iter().map(|name| {
        SenderName::parse(name)
            .map_err(|_| format!("has {name:?}, which is not the name of a sender"))
    });
    Ok(ListenerOptions {
        address,
        mode,
        networks,
        senders: senders.collect::<Result<_, _>>()?,
        proxies: self::networks(&table.proxies)?,
    })
}

fn networks(texts: &[String]) -> Result<Vec<IpNet>, String> {
    let networks = texts.iter().map(|text| {
        let network = network(text).map_err(|problem| format!("has {text:?}, which {problem}"))?;
        if network.prefix_len() == 0 {
            return Err(format!("has {network}, which contains every address"));
        }
        Ok(network)
    });
    networks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<ListenerOptions, String> {
        table(text).and_then(|table| listener(&table))
    }

    #[test]
    fn a_listener_is_an_address_a_mode_and_networks() {
        for (text, mode, networks) in [
            ("127.0.0.1:2525 starttls", Mode::StartTls, 0),
            ("[::]:465  tls", Mode::Tls, 0),
            ("127.0.0.1:25 plain", Mode::Plain, 0),
            ("0.0.0.0:25 plain 192.168.1.0/24 10.0.0.7", Mode::Plain, 2),
            ("0.0.0.0:587 starttls 10.0.0.0/8", Mode::StartTls, 1),
        ] {
            let parsed = parsed(text).unwrap();
            assert_eq!(
                (parsed.mode, parsed.networks.len()),
                (mode, networks),
                "{text}"
            );
        }
    }

    #[test]
    fn senders_and_proxies_follow_and_are_written_back() {
        let text = "0.0.0.0:587 starttls 10.0.0.0/8 sender=\"Printer, 2nd floor\" sender=\"NAS\" proxy=10.0.0.5/32";
        let listener = parsed(text).unwrap();
        let names: Vec<_> = listener.senders.iter().map(SenderName::as_str).collect();
        assert_eq!(names, ["Printer, 2nd floor", "NAS"]);
        assert_eq!(listener.proxies, [network("10.0.0.5").unwrap()]);
        assert_eq!(listener.to_string(), text);
        let unquoted = parsed("[::1]:25 plain proxy=10.0.0.5 sender=NAS").unwrap();
        assert_eq!(unquoted.senders[0].as_str(), "NAS");
    }

    #[test]
    fn commas_within_quotes_separate_no_listeners() {
        let text = "127.0.0.1:25 plain sender=\"a, b\", [::1]:25 plain";
        let listeners: Vec<_> = split(text, |c| c == ',').collect();
        assert_eq!(
            listeners,
            ["127.0.0.1:25 plain sender=\"a, b\"", "[::1]:25 plain"]
        );
    }

    #[test]
    fn an_open_listener_without_tls_and_other_mistakes_are_refused() {
        for (text, problem) in [
            ("", "does not begin with an IP address"),
            ("localhost:25 tls", "does not begin with an IP address"),
            ("127.0.0.1:25", "has no mode"),
            ("127.0.0.1:25 ssl", "has no mode"),
            ("0.0.0.0:25 plain", "unencrypted from any address"),
            ("0.0.0.0:25 plain 0.0.0.0/0", "contains every address"),
            ("0.0.0.0:25 tls proxy=0.0.0.0/0", "contains every address"),
            ("0.0.0.0:25 tls sender=", "is not the name of a sender"),
            ("0.0.0.0:25 tls sender=\"a", "a quote that is not closed"),
            ("0.0.0.0:25 tls user=a", "neither sender nor proxy"),
            (
                "0.0.0.0:25 plain 10.0.0.1/8",
                "is an address within a network",
            ),
            (
                "0.0.0.0:25 plain office",
                "is neither an IP address nor a network",
            ),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
