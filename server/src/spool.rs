//! Messages that `mailgrant send` stores on disk while the server is unreachable. The program
//! submits them with its next message, and a server on the same machine submits them as well. If
//! both submit a message, the server recognizes it by its name.

mod error;
mod flush;
mod folder;
mod kept;
mod message;
mod settings;
mod take_in;

pub use error::{SendSettingsError, SpoolError};
pub use flush::{Flushed, NotAccepted, all, some};
pub use folder::{Spool, new_name};
pub use message::Spooled;
pub use settings::SendSettings;
pub use take_in::keep_taking_in;
