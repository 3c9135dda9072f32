//! The structure of a message (RFC 2045, RFC 2046): where each part begins and ends, read without
//! changing a byte.
//!
//! [`Structure`] walks the message line by line. It uses no recursion, opens at most `MAX_DEPTH`
//! nested multiparts, and never parses a nested message: such a part is a file with its own bytes.
//! Header fields of a part are parsed by `mail-parser`; its content is decoded only when it is
//! asked for, so a file is, byte for byte, what was attached. Start with [`Structure::of`].

mod charset;
mod delimiter;
mod fields;
mod header;
mod structure;
mod transfer;

pub(crate) use charset::has_escapes;
pub(crate) use delimiter::{delimiter, without_line_break};
pub(crate) use header::{Header, addresses, first, name_length};
#[cfg(test)]
pub(crate) use structure::{MAX_DEPTH, MAX_PARTS};
pub(crate) use structure::{Part, Structure};
