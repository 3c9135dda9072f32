//! The verbs of Mailgrant.
//!
//! [`Mailer`] is what pages, the HTTP side and the command line call. It holds no state of its own
//! beyond connections; everything that must last is in the [`store::Store`].

mod error;
mod mailer;

pub use error::{DataCenterError, MailError, SaveError, TestError};
pub use mailer::{
    Begun, BrowserKey, Callback, Clock, Mailer, MailerOptions, Saved, SystemClock, Timeouts,
};
