//! Messages that `mailgrant send` stores on disk while the server is unreachable. The program
//! submits them with its next message, and a server on the same machine submits them as well. If
//! both submit a message, the server recognizes it by its name.

mod directory;
mod error;
mod flush;
mod folder;
mod import;
mod message;
mod settings;

pub use error::{SendSettingsError, SpoolError};
pub use flush::{Flushed, NotAccepted, all, some};
pub use folder::{Spool, new_name};
pub use import::import_periodically;
pub use message::Spooled;
pub use settings::SendSettings;
