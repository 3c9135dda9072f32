//! From codes to English: the one place.

mod access_field;
mod age;
mod alert;
mod api_error;
mod audit;
mod browser;
mod choice;
mod discovery;
mod done;
mod fact;
mod field;
mod field_error;
mod field_warning;
mod finding;
mod findings_connection;
mod findings_domain;
mod findings_imap;
mod findings_oauth;
mod findings_smtp;
mod mailbox;
mod message;
mod message_error;
mod problem;
mod remedy;
mod role;
mod sending;
mod step;
mod template;
mod title;
mod transcript;

pub use access_field::{PASSWORD_RULE, access_error};
pub use age::age;
pub use alert::{
    AlertWords, alert_error, alert_label, alert_words, day, kind_help, kind_label,
    mail_hook_failure, route_kind, server_facts, subject_path, telling_event, telling_failure,
};
pub use api_error::api_error;
pub use audit::{action, changed_field, sentence, who};
pub use browser::browser;
pub use choice::{mailbox_security, provider, security, tls_minimum};
pub use discovery::{found, issuer_trouble, server, source, trouble};
pub use done::done;
pub use fact::{fact, fact_value};
pub use field::{help, label, placeholder};
pub use field_error::field_error;
pub use field_warning::field_warning;
pub use finding::{explain, finding_told};
pub use mailbox::{folder, mail_from, mail_subject, mail_trouble, new_mails, search_in, size};
pub use message::{
    attempt_outcome, count, counted, message_refusal, message_state, message_state_class,
    message_state_help, recipient_kind, recipient_state, recipient_state_class, subject,
};
pub use message_error::message_error;
pub use problem::problem;
pub use remedy::remedy;
pub use role::{role, role_help, scope};
pub use sending::{sending_error, sending_help, sending_label};
pub use step::{kind, milliseconds, part, verdict};
pub use title::page_title;
pub use transcript::{ended, finding_in_text, step_in_text, transcript, unplaced};

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
