//! The pages.

mod access;
mod account;
mod activity;
mod alerts;
mod api;
mod authorized;
mod done;
mod failure;
mod home;
mod link_token;
mod login;
mod mailbox;
mod not_found;
mod password;
mod query;
mod refused;
mod setup;
mod smtp_settings;

pub use access::AccessPage;
pub use account::AccountPage;
pub use activity::ActivityPage;
pub use alerts::AlertsPage;
pub use api::ApiPage;
pub use authorized::{AUTHORIZATION, AuthorizedPage};
pub use home::HomePage;
pub use login::LoginPage;
pub(crate) use mailbox::{LIVE, NEW_MAIL};
pub use mailbox::{MailPage, MailboxPage};
pub use not_found::NotFoundPage;
pub use password::PasswordPage;
pub(crate) use query::with_query;
pub use refused::{CallbackRefusedPage, ForbiddenPage, SessionEndedPage};
pub use setup::SetupPage;
pub use smtp_settings::{SMTP_SETTINGS, SmtpSettingsPage};

/// Whether there is an island on the page of a path; the others load no script.
pub fn has_island(path: &str) -> bool {
    path == "/settings/smtp" || path == "/mailbox" || path.starts_with("/authorized/")
}
