//! From codes to English: the one place.

mod access_field;
mod api_error;
mod audit;
mod browser;
mod choice;
mod done;
mod field;
mod field_error;
mod field_warning;
mod finding;
mod findings_connection;
mod findings_domain;
mod findings_imap;
mod findings_oauth;
mod findings_smtp;
mod problem;
mod role;
mod step;

pub use access_field::{PASSWORD_RULE, access_error};
pub use api_error::api_error;
pub use audit::{action, changed_field, sentence, who};
pub use browser::browser;
pub use choice::{provider, security, tls_minimum};
pub use done::done;
pub use field::{help, label, placeholder};
pub use field_error::field_error;
pub use field_warning::field_warning;
pub use finding::explain;
pub use problem::problem;
pub use role::{role, role_help, scope};
pub use step::{kind, milliseconds, verdict};

/// What is the matter, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What is the matter.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Words {
    /// Both, as one text.
    pub fn joined(self) -> String {
        [self.cause, self.fix].join(" ")
    }
}

const fn words(cause: &'static str, fix: &'static str) -> Words {
    Words { cause, fix }
}
