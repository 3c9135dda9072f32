//! Fields of forms, with the texts of their errors.

use domain::{
    DeviceField, SenderField, SenderFormError, SendingField, SendingForm, SendingFormError,
    access::{
        AccessField, AccessProblem, AccountChangeError, ChangePasswordError, NewAccountError,
        NewKeyError, NewPasswordError, SetupError,
    },
    alert::{
        AlertField, AlertFormProblem, AlertSettingsError, ChannelFormError, InboundWebhookFormError,
    },
};

use crate::error::ApiError;

/// A field of a form.
pub trait Field: Copy + Ord + Send + Sync + 'static {
    /// Error at a field.
    type Error: Copy + Send + Sync + 'static;
    /// Reason to refuse a form that belongs to none of its fields.
    type Problem: Clone + Send + Sync + 'static;

    /// Returns the name of the input.
    fn name(self) -> &'static str;

    /// Returns the text of an error in the value `typed`.
    fn error_text(self, error: Self::Error, typed: &str) -> String;
}

/// A problem that a banner explains.
pub trait Problem {
    /// Returns the cause and the fix.
    fn words(&self) -> (&'static str, String);
}

/// Error at a field of one of the forms about access.
#[derive(Clone, Copy, Debug)]
#[allow(
    dead_code,
    reason = "only the handlers of the forms construct it, on the server"
)]
pub enum AccessFormError {
    /// The setup.
    Setup(SetupError),
    /// The form behind a password link.
    NewPassword(NewPasswordError),
    /// The form that changes the own password.
    ChangePassword(ChangePasswordError),
    /// A new account.
    NewAccount(NewAccountError),
    /// The row of an account.
    Account(AccountChangeError),
    /// A new API key.
    NewKey(NewKeyError),
}

impl Field for AccessField {
    type Error = AccessFormError;
    type Problem = AccessProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: AccessFormError, _typed: &str) -> String {
        let words = match error {
            AccessFormError::Setup(error) => wording::setup_error(error),
            AccessFormError::NewPassword(error) => wording::new_password_error(error),
            AccessFormError::ChangePassword(error) => wording::change_password_error(error),
            AccessFormError::NewAccount(error) => wording::new_account_error(error),
            AccessFormError::Account(error) => wording::account_change_error(error),
            AccessFormError::NewKey(error) => wording::new_key_error(self, error),
        };
        words.joined()
    }
}

impl Problem for AccessProblem {
    fn words(&self) -> (&'static str, String) {
        wording::access_problem(*self)
    }
}

/// Error at a field of one of the forms about alerts and webhooks.
#[derive(Clone, Copy, Debug)]
#[allow(
    dead_code,
    reason = "only the handlers of the forms construct it, on the server"
)]
pub enum AlertFormError {
    /// The alert settings.
    Settings(AlertSettingsError),
    /// A channel.
    Channel(ChannelFormError),
    /// A webhook for new mail.
    InboundWebhook(InboundWebhookFormError),
}

impl Field for AlertField {
    type Error = AlertFormError;
    type Problem = AlertFormProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: AlertFormError, _typed: &str) -> String {
        let words = match error {
            AlertFormError::Settings(error) => wording::alert_settings_error(self, error),
            AlertFormError::Channel(error) => wording::channel_error(self, error),
            AlertFormError::InboundWebhook(error) => wording::inbound_webhook_error(error),
        };
        words.joined()
    }
}

impl Problem for AlertFormProblem {
    fn words(&self) -> (&'static str, String) {
        let words = wording::alert_form_problem(*self);
        (words.cause, words.fix.to_owned())
    }
}

impl Field for SenderField {
    type Error = SenderFormError;
    type Problem = AccessProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: SenderFormError, _typed: &str) -> String {
        wording::sender_form_error(self, error)
    }
}

/// Reason to refuse the form about sending that belongs to none of its fields.
#[derive(Clone, Debug)]
pub enum SendingProblem {
    /// Another administrator saved since the form was opened.
    Conflict {
        /// Version that is saved now.
        version: i64,
    },
    /// Another failure.
    Other(ApiError),
}

impl Field for SendingField {
    type Error = SendingFormError;
    type Problem = SendingProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: SendingFormError, typed: &str) -> String {
        // The words name the first address that is wrong.
        let form = SendingForm {
            allowed_from: typed.to_owned(),
            ..SendingForm::default()
        };
        wording::sending_field_error(self, error, &form)
    }
}

impl Field for DeviceField {
    type Error = SenderFormError;
    type Problem = ApiError;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: SenderFormError, _typed: &str) -> String {
        wording::sender_form_error(self.sender_field(), error)
    }
}
