//! The forms about access: each handler reads one, calls one verb, and leads on or shows the page again.

pub mod account;
pub mod administration;
mod asked;
mod outcome;
pub mod password;
pub mod setup;
pub mod sign_in;
pub mod sign_out;

pub use asked::{Asked, Read, unreadable};
use domain::paths;
use outcome::Outcome;

use ::access::{Link, LinkKind, Token};

/// The page of a one-use link, as it was opened by it.
fn of_link(kind: LinkKind, token: Option<Token>) -> String {
    match token {
        Some(token) => Link {
            kind,
            token,
            expires_at: None,
        }
        .path(),
        None => match kind {
            LinkKind::Setup => paths::Setup::PATH.to_owned(),
            LinkKind::Password => paths::ChoosePassword::PATH.to_owned(),
        },
    }
}
