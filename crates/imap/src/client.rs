//! Commands and responses (RFC 9051, RFC 3501), parsed and written by `imap-codec`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imap_codec::{
    CommandCodec, GreetingCodec, ResponseCodec,
    decode::Decoder as _,
    encode::{Encoder as _, Fragment},
    imap_types::{
        command::{Command, CommandBody},
        core::{LiteralMode, Tag},
        response::{
            Code, CommandContinuationRequest, Data, Greeting, GreetingKind, Response, Status,
        },
    },
};
use net::RecordingStream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::frame::{Frames, TooLong};

/// The status that ended a command, or that of the greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// OK, or PREAUTH in a greeting.
    Ok,
    /// NO.
    No,
    /// BAD.
    Bad,
    /// BYE: the server is leaving.
    Bye,
}

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
    pub data: Vec<Data<'static>>,
    /// UIDVALIDITY (RFC 9051 §7.1), if the server sent it.
    pub uid_validity: Option<u32>,
}

impl Answer {
    fn new(ending: Ending, code: Option<&Code<'_>>, text: &str) -> Self {
        Self {
            ending,
            code: code.map(name_of).unwrap_or_default(),
            text: text.to_owned(),
            data: Vec::new(),
            uid_validity: None,
        }
    }
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
}

impl Client {
    /// Makes a client over a recorded stream.
    pub fn new(wire: RecordingStream) -> Self {
        Self {
            wire,
            frames: Frames::default(),
            commands: 0,
            exists: 0,
        }
    }

    /// Reads the greeting.
    ///
    /// # Errors
    /// The reason why there is none.
    pub async fn greeting(&mut self) -> Result<Answer, NoReply> {
        let bytes = self.next().await?;
        let greeting = GreetingCodec::default().decode_static(&bytes);
        let (_, greeting) = greeting.map_err(|_| NoReply::Unreadable)?;
        let Greeting { kind, code, text } = greeting;
        let ending = match kind {
            GreetingKind::Ok | GreetingKind::PreAuth => Ending::Ok,
            GreetingKind::Bye => Ending::Bye,
        };
        let mut answer = Answer::new(ending, code.as_ref(), text.as_ref());
        if let Some(Code::Capability(all)) = code {
            answer.data.push(Data::Capability(all));
        }
        Ok(answer)
    }

