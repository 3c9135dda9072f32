//! The listeners of the SMTP server and its certificate, for the page about senders.
//!
//! The server fills them in when it starts, and replaces the certificate when it was renewed.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
};

use domain::UnixTime;

/// Use of TLS by a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerMode {
    /// Without TLS at first; STARTTLS is offered.
    StartTls,
    /// TLS from the first octet.
    Tls,
    /// Without TLS.
    Plain,
}

/// A listener of the SMTP server.
#[derive(Clone, Debug)]
pub struct SmtpListener {
    /// The address, with the port that the system chose if it is 0 in the configuration.
    pub address: SocketAddr,
    /// Use of TLS.
    pub mode: ListenerMode,
    /// Networks that may connect. Empty means all.
    pub networks: Vec<String>,
    /// The reason why it accepts no connections, if it does not.
    pub problem: Option<String>,
}

impl SmtpListener {
    /// Returns true if only programs on the machine of the server can connect.
    pub fn is_local(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }
}

/// The certificate of the SMTP server. Never contains its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListenerCertificate {
    /// The certificate and its chain in PEM.
    pub pem: String,
    /// The host names and addresses for which it is valid.
    pub names: Vec<String>,
    /// The time at which it expires, if it could be read.
    pub expires_at: Option<UnixTime>,
    /// True if Mailgrant made it, false if it was configured.
    pub is_self_signed: bool,
}

/// All listeners. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct SmtpListeners(Arc<RwLock<Shared>>);

#[derive(Debug, Default)]
struct Shared {
    listeners: Vec<SmtpListener>,
    certificate: Option<ListenerCertificate>,
}

impl SmtpListeners {
    /// Adds a listener.
    pub fn add(&self, listener: SmtpListener) {
        let mut shared = self.0.write().unwrap_or_else(PoisonError::into_inner);
        shared.listeners.push(listener);
    }

    /// Replaces the certificate.
    pub fn set_certificate(&self, certificate: ListenerCertificate) {
        let mut shared = self.0.write().unwrap_or_else(PoisonError::into_inner);
        shared.certificate = Some(certificate);
    }

    /// Returns all listeners, in the order of the configuration.
    pub fn all(&self) -> Vec<SmtpListener> {
        let shared = self.0.read().unwrap_or_else(PoisonError::into_inner);
        shared.listeners.clone()
    }

    /// Returns the certificate; `None` if no listener needs one.
    pub fn certificate(&self) -> Option<ListenerCertificate> {
        let shared = self.0.read().unwrap_or_else(PoisonError::into_inner);
        shared.certificate.clone()
    }
}
