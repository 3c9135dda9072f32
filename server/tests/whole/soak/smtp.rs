//! Programs that submit over SMTP. SMTP has no idempotency key: if the connection is lost after the
//! end of a message and before its reply, a program cannot know whether the message was accepted,
//! and sends it again.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::MessageId;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::timeout,
};

use super::clients::{
    ACCEPTED_WITHIN, Addresses, REQUEST_TIMEOUT, RETRY_AFTER, SMTP_CLIENTS, Submitted, message,
    pause,
};

/// Messages over one connection.
const MESSAGES: usize = 10;

/// The number of programs that wait for the reply to a message at present.
#[derive(Clone, Default)]
pub struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    /// Waits for a moment in which a program waits for its reply, but not for long.
    pub async fn any(&self) {
        for _ in 0..2_000 {
            if self.0.load(Ordering::Relaxed) > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
    }
}

/// Submits from several programs until the given time.
pub async fn submit_until(
    until: Instant,
    key: &str,
    servers: &Addresses,
    waiting: &Waiting,
) -> Submitted {
    let pause = pause(until.saturating_duration_since(Instant::now()));
    let one = |number| {
        let mut program = Program {
            name: format!("smtp-{number}"),
            auth: BASE64_STANDARD.encode(format!("\0program\0{key}")),
            servers: servers.clone(),
            waiting: waiting.clone(),
            session: None,
            turn: number,
            submitted: Submitted::default(),
        };
        tokio::spawn(async move {
            for message in 0.. {
                if Instant::now() >= until {
                    break;
                }
                program.submit(message).await;
                tokio::time::sleep(pause).await;
            }
            program.submitted
        })
    };
    let programs: Vec<_> = (0..SMTP_CLIENTS).map(one).collect();
    let mut all = Submitted::default();
    for program in programs {
        all.add(program.await.unwrap());
    }
    all
}

/// A program with its open session.
struct Program {
    name: String,
    auth: String,
    servers: Addresses,
    waiting: Waiting,
    session: Option<Session>,
    turn: usize,
    submitted: Submitted,
}

impl Program {
    /// Submits one message, each time to another server, until it is accepted.
    async fn submit(&mut self, number: usize) {
        let deadline = Instant::now() + ACCEPTED_WITHIN;
        for attempt in 0.. {
            let name = format!("{}-{number}-{attempt}", self.name);
            assert!(
                Instant::now() < deadline,
                "message {name} was not accepted within {ACCEPTED_WITHIN:?}"
            );
            if let Some(id) = self.attempt(&name).await {
                self.submitted.accepted.push(id);
                return;
            }
            self.session = None;
            self.submitted.repeated += 1;
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    async fn attempt(&mut self, name: &str) -> Option<MessageId> {
        let mut session = match self.session.take() {
            Some(session) if session.messages < MESSAGES => session,
            _ => self.connect().await?,
        };
        let commands = [
            ("MAIL FROM:<alice@sandbox.test>", b'2'),
            ("RCPT TO:<bob@sandbox.test>", b'2'),
            ("DATA", b'3'),
        ];
        for (command, expected) in commands {
            let reply = session.say(command).await.ok()?;
            self.is(&reply, expected).then_some(())?;
        }
        self.waiting.0.fetch_add(1, Ordering::Relaxed);
        let reply = session.say(&format!("{}.", message(name))).await;
        self.waiting.0.fetch_sub(1, Ordering::Relaxed);
        let message_id = format!("<{name}@soak.test>");
        let Ok(reply) = reply else {
            self.submitted.unanswered.insert(message_id);
            return None;
        };
        if !self.is(&reply, b'2') {
            self.submitted.refused.insert(message_id);
            return None;
        }
        session.messages += 1;
        self.session = Some(session);
        let id = reply.strip_prefix("250 2.0.0 Queued as ");
        let id = id.unwrap_or_else(|| panic!("{reply}"));
        Some(MessageId::parse(id.trim_end()).unwrap())
    }

    /// Connects to the next server and signs in.
    async fn connect(&mut self) -> Option<Session> {
        self.turn += 1;
        let server = self.servers.round_robin(self.turn)?;
        let mut session = Session::open(&server.smtp).await.ok()?;
        let auth = format!("AUTH PLAIN {}", self.auth);
        for command in ["EHLO program", &auth] {
            let reply = session.say(command).await.ok()?;
            self.is(&reply, b'2').then_some(())?;
        }
        Some(session)
    }

    /// Returns true if the reply is the expected one, and false if it asks to try again later.
    fn is(&mut self, reply: &str, expected: u8) -> bool {
        let first = reply.as_bytes().first();
        if first == Some(&expected) {
            return true;
        }
        assert_eq!(first, Some(&b'4'), "{reply}");
        self.submitted.unavailable += 1;
        false
    }
}

/// A connection to a server.
struct Session {
    stream: BufReader<TcpStream>,
    messages: usize,
}

impl Session {
    async fn open(address: &str) -> io::Result<Self> {
        let stream = timeout(REQUEST_TIMEOUT, TcpStream::connect(address)).await??;
        let mut session = Self {
            stream: BufReader::new(stream),
            messages: 0,
        };
        session.reply().await?;
        Ok(session)
    }

    /// Sends text with CRLF. Returns the last line of the reply.
    async fn say(&mut self, text: &str) -> io::Result<String> {
        let text = format!("{text}\r\n");
        let sent = self.stream.get_mut().write_all(text.as_bytes());
        timeout(REQUEST_TIMEOUT, sent).await??;
        self.reply().await
    }

    async fn reply(&mut self) -> io::Result<String> {
        loop {
            let mut line = String::new();
            timeout(REQUEST_TIMEOUT, self.stream.read_line(&mut line)).await??;
            if !line.ends_with('\n') {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line);
            }
        }
    }
}
