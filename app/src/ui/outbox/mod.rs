//! What the pages about messages are made of. The server renders it, for the page and again while the page is open.

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
