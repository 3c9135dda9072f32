//! Commands, written by `imap-codec`, and the responses to them.

use imap_codec::{
    CommandCodec,
    encode::{Encoder as _, Fragment},
    imap_types::{
        command::{Command, CommandBody},
        core::{LiteralMode, Tag},
    },
};
use net::RecordingStream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    frame::{Frame, Frames, TooLong},
    response::{Data, Ending, Fetched, Response, StatusLine},
};

/// The command ID, with name and version.
const IDENTITY: &str = concat!(
    r#"ID ("name" "Mailgrant" "version" ""#,
    env!("CARGO_PKG_VERSION"),
    r#"")"#
);

/// The response of a server to a command.
#[derive(Debug)]
pub struct Answer {
    /// The status that ended the command.
    pub ending: Ending,
    /// The response code in brackets, in upper case: `AUTHENTICATIONFAILED`.
    pub code: String,
    /// The text of the last status, and of alerts before it.
    pub text: String,
    /// The untagged data before the status.
    pub data: Vec<Data>,
    /// UIDVALIDITY (RFC 9051 §7.1), if the server sent it.
    pub uid_validity: Option<u32>,
    /// The next UID (RFC 9051 §7.1), if the server sent it.
    pub uid_next: Option<u32>,
    /// The number of responses, and of items in them, that were unreadable.
    pub skipped: u32,
}

impl Answer {
    fn new(line: StatusLine) -> Self {
        Self {
            ending: line.ending,
            code: line.code,
            text: line.text,
            data: Vec::new(),
            uid_validity: None,
            uid_next: None,
            skipped: 0,
        }
    }

    /// Takes the data of messages. Responses about the same message are merged.
    pub fn take_fetched(&mut self) -> Vec<Fetched> {
        let mut all: Vec<Fetched> = Vec::new();
        for data in std::mem::take(&mut self.data) {
            let Data::Fetch(fetched) = data else {
                continue;
            };
            match all.last_mut() {
                Some(last) if last.number == fetched.number && agree(last, &fetched) => {
                    last.merge(fetched);
                }
                _ => all.push(fetched),
            }
        }
        all
    }
}

/// Returns true unless two responses have different UIDs.
fn agree(one: &Fetched, other: &Fetched) -> bool {
    one.uid == other.uid || one.uid.is_none() || other.uid.is_none()
}

/// The reason why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReply {
    /// The connection was closed.
    Closed,
    /// The response is not IMAP, or too long.
    Unreadable,
}

/// The end of a command, or a continuation request (`+`).
pub enum Reply {
    /// The end of the command.
    Answer(Answer),
    /// The text of a continuation request, unparsed.
    Challenge(String),
}

/// A connection that was not greeted yet, or one after a TLS handshake.
pub struct Client {
    wire: RecordingStream,
    frames: Frames,
    commands: u32,
    /// The number of messages in the open folder, as the server announced it last.
    exists: u32,
    /// True if the log names the first unreadable response.
    is_logged: bool,
}

impl Client {
    /// Makes a client over a recorded stream.
    pub fn new(wire: RecordingStream) -> Self {
        Self {
            wire,
            frames: Frames::default(),
            commands: 0,
            exists: 0,
            is_logged: false,
        }
    }

    /// Reads the greeting.
    ///
    /// # Errors
    /// The reason why there is none.
    pub async fn greeting(&mut self) -> Result<Answer, NoReply> {
        loop {
            let frame = self.next().await?;
            match Response::read(frame, "") {
                Response::Status(line) => {
                    let capabilities = line.capabilities();
                    let mut answer = Answer::new(line);
                    answer.data.extend(capabilities.map(Data::Capability));
                    return match answer.ending {
                        Ending::Ok | Ending::Bye => Ok(answer),
                        Ending::No | Ending::Bad => Err(NoReply::Unreadable),
                    };
                }
                // An empty line, or data before the greeting.
                Response::Other | Response::Data(..) => {}
                _ => return Err(NoReply::Unreadable),
            }
        }
    }

