//! The mail that comes back: notifications are matched with the messages they are about, and whoever wants to know of new mail is
//! told. Nothing here changes a mailbox.

mod attend;
mod attention;
mod bounces;
mod hook;
mod hook_settings;
mod look;

pub(crate) use attention::Attention;
pub use hook_settings::MailHookError;
