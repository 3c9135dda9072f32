//! Fields of the SMTP settings. With WASM they validate values while they are typed.

pub mod choice;
pub mod field;
mod post_form;
mod restored;
pub mod secret;
pub mod state;
pub mod toggle;

pub use post_form::PostForm;
pub use restored::typed_before_start;
pub use state::FormState;