    /// Sends a command, and reads the response up to its end.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn command(&mut self, body: CommandBody<'static>) -> Result<Answer, NoReply> {
        match self.begin(body).await? {
            Reply::Answer(answer) => Ok(answer),
            Reply::Challenge(_) => self.answer().await,
        }
    }

    /// Sends the name and the version of the client (ID, RFC 2971), and reads the response up to
    /// its end. imap-codec does not write this command.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn identify(&mut self) -> Result<Answer, NoReply> {
        self.commands += 1;
        let line = format!("{} {IDENTITY}\r\n", self.tag());
        self.write(line.as_bytes()).await?;
        self.answer().await
    }

    /// Reads up to the end of a command that has nothing left to send, so a continuation request is
    /// not one.
    async fn answer(&mut self) -> Result<Answer, NoReply> {
        loop {
            if let Reply::Answer(answer) = self.read().await? {
                return Ok(answer);
            }
        }
    }

    /// Sends a command that the server may answer with a continuation request.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn begin(&mut self, body: CommandBody<'static>) -> Result<Reply, NoReply> {
        self.commands += 1;
        let tag = Tag::try_from(self.tag()).map_err(|_| NoReply::Unreadable)?;
        let command = Command { tag, body };
        let fragments: Vec<_> = CommandCodec::default().encode(&command).collect();
        for fragment in fragments {
            match fragment {
                Fragment::Line { data } => self.write(&data).await?,
                Fragment::Literal { data, mode } => {
                    if mode == LiteralMode::Sync
                        && let Reply::Answer(answer) = self.read().await?
                    {
                        // Rejected before it was sent.
                        return Ok(Reply::Answer(answer));
                    }
                    self.write(&data).await?;
                }
            }
        }
        self.read().await
    }

    /// Answers a continuation request.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn continue_with(&mut self, line: &str) -> Result<Reply, NoReply> {
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.read().await
    }

    /// Reads up to the end of a command, or to a continuation request. The length of all responses
    /// together is limited by the stream.
    async fn read(&mut self) -> Result<Reply, NoReply> {
        let mut received = Received::default();
        let mut leaving = None;
        loop {
            let frame = match (self.next().await, leaving.take()) {
                (Ok(frame), left) => {
                    leaving = left;
                    frame
                }
                (Err(_), Some(line)) => return Ok(Reply::Answer(Answer::new(line))),
                (Err(error), None) => return Err(error),
            };
            match self.response(frame) {
                Response::Challenge(text) => return Ok(Reply::Challenge(text)),
                // BYE also precedes the end of LOGOUT.
                Response::Status(line) if line.ending == Ending::Bye => leaving = Some(line),
                Response::Status(line) => received.note(&line),
                Response::Done(line) => {
                    received.note_codes(&line);
                    let answer = received.end(line);
                    self.log(answer.skipped);
                    return Ok(Reply::Answer(answer));
                }
                Response::Data(data, skipped) => {
                    received.data.push(data);
                    received.skipped += skipped;
                }
                Response::Unreadable => received.skipped += 1,
                Response::Stray(frame) => received.continue_with(&frame),
                Response::Other => {}
            }
        }
    }

    /// Logs that responses were skipped. The first time on a connection is a warning.
    fn log(&mut self, skipped: u32) {
        let server = self.wire.peer_addr();
        match (skipped, std::mem::replace(&mut self.is_logged, true)) {
            (0, is_logged) => self.is_logged = is_logged,
            (_, false) => {
                tracing::warn!(%server, skipped, "unreadable parts of an IMAP response skipped");
            }
            (_, true) => {
                tracing::debug!(%server, skipped, "unreadable parts of an IMAP response skipped");
            }
        }
    }

    /// Reads a response that belongs to no command, as during IDLE. This is cancel-safe.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn unasked(&mut self) -> Result<Option<Data>, NoReply> {
        let frame = self.next().await?;
        match self.response(frame) {
            Response::Data(data, _) => Ok(Some(data)),
            Response::Status(line) if line.ending == Ending::Bye => Err(NoReply::Closed),
            _ => Ok(None),
        }
    }

    /// Returns the number of messages in the open folder, as the server announced it last.
    pub fn exists(&self) -> u32 {
        self.exists
    }

    fn response(&mut self, frame: Frame) -> Response {
        let response = Response::read(frame, &self.tag());
        match response {
            Response::Data(Data::Exists(exists), _) => self.exists = exists,
            Response::Data(Data::Expunge(_), _) => self.exists = self.exists.saturating_sub(1),
            _ => {}
        }
        response
    }

    /// Returns the tag of the last command.
    fn tag(&self) -> String {
        format!("a{}", self.commands)
    }

    /// Reads the bytes of one response.
    async fn next(&mut self) -> Result<Frame, NoReply> {
        loop {
            match self.frames.next() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => self.fill().await?,
                Err(TooLong) => return Err(NoReply::Unreadable),
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), NoReply> {
        let written = self.wire.write_all(bytes).await;
        written.map_err(|_| NoReply::Closed)?;
        self.wire.flush().await.map_err(|_| NoReply::Closed)
    }

    async fn fill(&mut self) -> Result<(), NoReply> {
        // On the heap, because it would make all futures that await this one large.
        let mut chunk = vec![0; 8_192];
        match self.wire.read(&mut chunk).await {
            Ok(0) => Err(NoReply::Closed),
            Ok(read) => {
                self.frames.push(chunk.get(..read).unwrap_or_default());
                Ok(())
            }
            // The stream stops at a reply that is too long.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err(NoReply::Unreadable)
            }
            Err(_) => Err(NoReply::Closed),
        }
    }

    /// Returns the stream, and what has been read from it and not processed.
    pub fn into_parts(self) -> (RecordingStream, Vec<u8>) {
        (self.wire, self.frames.into_rest())
    }

    /// Returns the stream. Data that arrived too early is dropped: nothing sent in plaintext counts
    /// inside TLS (RFC 9051 §6.2.1).
    pub fn into_wire(self) -> RecordingStream {
        self.wire
    }
}

/// The responses to a command before its end.
#[derive(Default)]
struct Received {
    data: Vec<Data>,
    alerts: String,
    uid_validity: Option<u32>,
    uid_next: Option<u32>,
    skipped: u32,
}

impl Received {
    fn note(&mut self, line: &StatusLine) {
        self.note_codes(line);
        if line.code == "ALERT" {
            self.alerts.push_str(&line.text);
            self.alerts.push('\n');
        }
    }

    fn note_codes(&mut self, line: &StatusLine) {
        self.data.extend(line.capabilities().map(Data::Capability));
        self.uid_validity = line.number("UIDVALIDITY").or(self.uid_validity);
        self.uid_next = line.number("UIDNEXT").or(self.uid_next);
    }

    /// Reads a line that is no response as the rest of the data before it. Some servers end a line
    /// before the last items of a message.
    fn continue_with(&mut self, frame: &Frame) {
        let skipped = match self.data.last_mut() {
            Some(Data::Fetch(fetched)) => fetched.read_rest(frame),
            _ => 1,
        };
        self.skipped += skipped;
    }

    fn end(self, line: StatusLine) -> Answer {
        let mut answer = Answer::new(line);
        answer.text.insert_str(0, &self.alerts);
        answer.data = self.data;
        answer.uid_validity = self.uid_validity;
        answer.uid_next = self.uid_next;
        answer.skipped = self.skipped;
        answer
    }
}
