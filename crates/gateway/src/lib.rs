//! The IMAP gateway, for programs that read mail with a user name and a password.
//!
//! Up to the sign-in, Mailgrant is the server: a `Session` decides the reply to each line,
//! without I/O, and `connection` carries it out. A sender that may read the mailbox is then signed
//! in at the mail server of its data center with the grant, and `relay` passes octets in both
//! directions unchanged. The gateway therefore knows no command that works on mail, and every
//! extension of the mail server works.
//!
//! `reader` is the only part that knows the product. Start reading at `connection::serve`.

mod connection;
mod imap;
mod limits;
mod reader;
mod relay;
mod reply;
mod server;
mod step;

pub use limits::Limits;
pub use reader::Readers;
pub use server::Server;
pub use step::Protocol;
