//! Components that pages are made of.

pub mod authorization;
pub mod banner;
pub mod browser;
pub mod check_report;
pub mod choice;
pub mod copy;
pub mod explanation;
pub mod field;
pub mod form_state;
pub mod layout;
pub mod post_form;
pub mod secret;
pub mod toggle;
pub mod typed;
