//! Components that pages are made of.

pub mod authorization;
pub mod banner;
pub mod browser;
pub mod copy;
pub mod data_center;
pub mod error_banner;
pub mod events;
pub mod explanation;
pub mod layout;
pub mod live;
pub mod mail_content;
pub mod mail_list;
pub mod outbox;
pub mod page_title;
pub mod proposals;
pub mod report;
pub mod sender_sessions;
pub mod sessions;
pub mod settings_nav;
pub mod when;
