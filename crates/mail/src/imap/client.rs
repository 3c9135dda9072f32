//! Commands and answers (RFC 9051, RFC 3501), parsed and written by `imap-codec`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imap_codec::{
    CommandCodec, GreetingCodec, ResponseCodec,
    decode::{Decoder as _, GreetingDecodeError, ResponseDecodeError},
    encode::{Encoder as _, Fragment},
    imap_types::{
        command::{Command, CommandBody},
        core::{LiteralMode, Tag},
        response::{
            Code, CommandContinuationRequest, Data, Greeting, GreetingKind, Response, Status,
        },
    },
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::Wire;

/// How a command ended, or what the server said first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// OK, or PREAUTH in a greeting.
    Ok,
    /// NO.
    No,
    /// BAD.
    Bad,
    /// BYE: the server is leaving.
    Bye,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) ending: Ending,
    /// The response code in brackets, upper case: `AUTHENTICATIONFAILED`.
    pub(crate) code: String,
    /// The text of the last status, and of alerts before it.
    pub(crate) text: String,
    /// Untagged data before it.
    pub(crate) data: Vec<Data<'static>>,
}

impl Answer {
    fn new(ending: Ending, code: Option<&Code<'_>>, text: &str) -> Self {
        Self {
            ending,
            code: code.map(name_of).unwrap_or_default(),
            text: text.to_owned(),
            data: Vec::new(),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The connection ended.
    Closed,
    /// What came is no IMAP, or too long.
    Unreadable,
}

/// The end of a command, or `+`, with which the server asks for more.
pub(crate) enum Said {
    Answer(Answer),
    /// What stood behind it, as it came.
    Challenge(String),
}

/// A connection that has not been greeted yet, or one after a TLS handshake.
pub(crate) struct Client {
    wire: Wire,
    buffer: Vec<u8>,
    commands: u32,
}

impl Client {
    pub(crate) fn new(wire: Wire) -> Self {
        Self {
            wire,
            buffer: Vec::new(),
            commands: 0,
        }
    }

    /// What the server says first.
    pub(crate) async fn greeting(&mut self) -> Result<Answer, NoAnswer> {
        loop {
            match GreetingCodec::default().decode_static(&self.buffer) {
                Ok((rest, greeting)) => {
                    let taken = self.buffer.len() - rest.len();
                    let Greeting { kind, code, text } = greeting;
                    self.buffer.drain(..taken);
                    let ending = match kind {
                        GreetingKind::Ok | GreetingKind::PreAuth => Ending::Ok,
                        GreetingKind::Bye => Ending::Bye,
                    };
                    let mut answer = Answer::new(ending, code.as_ref(), text.as_ref());
                    if let Some(Code::Capability(all)) = code {
                        answer.data.push(Data::Capability(all));
                    }
                    return Ok(answer);
                }
                Err(GreetingDecodeError::Incomplete) => self.fill().await?,
                Err(GreetingDecodeError::Failed) => return Err(NoAnswer::Unreadable),
            }
        }
    }

    /// Sends a command and reads up to its end.
    pub(crate) async fn command(&mut self, body: CommandBody<'static>) -> Result<Answer, NoAnswer> {
        match self.begin(body).await? {
            Said::Answer(answer) => Ok(answer),
            Said::Challenge(_) => Err(NoAnswer::Unreadable),
        }
    }

    /// Sends a command that the server may answer with a challenge.
    pub(crate) async fn begin(&mut self, body: CommandBody<'static>) -> Result<Said, NoAnswer> {
        self.commands += 1;
        let tag = Tag::try_from(format!("a{}", self.commands)).map_err(|_| NoAnswer::Unreadable)?;
        let command = Command { tag, body };
        let fragments: Vec<_> = CommandCodec::default().encode(&command).collect();
        for fragment in fragments {
            match fragment {
                Fragment::Line { data } => self.write(&data).await?,
                Fragment::Literal { data, mode } => {
                    if mode == LiteralMode::Sync
                        && let Said::Answer(answer) = self.read().await?
                    {
                        // Refused before it was sent.
                        return Ok(Said::Answer(answer));
                    }
                    self.write(&data).await?;
                }
            }
        }
        self.read().await
    }

    /// Answers a challenge.
    pub(crate) async fn answer(&mut self, line: &str) -> Result<Said, NoAnswer> {
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.read().await
    }

    /// Reads up to the end of a command, or to a challenge.
    async fn read(&mut self) -> Result<Said, NoAnswer> {
        let mut data = Vec::new();
        let mut alerts = String::new();
        let mut leaving = None;
        loop {
            let response = match ResponseCodec::default().decode_static(&self.buffer) {
                Ok((rest, response)) => {
                    let taken = self.buffer.len() - rest.len();
                    self.buffer.drain(..taken);
                    response
                }
                Err(ResponseDecodeError::Incomplete | ResponseDecodeError::LiteralFound { .. }) => {
                    match (self.fill().await, leaving.take()) {
                        (Ok(()), left) => leaving = left,
                        (Err(_), Some(answer)) => return Ok(Said::Answer(answer)),
                        (Err(error), None) => return Err(error),
                    }
                    continue;
                }
                Err(ResponseDecodeError::Failed) => return Err(NoAnswer::Unreadable),
            };
            match response {
                Response::CommandContinuationRequest(request) => {
                    return Ok(Said::Challenge(match request {
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
                        // It is said in answer to LOGOUT as well, and followed by the end of the command.
                        Status::Bye { code, text } => {
                            leaving = Some(Answer::new(Ending::Bye, code.as_ref(), text.as_ref()));
                            continue;
                        }
                    };
                    if let Some(Code::Capability(all)) = &code {
                        data.push(Data::Capability(all.clone()));
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
                    return Ok(Said::Answer(answer));
                }
            }
            if data.len() > DATA_AT_MOST {
                return Err(NoAnswer::Unreadable);
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), NoAnswer> {
        let written = self.wire.write_all(bytes).await;
        written.map_err(|_| NoAnswer::Closed)?;
        self.wire.flush().await.map_err(|_| NoAnswer::Closed)
    }

    async fn fill(&mut self) -> Result<(), NoAnswer> {
        // On the heap: futures that wait for it would be large.
        let mut chunk = vec![0; 8_192];
        match self.wire.read(&mut chunk).await {
            Ok(0) => Err(NoAnswer::Closed),
            Ok(read) => {
                self.buffer
                    .extend_from_slice(chunk.get(..read).unwrap_or_default());
                Ok(())
            }
            // The stream ends what is too long.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err(NoAnswer::Unreadable)
            }
            Err(_) => Err(NoAnswer::Closed),
        }
    }

    /// What was sent too early is dropped: nothing said in the clear counts inside TLS (RFC 9051 §6.2.1).
    pub(crate) fn into_wire(self) -> Wire {
        self.wire
    }
}

/// Untagged answers to one command.
const DATA_AT_MOST: usize = 1_000;

/// The name of a response code: what stands first in the brackets.
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
