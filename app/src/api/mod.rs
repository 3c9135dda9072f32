//! Server functions: each parses, calls one verb of the mailer and maps its error.

mod authorization;
mod checks;
#[cfg(feature = "ssr")]
pub mod context;
mod data_centers;
mod in_page;
mod settings;
mod status;
#[cfg(feature = "ssr")]
mod without_wasm;

pub(crate) use authorization::{AuthorizeAgain, authorization, grant_status};
pub(crate) use checks::SendTestEmail;
pub(crate) use data_centers::{AddDataCenter, RemoveDataCenter, RenameDataCenter};
pub(crate) use in_page::in_page;
pub(crate) use settings::{NextStep, SaveSmtpSettings, SavedAnswer, SmtpPage, smtp_settings_page};
pub(crate) use status::not_found;
