//! Processing of incoming mail: bounces are matched to messages, and webhooks are notified of new
//! mail. Nothing here changes a mailbox.

mod attend;
mod attention;
mod bounces;
mod hook;
mod hook_settings;
mod look;

pub(crate) use attention::Attention;
pub use hook_settings::MailHookError;
