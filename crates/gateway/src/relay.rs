//! Relays octets between a client and the mail server, unchanged.

use std::{
    future::Future,
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{
        AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, split,
    },
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::Limits;

/// Octets read in one piece.
const BUFFER: usize = 8_192;
/// The command after which both sides talk in another encoding (RFC 4978 §3).
const COMPRESS: &[u8] = b"COMPRESS DEFLATE";

/// Reason why a relayed session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client has closed the connection.
    Client,
    /// The mail server has closed the connection.
    MailServer,
    /// A side did not accept octets, or the connection failed.
    Lost,
    /// Nothing was sent for a long time.
    Idle,
    /// The sender may no longer read the mailbox.
    NotAllowed,
    /// The server stops.
    Stopping,
}

impl Ended {
    /// Returns a sentence for a client that did not cause the end.
    pub fn text(self) -> Option<&'static str> {
        match self {
            Self::Client | Self::MailServer | Self::Lost => None,
            Self::Idle => Some("Nothing was sent for a long time"),
            Self::NotAllowed => Some("The sender may no longer read the mailbox"),
            Self::Stopping => Some("The server is stopping; connect again in a minute"),
        }
    }
}

/// Octets that were relayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Octets {
    /// From the client to the mail server.
    pub sent: u64,
    /// From the mail server to the client.
    pub received: u64,
}

/// A direction of a relay, and what went through it.
#[derive(Debug, Default)]
struct Direction {
    octets: AtomicU64,
    /// True while a chunk was accepted only in part, perhaps.
    is_writing: AtomicBool,
}

/// The relay of one session.
pub struct Relay<C, U> {
    client: (ReadHalf<C>, WriteHalf<C>),
    upstream: (ReadHalf<U>, WriteHalf<U>),
    sent: Direction,
    received: Direction,
    last: Mutex<Instant>,
    is_compressed: AtomicBool,
    limits: Limits,
}

impl<C, U> Relay<C, U>
where
    C: AsyncRead + AsyncWrite + Unpin,
    U: AsyncRead + AsyncWrite + Unpin,
{
    /// Prepares a relay.
    pub fn new(client: C, upstream: U, limits: Limits) -> Self {
        Self {
            client: split(client),
            upstream: split(upstream),
            sent: Direction::default(),
            received: Direction::default(),
            last: Mutex::new(Instant::now()),
            is_compressed: AtomicBool::new(false),
            limits,
        }
    }

    /// Relays until one side ends. `verify` is called regularly with the octets so far, and ends the
    /// session if it returns false. A reason that the client did not cause is sent to it as `say`
    /// writes it, if that cannot be taken for something else.
    pub async fn run<F: Future<Output = bool>>(
        mut self,
        rest: &[u8],
        mut verify: impl FnMut(Octets) -> F,
        say: impl FnOnce(&str) -> String,
        stopping: &CancellationToken,
    ) -> (Ended, Octets) {
        let (sent, received) = (&self.sent, &self.received);
        let limits = self.limits;
        let (last, is_compressed) = (&self.last, &self.is_compressed);
        let touch = || *last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        let seen = |octets: &[u8]| {
            touch();
            let has = |chunk: &[u8]| chunk.eq_ignore_ascii_case(COMPRESS);
            if octets.len() < 256 && octets.windows(COMPRESS.len()).any(has) {
                is_compressed.store(true, Ordering::Relaxed);
            }
        };
        let idle_at = || *last.lock().unwrap_or_else(PoisonError::into_inner) + limits.idle;
        let octets = || Octets {
            sent: sent.octets.load(Ordering::Relaxed),
            received: received.octets.load(Ordering::Relaxed),
        };
        let ended = {
            let (client_read, client_write) = &mut self.client;
            let (upstream_read, upstream_write) = &mut self.upstream;
            let up = async {
                // What the client sent together with the sign-in.
                write(upstream_write, rest, sent, limits.write).await?;
                pump(client_read, upstream_write, sent, limits.write, seen).await?;
                let _ = upstream_write.shutdown().await;
                io::Result::Ok(())
            };
            let down = pump(
                upstream_read,
                client_write,
                received,
                limits.write,
                |_: &[u8]| touch(),
            );
            let watch = async {
                let mut ticks = interval_at(Instant::now() + limits.verify, limits.verify);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    let end = idle_at();
                    tokio::select! {
                        _ = ticks.tick() => {
                            if !verify(octets()).await {
                                return Ended::NotAllowed;
                            }
                        }
                        () = sleep_until(end) => {
                            // Octets may have passed since.
                            if Instant::now() >= idle_at() {
                                return Ended::Idle;
                            }
                        }
                        () = stopping.cancelled() => return Ended::Stopping,
                    }
                }
            };
            tokio::pin!(down);
            tokio::select! {
                result = up => match result {
                    // The mail server may still answer a LOGOUT.
                    Ok(()) => match timeout(limits.drain, &mut down).await {
                        Ok(Err(_)) => Ended::Lost,
                        _ => Ended::Client,
                    },
                    Err(_) => Ended::Lost,
                },
                result = &mut down => match result {
                    Ok(()) => Ended::MailServer,
                    Err(_) => Ended::Lost,
                },
                ended = watch => ended,
            }
        };
        let octets = octets();
        let is_readable = !self.is_compressed.load(Ordering::Relaxed)
            && !self.received.is_writing.load(Ordering::Relaxed);
        let write = &mut self.client.1;
        let close = async {
            if let (Some(text), true) = (ended.text(), is_readable) {
                write.write_all(say(text).as_bytes()).await?;
                write.flush().await?;
            }
            write.shutdown().await
        };
        let _ = timeout(limits.drain, close).await;
        let _ = timeout(limits.drain, self.upstream.1.shutdown()).await;
        (ended, octets)
    }
}

