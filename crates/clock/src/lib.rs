//! Time and random values. The time is passed in, so tests can set it.
//!
//! [`Clock`] provides the time of day and the time since boot. [`random`] always uses the operating
//! system. The crate knows nothing of mail; start reading at [`Clock`].

mod clock;
pub mod random;

pub use clock::{Clock, SystemClock};
