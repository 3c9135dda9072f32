//! How a message came in.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::MessageId;
use crate::{SenderId, SenderName, codes::codes};

codes! {
    /// Way in which a message came in.
    ArrivalProtocol {
        /// Over SMTP, through a listener.
        Smtp = "smtp",
        /// Over the HTTP API.
        Http = "http",
        /// Over the HTTP API, after it had waited in the spool of `mailgrant send`.
        Spool = "spool",
        /// A user resent a message.
        Resent = "resent",
        /// Mailgrant wrote it, as an alert.
        Alert = "alert",
    }
}

/// Sender of a message, by the name that it had at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalSender {
    /// ID of the sender, which may have been removed since.
    pub id: SenderId,
    /// Name of the sender.
    pub name: SenderName,
}

/// How a message came in. Facts that the protocol does not have are `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Way in which it came in.
    pub protocol: ArrivalProtocol,
    /// Sender that it counts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<ArrivalSender>,
    /// Address of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_address: Option<IpAddr>,
    /// Name in the client's EHLO or HELO. Untrusted, but safe to display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// TLS version of an SMTP session, such as `1.3`. `None` without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<String>,
    /// Listener that accepted the SMTP session: its address and mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<String>,
    /// Message that was resent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent_from: Option<MessageId>,
}

impl Arrival {
    /// Returns an arrival of which only the protocol is known.
    pub fn over(protocol: ArrivalProtocol) -> Self {
        Self {
            protocol,
            sender: None,
            client_address: None,
            client_name: None,
            tls: None,
            listener: None,
            resent_from: None,
        }
    }
}
