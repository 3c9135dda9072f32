//! Output of the program other than its log. A closed pipe never causes a panic.

use std::io::{self, ErrorKind, Write as _};

/// Writes a line to standard error. Does nothing if it is closed.
pub fn print_error(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Standard output whose reader may close it early, as `head` does. Later output is dropped.
#[derive(Debug, Default)]
pub struct Output {
    is_closed: bool,
}

impl Output {
    /// Writes text, unless the reader has closed the pipe.
    ///
    /// # Errors
    ///
    /// Returns an error if writing fails for another reason.
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
