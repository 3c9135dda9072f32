//! Server functions: each parses, calls one verb of the mailer and maps its error.

mod authorization;
mod checks;
#[cfg(feature = "ssr")]
pub mod context;
mod data_centers;
mod settings;
mod status;
#[cfg(feature = "ssr")]
mod without_wasm;

pub(crate) use authorization::{AuthorizeAgain, authorization, grant_status};
pub(crate) use checks::{SendTestEmail, send_test_email};
pub(crate) use data_centers::{
    AddDataCenter, RemoveDataCenter, RenameDataCenter, add_data_center, remove_data_center,
    rename_data_center,
};
pub(crate) use settings::{
    NextStep, SaveSmtpSettings, SavedAnswer, SmtpPage, save_smtp_settings, smtp_settings_page,
};
pub(crate) use status::not_found;
