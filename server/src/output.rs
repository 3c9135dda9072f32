//! What the program prints outside of its log. A closed pipe is never a reason to panic.

use std::io::{self, ErrorKind, Write as _};

/// Writes a line to standard error. Does nothing when it is closed.
pub fn print_error(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Standard output that its reader may close early, as `head` does. What follows is dropped.
#[derive(Debug, Default)]
pub struct Output {
    is_closed: bool,
}

impl Output {
    /// Writes a text, unless the reader has gone.
    ///
    /// # Errors
    /// When the text cannot be written for another reason.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        if self.is_closed {
            return Ok(());
        }
        let mut output = io::stdout().lock();
        let written = output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(())
            }
            written => written,
        }
    }
}
