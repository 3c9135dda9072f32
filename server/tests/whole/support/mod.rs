//! What tests share.

mod form;
mod program;
mod provider;
mod reply;
mod server;

pub use form::{Form, SAVE, TEST};
pub use program::{DATA, Program};
pub use provider::Provider;
pub use reply::Reply;
pub use server::{Browser, Server};
