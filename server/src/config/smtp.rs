//! Where and how mail is accepted over SMTP.

use std::{net::SocketAddr, path::PathBuf};

use domain::Host;
use submission::{ListenerOptions, Mode};

use super::{
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

/// How mail is accepted over SMTP.
#[derive(Clone, Debug, Default)]
pub struct SmtpConfig {
    /// Where to listen.
    pub listeners: Vec<ListenerOptions>,
    /// True if the listeners are the default. The server also starts if their port is taken.
    pub is_default: bool,
    /// The host name in the greeting and in a certificate that Mailgrant makes. The default is that
    /// of the machine.
    pub name: Option<Host>,
    /// The certificate. `None` for one that Mailgrant makes.
    pub certificate: Option<SmtpCertificate>,
}

/// PEM files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpCertificate {
    /// The certificate, followed by those of its chain.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Reads the settings of the SMTP server.
pub fn read(values: &Values, report: &mut Report) -> Result<SmtpConfig, ConfigError> {
    let texts = values.list(Setting::SmtpListeners)?;
    let is_default = texts.is_none();
    let texts = texts.unwrap_or_else(|| Sourced {
        setting: Setting::SmtpListeners,
        source: Source::Default,
        value: vec![DEFAULT.to_owned()],
    });
    let listeners = listeners(&texts)?;
    report.list(Setting::SmtpListeners, &texts.source, &texts.value);
    let name = values.text(Setting::SmtpName)?;
    report.optional(Setting::SmtpName, name.as_ref());
    let name = name.as_ref().map(host).transpose()?;
    let certificate = values.text(Setting::SmtpCertificate)?;
    report.optional(Setting::SmtpCertificate, certificate.as_ref());
    let key = values.text(Setting::SmtpCertificateKey)?;
    report.optional(Setting::SmtpCertificateKey, key.as_ref());
    Ok(SmtpConfig {
        listeners,
        is_default,
        name,
        certificate: match (certificate, key) {
            (Some(certificate), Some(key)) => Some(SmtpCertificate {
                certificate: certificate.value.into(),
                key: key.value.into(),
            }),
            (None, None) => None,
            (Some(certificate), None) => {
                return Err(certificate.invalid("is set without smtp_certificate_key"));
            }
            (None, Some(key)) => return Err(key.invalid("is set without smtp_certificate")),
        },
    })
}

fn host(name: &Sourced<String>) -> Result<Host, ConfigError> {
    let host = Host::parse(&name.value);
    host.map_err(|_| name.invalid("is not a host name, such as mail.example.com"))
}

/// Parses the listeners of a server.
pub fn listeners(texts: &Sourced<Vec<String>>) -> Result<Vec<ListenerOptions>, ConfigError> {
    if let [one] = &*texts.value
        && one == OFF
    {
        return Ok(Vec::new());
    }
    let texts_and_positions = (1..).zip(&texts.value);
    texts_and_positions
        .map(|(position, text)| {
            listener(text)
                .map_err(|problem| texts.invalid(format!("value {position}, {text:?}, {problem}")))
        })
        .collect()
}

/// Parses `ADDRESS:PORT MODE NETWORK…`.
fn listener(text: &str) -> Result<ListenerOptions, String> {
    let mut words = text.split_whitespace();
    let address: SocketAddr = words
        .next()
        .and_then(|word| word.parse().ok())
        .ok_or("does not begin with an IP address and a port, such as 127.0.0.1:2525")?;
    let mode = words.next().unwrap_or_default();
    let mode = Mode::ALL.into_iter().find(|known| known.name() == mode);
    let mode = mode.ok_or("has no mode after the port: starttls, tls, or plain")?;
    let networks = words
        .map(|word| {
            let network =
                network(word).map_err(|problem| format!("has {word:?}, which {problem}"))?;
            if network.prefix_len() == 0 {
                return Err(format!("has {network}, which contains every address"));
            }
            Ok(network)
        })
        .collect::<Result<Vec<_>, String>>()?;
    let is_local = address.ip().to_canonical().is_loopback();
    if mode == Mode::Plain && !is_local && networks.is_empty() {
        return Err("would let passwords be sent unencrypted from any address. Add the networks that may connect, such as 192.168.1.0/24, or use starttls or tls".into());
    }
    Ok(ListenerOptions {
        address,
        mode,
        networks,
    })
}

#[cfg(test)]
mod tests {
    use super::{Mode, listener};

    #[test]
    fn a_listener_is_an_address_a_mode_and_networks() {
        for (text, mode, networks) in [
            ("127.0.0.1:2525 starttls", Mode::StartTls, 0),
            ("[::]:465  tls", Mode::Tls, 0),
            ("127.0.0.1:25 plain", Mode::Plain, 0),
            ("0.0.0.0:25 plain 192.168.1.0/24 10.0.0.7", Mode::Plain, 2),
            ("0.0.0.0:587 starttls 10.0.0.0/8", Mode::StartTls, 1),
        ] {
            let parsed = listener(text).unwrap();
            assert_eq!(
                (parsed.mode, parsed.networks.len()),
                (mode, networks),
                "{text}"
            );
        }
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
            (
                "0.0.0.0:25 plain 10.0.0.1/8",
                "is an address within a network",
            ),
            (
                "0.0.0.0:25 plain office",
                "is neither an IP address nor a network",
            ),
        ] {
            let error = listener(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
