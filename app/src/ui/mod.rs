//! Components that pages are made of.

pub mod authorization;
pub mod banner;
pub mod browser;
pub mod choice;
pub mod copy;
pub mod data_center;
pub mod entry;
pub mod error_banner;
pub mod explanation;
pub mod field;
pub mod form_state;
pub mod layout;
pub mod live;
pub mod mail_list;
pub mod once;
pub mod outbox;
pub mod post_form;
pub mod proposals;
pub mod report;
pub mod secret;
pub mod sessions;
pub mod settings_nav;
pub mod sheet;
pub mod toggle;
pub mod typed;
pub mod when;
