//! An SMTP client that measures.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process::check_interrupt;

/// Timeout of a reply.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A session.
pub struct Session {
    replies: BufReader<TcpStream>,
}

impl Session {
    /// Connects and sends EHLO.
    fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let mut session = Self {
            replies: BufReader::new(stream),
        };
        session.reply(b'2')?;
        session.say("EHLO bench.example.com\r\n", b'2')?;
        Ok(session)
    }

    /// Sends text and reads a reply whose code must begin with this digit.
    fn say(&mut self, text: &str, expected: u8) -> Result<()> {
        self.replies.get_mut().write_all(text.as_bytes())?;
        self.reply(expected)
    }

    fn reply(&mut self, expected: u8) -> Result<()> {
        loop {
            let mut line = String::new();
            self.replies.read_line(&mut line)?;
            let octets = line.as_bytes();
            if octets.first() != Some(&expected) {
                bail!("unexpected reply: {line:?}");
            }
            if octets.get(3) != Some(&b'-') {
                return Ok(());
            }
        }
    }
}

/// Sends messages of 10 kB over one connection. Returns the times from the beginning of each
/// message to the reply that accepts it.
pub fn times(address: &str, messages: usize) -> Result<Vec<Duration>> {
    let mut session = Session::open(address)?;
    let line = format!("{}\r\n", "x".repeat(70));
    let message = format!("Subject: bench\r\n\r\n{}.\r\n", line.repeat(138));
    let mut times = Vec::with_capacity(messages);
    for _ in 0..messages {
        check_interrupt()?;
        session.say("MAIL FROM:<bench@example.com>\r\n", b'2')?;
        session.say("RCPT TO:<bench@example.com>\r\n", b'2')?;
        session.say("DATA\r\n", b'3')?;
        let started = Instant::now();
        session.say(&message, b'2')?;
        times.push(started.elapsed());
    }
    Ok(times)
}

/// Opens sessions that only send EHLO.
pub fn idle(address: &str, sessions: usize) -> Result<Vec<Session>> {
    (0..sessions).map(|_| Session::open(address)).collect()
}
