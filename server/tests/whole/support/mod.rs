//! What tests share.

mod browser;
mod form;
mod people;
mod program;
mod provider;
mod reply;
mod server;

pub use browser::Browser;
pub use form::{Form, SAVE, TEST};
pub use people::{ADMINISTRATOR, PASSWORD, SESSION, body, token_of};
pub use program::{DATA, Program};
pub use provider::Provider;
pub use reply::Reply;
pub use server::Server;
