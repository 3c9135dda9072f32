//! Components of the message pages. The server renders them, initially and while the page is open.

mod attempts;
mod chart;
mod details;
mod row;
mod sending_problems;
mod state_class;
mod summary;

pub use chart::{Chart, Hours};
pub use details::Details;
pub use row::MessageRow;
pub use summary::Summary;
