//! The pages.

mod authorized;
mod failure;
mod home;
mod not_found;
mod smtp_settings;

pub use authorized::{AUTHORIZATION, AuthorizedPage};
pub use home::HomePage;
pub use not_found::NotFoundPage;
pub use smtp_settings::{SMTP_SETTINGS, SmtpSettingsPage};
