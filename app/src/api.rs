//! Server functions. Each parses its input, calls one operation, and maps its error.

mod access;
mod activity;
mod alerts;
#[expect(missing_docs, reason = "#[server] makes a struct of arguments")]
mod authorization;
#[expect(missing_docs, reason = "#[server] makes a struct of arguments")]
mod checks;
#[expect(missing_docs, reason = "#[server] makes a struct of arguments")]
mod data_centers;
mod devices;
#[expect(missing_docs, reason = "#[server] makes a struct of arguments")]
mod discovery;
mod document;
mod mailbox;
mod messages;
mod sender_sessions;
mod senders;
mod sending;
mod session;
#[expect(missing_docs, reason = "#[server] makes a struct of arguments")]
mod settings;

pub(crate) use access::{AccessPage, access_page};
pub(crate) use activity::{Activity, activity};
pub(crate) use alerts::{AlertsPage, InboundWebhookShown, alerts_page};
pub use authorization::{AuthorizeAgain, ReadGrantStatus};
pub(crate) use authorization::{authorization, grant_status};
pub use checks::{BeginCheck, CancelCheck, CheckConnection, SendTestEmail, run_again};
pub(crate) use checks::{begin_check, cancel_check};
pub use data_centers::{AddDataCenter, RemoveDataCenter, RenameDataCenter};
pub(crate) use data_centers::{add_data_center, remove_data_center, rename_data_center};
pub(crate) use devices::{DevicePage, device_page};
pub use discovery::Discover;
pub(crate) use discovery::{PresetFields, discover};
pub(crate) use document::{api_document, own_origin};
pub(crate) use mailbox::{MailList, MailboxPage, mail, mail_list};
pub use messages::MessagePage;
pub(crate) use messages::{MessageList, message_list, message_page, message_preview};
#[cfg(feature = "ssr")]
pub use messages::{PAGE_SIZE, read_message};
pub use sender_sessions::SenderSessionsPage;
#[cfg(feature = "ssr")]
pub use sender_sessions::read_sender_sessions;
pub(crate) use sender_sessions::{sender_name, sender_sessions};
pub(crate) use senders::{SenderPage, SendersPage, sender_page, senders_page};
pub(crate) use sending::{SendingPage, sending_page};
pub(crate) use session::{AccountPage, account_page, is_setup_link, password_link};
pub use settings::{ApplyPreset, SaveSmtpSettings};
pub(crate) use settings::{
    NextStep, SavedAnswer, SmtpPage, save_smtp_settings, smtp_settings_page,
};

/// Sets the status `404 Not Found` for the page that is rendered. Does nothing in the browser.
pub(crate) fn not_found() {
    #[cfg(feature = "ssr")]
    crate::request::context::set_status(http::StatusCode::NOT_FOUND);
}

/// Result of a function that only works on the server. The browser reads the data from the page.
#[cfg(not(feature = "ssr"))]
fn elsewhere<Q, A>(_: Q) -> std::future::Ready<Result<A, crate::error::ApiError>> {
    std::future::ready(Err(crate::error::ApiError::Offline))
}
