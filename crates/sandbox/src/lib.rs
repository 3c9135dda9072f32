//! Mail provider on loopback, for trials and tests of Mailgrant. It has an OAuth 2.0 authorization
//! server with login and consent pages, SMTP and IMAP servers with STARTTLS and implicit TLS, a DNS
//! server, and named faults. It is never part of the product and knows none of its crates.
//!
//! The behavior was observed at real servers. A token that does not fit in one AUTH line must
//! follow a `334`. A rejected token is explained in a `334` before the `535`. A second use of a
//! rotated refresh token ends the whole grant, and a second use of a code revokes its tokens.
//!
//! Start reading at [`Sandbox`], and at [`Faults`] for everything that can fail.
//!
//! ```no_run
//! # async fn example() -> Result<(), sandbox::StartError> {
//! use sandbox::{Faults, Sandbox, SandboxConfig, TokenError};
//!
//! let sandbox = Sandbox::start(SandboxConfig::default()).await?;
//! sandbox.control().set(Faults {
//!     token_error: TokenError::named("AADSTS7000215"),
//!     ..Faults::default()
//! });
//! # Ok(())
//! # }
//! ```

mod clock;
mod config;
mod connection;
mod control;
mod descriptor;
mod dns;
mod faults;
mod grants;
mod html;
mod imap;
mod mail;
mod oauth;
mod random;
mod record;
mod sandbox;
mod sasl;
mod scenario;
mod sign_in;
mod smtp;
mod state;
mod tls;
mod web;

pub use config::{SandboxConfig, StartError};
pub use control::Control;
pub use descriptor::{Account, Descriptor};
pub use faults::{
    Certificate, CutAt, Faults, ImapFault, MessageIdStyle, RefusalStyle, Stage, StageReply,
    TlsVersion, TokenError,
};
pub use oauth::AnswerError;
pub use record::{AuthAttempt, ClientAuthentication, ReceivedMessage, TokenRequest};
pub use sandbox::Sandbox;
pub use scenario::{Action, NAMED_HOST, RequiredSettings, Scenario, scenarios};
