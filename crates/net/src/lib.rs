//! Outgoing connections, for every protocol that Mailgrant speaks as a client.
//!
//! [`Outgoing`] is the only way to an address: it resolves names, applies [`DeniedNetworks`], and
//! holds the TLS configuration. [`HttpClient`] and [`RecordingStream`] connect through it.
//! [`Recorder`] keeps the steps of a connection without its secrets. The crate knows no mail
//! protocol and no product feature. Start reading at [`Outgoing::resolve`].

mod certificate;
mod denied_networks;
mod document;
mod http;
mod http_resolver;
mod outgoing;
mod recorder;
mod redact;
#[cfg(test)]
mod redact_property_tests;
mod resolver;
mod stream;
mod timeouts;
pub mod tls;
#[cfg(test)]
mod url_property_tests;

pub use crate::{
    certificate::CertificateChain,
    denied_networks::DeniedNetworks,
    document::{Document, DocumentError, fetch_document},
    http::{HttpClient, HttpError},
    outgoing::{AllowedAddress, Outgoing, ResolveError, Resolved, address_list},
    recorder::{Recorder, Step},
    redact::Redactor,
    resolver::{LookupError, Resolver, Resolving, SystemResolver},
    stream::{RecordingStream, Stream},
    timeouts::Timeouts,
};
