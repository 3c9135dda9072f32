//! What a process takes from its machine: the time, and random values.

mod clock;
pub mod random;

pub use clock::{Clock, SystemClock};
