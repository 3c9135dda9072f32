//! Messages that `mailgrant send` keeps on the disk while the server is away. The program hands them over with its next message, and
//! a server on the same machine takes them in: both do the same, and a message that both hand over is known by its name.

mod error;
mod flush;
mod folder;
mod kept;
mod message;
mod settings;
mod take_in;

pub use error::{SendSettingsError, SpoolError};
pub use flush::{Flushed, NotTaken, all, some};
pub use folder::{Spool, new_name};
pub use message::Spooled;
pub use settings::SendSettings;
pub use take_in::keep_taking_in;

/// The settings of `mailgrant send` for the whole machine.
pub const SYSTEM: &str = "/etc/mailgrant/send.toml";
