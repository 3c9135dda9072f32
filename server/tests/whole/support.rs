//! Helpers of all tests.

mod browser;
mod database;
mod disk;
mod form;
mod outbox;
mod people;
mod program;
mod provider;
mod raw;
mod reply;
mod server;

pub use browser::Browser;
pub use database::Database;
pub use disk::SmallDisk;
pub use form::{Form, SAVE, TEST};
pub use outbox::{mail, submit};
pub use people::{ADMINISTRATOR, PASSWORD, SESSION, body, token_of};
pub use program::{DATA, Program, certificate, command, introduce};
pub use provider::Provider;
pub use raw::raw;
pub use reply::Reply;
pub use server::{Server, config, limits};
