//! English texts of Mailgrant, for each code, label, and state of `domain`.
//!
//! The pages, the command line, the API, and notifications take their texts from here, so each text
//! exists once. The crate builds for the browser and for the server. It knows `domain` and nothing
//! else: no HTML, no style sheet, no HTTP status, and no error type of another crate. A crate with
//! its own error type maps it to a text of this crate, for example to one of [`request_problem`].
//!
//! A text is a function of its code, named after the code: [`role()`] for `Role`, [`role_help`] for
//! the help next to it, [`smtp_field_label`] for `SmtpField`. [`Words`] is a cause with its fix.
//! Start reading at [`explain`], which turns a finding into a cause and a fix, and at
//! [`smtp_field_error`].

mod access_form;
mod access_problem;
mod age;
mod alert;
pub mod api_problem;
mod audit;
pub mod audit_verification;
mod browser;
mod check_fact;
mod check_headline;
mod check_report;
mod check_step;
mod choice;
mod command_line;
mod device;
mod discovery;
mod field_error;
mod field_warning;
mod finding;
mod flash;
mod mailbox;
mod message;
mod message_error;
mod notification;
pub mod readiness;
mod recipe;
mod remedy;
pub mod request_problem;
mod role;
mod sender;
mod sender_session;
mod sending;
pub mod sending_state;
mod smtp_error;
mod smtp_field;

pub use access_form::{
    PASSWORD_RULE, account_change_error, change_password_error, new_account_error, new_key_error,
    new_password_error, setup_error,
};
pub use access_problem::access_problem;
pub use age::age;
pub use alert::{
    alert_field_label, alert_form_problem, alert_kind, alert_kind_help, alert_path,
    alert_settings_error, channel_error, channel_kind, inbound_webhook_error, server_facts,
};
pub use audit::{AuditSentence, actor, audit_action, audit_sentence, changed_field};
pub use browser::browser;
pub use check_fact::{check_fact, check_fact_value};
pub use check_headline::{check_title, check_warnings, checked_settings};
pub use check_report::{
    check_outcome, check_step_lines, check_transcript, finding_lines, unplaced_finding,
};
pub use check_step::{check_part, milliseconds, step_kind, step_verdict};
pub use choice::{mailbox_security, provider, security, tls_minimum};
pub use command_line::{CommandLineError, command_line_errors};
pub use device::{
    device_field_label, device_kind, device_kind_help, device_name, device_rule, listener_reason,
    service_problem,
};
pub use discovery::{
    discovery_problem, discovery_result, discovery_source, issuer_problem, proposed_server,
};
pub use field_error::{NOT_A_DATE, UNKNOWN_CHOICE, address_error, url_error};
pub use field_warning::field_warning;
pub use finding::{Explanation, explain, finding_text};
pub use flash::flash_message;
pub use mailbox::{folder, mail_from, mail_subject, mailbox_problem, new_mails, search_in, size};
pub use message::{
    NO_SUBJECT, arrival_protocol, attempt_outcome, count, counted, message_refusal, message_state,
    message_state_help, message_subject, recipient_kind, recipient_state,
};
pub use message_error::{message_field_error, parameter_error};
pub use notification::{
    NotificationText, notification, notification_event, notification_failure, webhook_failure,
};
pub use recipe::{
    CERTIFICATE_FILE, RecipeBlock, RecipeBody, RecipeValues, certificate_help, encryption, recipe,
    recipe_fields, recipe_text,
};
pub use remedy::remedy;
pub use role::{key_scope, role, role_help};
pub use sender::{
    null_sender, other_from, sender_field_help, sender_field_label, sender_form_error,
    sender_form_errors,
};
pub use sender_session::{sender_session_connection, sender_session_result};
pub use sending::{sending_field_error, sending_field_help, sending_field_label};
pub use smtp_error::{data_center_error, smtp_field_error};
pub use smtp_field::{smtp_field_help, smtp_field_label, smtp_field_placeholder};

/// A cause and its fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// The cause.
    pub cause: &'static str,
    /// The fix.
    pub fix: &'static str,
}

impl Words {
    /// Returns both as one text.
    pub fn joined(self) -> String {
        [self.cause, self.fix].join(" ")
    }
}

const fn words(cause: &'static str, fix: &'static str) -> Words {
    Words { cause, fix }
}
