//! The pages.

pub(crate) mod access;
pub(crate) mod account;
mod activity;
pub(crate) mod add_device;
pub(crate) mod alerts;
mod api;
mod authorized;
mod failure;
mod flash;
mod help;
mod home;
pub(crate) mod login;
mod mailbox;
pub(crate) mod message;
mod messages;
mod not_found;
pub(crate) mod password;
mod query;
mod refused;
mod sender_sessions;
pub(crate) mod senders;
pub(crate) mod sending_settings;
pub(crate) mod setup;
mod smtp_settings;

use crate::{form::OneTimeSecret, paths, request};

pub use access::AccessPage;
pub use account::AccountPage;
pub use activity::ActivityPage;
pub use add_device::AddDevicePage;
pub use alerts::AlertsPage;
pub use api::ApiPage;
pub use authorized::{AUTHORIZATION, AuthorizedPage};
pub use help::{GoogleHelpPage, MicrosoftHelpPage};
pub use home::HomePage;
pub use login::LoginPage;
pub use mailbox::{MailPage, MailboxPage};
pub use message::MessagePage;
pub use messages::MessagesPage;
pub use not_found::NotFoundPage;
pub use password::PasswordPage;
pub use refused::{CallbackRefusedPage, ForbiddenPage, SessionEndedPage};
pub use sender_sessions::{SenderSessionsPage, UnknownSendersPage};
pub use senders::{AddSenderPage, EditSenderPage, SendersPage};
pub use sending_settings::SendingSettingsPage;
pub use setup::SetupPage;
pub use smtp_settings::{SMTP_SETTINGS, SmtpSettingsPage};

/// Returns true if the page of a path has an island or receives events, or shows a secret with a
/// button to copy it. Other pages load no script.
pub fn needs_wasm(path: &str) -> bool {
    let whole = [
        paths::SmtpSettings::PATH,
        paths::AddDevice::PATH,
        paths::Mailbox::PATH,
        paths::Messages::PATH,
        paths::UnknownSenders::PATH,
    ];
    let below = [paths::Authorized::path(""), paths::Message::path("")];
    let has_sessions = paths::SenderSessions::id_in(path).is_some();
    let has_secret = request::posted::<OneTimeSecret>().is_some();
    has_sessions
        || has_secret
        || whole.contains(&path)
        || below.iter().any(|below| path.starts_with(below.as_str()))
}
