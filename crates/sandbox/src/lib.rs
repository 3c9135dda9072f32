//! A mail provider on loopback, for trying Mailgrant and for testing it: an OAuth 2.0
//! authorization server with login and consent pages, an SMTP submission server with STARTTLS and
//! with implicit TLS, and faults that are switched on by name. It is never part of the product.
//!
//! It behaves as real servers were seen to behave: a token that does not fit one AUTH line must
//! come after `334`, a refused token is explained in a `334` before the `535`, a rotated refresh
//! token used twice ends the whole grant, a code used twice revokes what it gave.
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
mod control;
mod descriptor;
mod dns;
mod faults;
mod imap;
mod mail;
mod oauth;
mod random;
mod record;
mod sandbox;
mod sasl;
mod scenario;
mod smtp;
mod state;
mod tls;
mod web;

pub use config::{SandboxConfig, StartError};
pub use control::Control;
pub use descriptor::{Account, Descriptor};
pub use faults::{
    Certificate, CutAt, Faults, ImapFault, RefusalStyle, Stage, StageReply, TlsVersion, TokenError,
};
pub use oauth::AnswerError;
pub use record::{AuthAttempt, ClientAuthentication, ReceivedMessage, TokenRequest};
pub use sandbox::Sandbox;
pub use scenario::{Action, Given, Scenario, scenarios};
