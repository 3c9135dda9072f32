//! What a process takes from its machine: the time, random values, and files that hold settings and secrets.

mod clock;
pub mod file;
pub mod random;

pub use clock::{Clock, SystemClock};