    /// Sends a command, and reads the response up to its end.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn command(&mut self, body: CommandBody<'static>) -> Result<Answer, NoReply> {
        match self.begin(body).await? {
            Reply::Answer(answer) => Ok(answer),
            Reply::Challenge(_) => Err(NoReply::Unreadable),
        }
    }

    /// Sends a command that the server may answer with a continuation request.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn begin(&mut self, body: CommandBody<'static>) -> Result<Reply, NoReply> {
        self.commands += 1;
        let tag = Tag::try_from(format!("a{}", self.commands)).map_err(|_| NoReply::Unreadable)?;
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

    /// Reads up to the end of a command, or to a continuation request.
    async fn read(&mut self) -> Result<Reply, NoReply> {
        let mut data = Vec::new();
        let mut alerts = String::new();
        let mut leaving = None;
        let mut answers = 0;
        let mut uid_validity = None;
        loop {
            let bytes = match (self.next().await, leaving.take()) {
                (Ok(bytes), left) => {
                    leaving = left;
                    bytes
                }
                (Err(_), Some(answer)) => return Ok(Reply::Answer(answer)),
                (Err(error), None) => return Err(error),
            };
            answers += 1;
            if answers > ANSWERS_AT_MOST {
                return Err(NoReply::Unreadable);
            }
            let Some(response) = self.response(&bytes)? else {
                continue;
            };
            match response {
                Response::CommandContinuationRequest(request) => {
                    return Ok(Reply::Challenge(match request {
                        CommandContinuationRequest::Basic(basic) => {
                            basic.text().as_ref().to_owned()
                        }
                        CommandContinuationRequest::Base64(bytes) => BASE64_STANDARD.encode(bytes),
                    }));
                }
                Response::Data(one) => data.push(one),
                Response::Status(status) => {
                    let (ending, tag, code, text) = match status {
                        Status::Ok { tag, code, text } => (Ending::Ok, tag, code, text),
                        Status::No { tag, code, text } => (Ending::No, tag, code, text),
                        Status::Bad { tag, code, text } => (Ending::Bad, tag, code, text),
                        // BYE also precedes the end of LOGOUT.
                        Status::Bye { code, text } => {
                            leaving = Some(Answer::new(Ending::Bye, code.as_ref(), text.as_ref()));
                            continue;
                        }
                    };
                    if let Some(Code::Capability(all)) = &code {
                        data.push(Data::Capability(all.clone()));
                    }
                    if let Some(Code::UidValidity(value)) = &code {
                        uid_validity = Some(value.get());
                    }
                    if tag.is_none() {
                        if matches!(code, Some(Code::Alert)) {
                            alerts.push_str(text.as_ref());
                            alerts.push('\n');
                        }
                        continue;
                    }
                    let text = format!("{alerts}{}", text.as_ref());
                    let mut answer = Answer::new(ending, code.as_ref(), &text);
                    answer.data = data;
                    answer.uid_validity = uid_validity;
                    return Ok(Reply::Answer(answer));
                }
            }
        }
    }

    /// Reads a response that belongs to no command, as during IDLE. This is cancel-safe.
    ///
    /// # Errors
    /// The reason why there is no response.
    pub async fn unasked(&mut self) -> Result<Option<Data<'static>>, NoReply> {
        let bytes = self.next().await?;
        match self.response(&bytes)? {
            Some(Response::Data(data)) => Ok(Some(data)),
            Some(Response::Status(Status::Bye { .. })) => Err(NoReply::Closed),
            _ => Ok(None),
        }
    }

    /// Returns the number of messages in the open folder, as the server announced it last.
    pub fn exists(&self) -> u32 {
        self.exists
    }

    /// Reads one response. Returns `None` for a response of an unknown extension.
    fn response(&mut self, bytes: &[u8]) -> Result<Option<Response<'static>>, NoReply> {
        match ResponseCodec::default().decode_static(bytes) {
            Ok((_, response)) => {
                match response {
                    Response::Data(Data::Exists(exists)) => self.exists = exists,
                    Response::Data(Data::Expunge(_)) => {
                        self.exists = self.exists.saturating_sub(1);
                    }
                    _ => {}
                }
                Ok(Some(response))
            }
            Err(_) if is_foreign(bytes) => Ok(None),
            Err(_) => Err(NoReply::Unreadable),
        }
    }

    /// Reads the bytes of one response.
    async fn next(&mut self) -> Result<Vec<u8>, NoReply> {
        loop {
            match self.frames.next() {
                Ok(Some(bytes)) => return Ok(bytes),
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

    /// Returns the stream. Data that arrived too early is dropped: nothing sent in plaintext counts
    /// inside TLS (RFC 9051 §6.2.1).
    pub fn into_wire(self) -> RecordingStream {
        self.wire
    }
}

/// Maximum number of untagged responses to one command.
const ANSWERS_AT_MOST: usize = 2_000;

/// Returns true if an unreadable response is data of an extension (to be expected at any time, RFC
/// 9051 §2.2.2) and not the requested data.
fn is_foreign(bytes: &[u8]) -> bool {
    const KNOWN: [&[u8]; 7] = [
        b"FETCH", b"EXISTS", b"EXPUNGE", b"LIST", b"SEARCH", b"STATUS", b"BYE",
    ];
    let Some(rest) = bytes.strip_prefix(b"* ") else {
        return false;
    };
    let mut words = rest
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let word = if first.iter().all(u8::is_ascii_digit) {
        words.next().unwrap_or_default()
    } else {
        first
    };
    !word.is_empty() && !KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Returns the name of a response code: the first word in the brackets.
fn name_of(code: &Code<'_>) -> String {
    let written = match code {
        Code::Alert => "ALERT".to_owned(),
        Code::OverQuota => "OVERQUOTA".to_owned(),
        Code::Other(other) => String::from_utf8_lossy(other.inner()).into_owned(),
        _ => String::new(),
    };
    written
        .split([' ', ']'])
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase()
}