async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    direction: &Direction,
    limit: Duration,
    seen: impl Fn(&[u8]),
) -> io::Result<()> {
    // On the heap, because it would make all futures that await this one large.
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = match from.read(&mut buffer).await {
            Ok(0) => return Ok(()),
            Ok(read) => buffer.get(..read).unwrap_or_default(),
            // Many programs close TLS without a notice.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        seen(read);
        write(to, read, direction, limit).await?;
    }
}

async fn write(
    to: &mut (impl AsyncWrite + Unpin),
    octets: &[u8],
    direction: &Direction,
    limit: Duration,
) -> io::Result<()> {
    direction.is_writing.store(true, Ordering::Relaxed);
    timeout(limit, async {
        to.write_all(octets).await?;
        to.flush().await
    })
    .await??;
    direction.is_writing.store(false, Ordering::Relaxed);
    let octets = u64::try_from(octets.len()).unwrap_or_default();
    direction.octets.fetch_add(octets, Ordering::Relaxed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    fn limits() -> Limits {
        Limits {
            idle: Duration::from_millis(300),
            drain: Duration::from_millis(100),
            verify: Duration::from_millis(20),
            ..Limits::default()
        }
    }

    fn bye(text: &str) -> String {
        format!("* BYE {text}\r\n")
    }

    #[tokio::test]
    async fn octets_pass_unchanged_until_the_client_closes() {
        let (mut client, inner) = duplex(64);
        let (mut upstream, outer) = duplex(64);
        let relay = Relay::new(inner, outer, Limits::default());
        let stopping = CancellationToken::new();
        let run = relay.run(b"first", |_| async { true }, bye, &stopping);
        let talk = async {
            let octets: Vec<u8> = (0..=u8::MAX).cycle().take(100_000).collect();
            let mut first = [0; 5];
            upstream.read_exact(&mut first).await.unwrap();
            assert_eq!(&first, b"first");
            let mut arrived = vec![0; octets.len()];
            let (written, read) =
                tokio::join!(upstream.write_all(&octets), client.read_exact(&mut arrived));
            written.unwrap();
            read.unwrap();
            assert_eq!(arrived, octets);
            client.write_all(b"a LOGOUT\r\n").await.unwrap();
            client.shutdown().await.unwrap();
            let mut rest = Vec::new();
            upstream.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest, b"a LOGOUT\r\n");
            upstream.write_all(b"* BYE\r\n").await.unwrap();
            drop(upstream);
            let mut rest = Vec::new();
            client.read_to_end(&mut rest).await.unwrap();
            assert_eq!(rest, b"* BYE\r\n");
        };
        let ((ended, octets), ()) = tokio::join!(run, talk);
        assert_eq!(ended, Ended::Client);
        let expected = Octets {
            sent: 15,
            received: 100_007,
        };
        assert_eq!(octets, expected);
    }

    #[tokio::test]
    async fn the_server_says_why_it_ends_a_session() {
        for (allowed, stops, expected) in [
            (true, false, Ended::Idle),
            (false, false, Ended::NotAllowed),
            (true, true, Ended::Stopping),
        ] {
            let (mut client, inner) = duplex(64);
            let (_upstream, outer) = duplex(64);
            let stopping = CancellationToken::new();
            if stops {
                stopping.cancel();
            }
            let relay = Relay::new(inner, outer, limits());
            let run = relay.run(b"", |_| async move { allowed }, bye, &stopping);
            let mut said = String::new();
            let ((ended, _), read) = tokio::join!(run, client.read_to_string(&mut said));
            read.unwrap();
            assert_eq!(ended, expected);
            assert_eq!(said, bye(expected.text().unwrap()));
        }
    }

    #[tokio::test]
    async fn nothing_is_said_in_a_compressed_stream() {
        let (mut client, inner) = duplex(64);
        let (mut upstream, outer) = duplex(64);
        let stopping = CancellationToken::new();
        let relay = Relay::new(inner, outer, limits());
        let run = relay.run(b"", |_| async { true }, bye, &stopping);
        let talk = async {
            client.write_all(b"a compress deflate\r\n").await.unwrap();
            let mut line = [0; 20];
            upstream.read_exact(&mut line).await.unwrap();
            stopping.cancel();
            let mut said = String::new();
            client.read_to_string(&mut said).await.unwrap();
            said
        };
        let (_, said) = tokio::join!(run, talk);
        assert_eq!(said, "");
    }
}
