//! Time and random values, passed in so that tests can set the time.
//!
//! [`Clock`] gives the time of day and the time since boot. [`random`] always takes its values from the operating system.

mod clock;
pub mod random;

pub use clock::{Clock, SystemClock};
