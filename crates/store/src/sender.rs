//! Table `senders`: programs and devices that submit mail. Stores hashes of passwords, never the
//! passwords.

mod change;
mod find;
mod row;

pub use change::SaveSenderOutcome;

pub(crate) use change::go_with;
pub(crate) use row::rows;
