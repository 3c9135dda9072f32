//! Components of the message pages. The server renders them, initially and while the page is open.

mod attempts;
mod chart;
mod details;
mod row;
mod state_class;
mod summary;
mod trouble;

pub use chart::{Chart, Hours};
pub use details::Details;
pub use row::MessageRow;
pub use summary::Summary;
