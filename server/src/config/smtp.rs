//! Where and how mail is accepted over SMTP.

pub(super) mod listeners;

use std::path::PathBuf;

use domain::Host;
use submission::ListenerOptions;

use super::{
    ConfigError, Setting,
    report::Report,
    values::{Sourced, Values},
};

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
    let (listeners, is_default) = listeners::read(values, report)?;
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
