//! The form kit.
//!
//! A page shows a form through a [`FormView`] and the fields in [`input`]. The browser posts the
//! form to the path of its page. The handler, in `post.rs` beside the page, calls a verb and
//! redirects, or answers with the same page and a [`FormResult`], which the `FormView` finds in the
//! request. No typed value is part of a URL.
//!
//! [`live`] contains the fields of the SMTP settings, which also validate values in the browser
//! while they are typed.

pub mod field;
pub mod filter;
pub mod input;
pub mod live;
mod once;
#[cfg(feature = "ssr")]
pub mod post;
mod problem;
mod result;
mod view;

pub use field::{Field, Problem, SendingProblem};
pub use once::{OneTimeSecret, OneTimeSecretBanner};
pub use problem::ProblemBanner;
pub use result::{FormId, FormResult};
pub use view::FormView;
