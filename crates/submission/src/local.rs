//! SMTP over standard input and output, for programs that call `sendmail -bs`.

use std::io::{self, Read, Write};

use listener::Input;

use crate::{
    Limits,
    data::{Content, DataReader},
    reply::Reply,
    session::{Offer, Session, Step, too_large},
};

/// Octets read in one piece.
const BUFFER: usize = 65_536;

/// A message of a local program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalMessage {
    /// The envelope sender. `None` for the null reverse-path.
    pub sender: Option<String>,
    /// The envelope recipients.
    pub recipients: Vec<String>,
    /// The message with CRLF as its only line end.
    pub content: Vec<u8>,
}

/// The result of submitting a message, with the text for the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalOutcome {
    /// The message was accepted.
    Accepted(String),
    /// The program should try again later.
    Later(String),
    /// The message was rejected.
    Refused(String),
}

impl LocalOutcome {
    fn reply(&self) -> Reply {
        match self {
            Self::Accepted(text) => Reply::new(250, "2.0.0", text),
            Self::Later(text) => Reply::new(451, "4.3.0", text),
            Self::Refused(text) => Reply::new(554, "5.0.0", text),
        }
    }
}

/// Speaks SMTP with a local program, which need not sign in, until it says QUIT or closes its
/// output. Programs that end their first command with LF alone may use this line end everywhere.
///
/// # Errors
/// If reading or writing fails.
pub fn converse(
    input: &mut impl Read,
    output: &mut impl Write,
    name: String,
    submit: impl FnMut(LocalMessage) -> LocalOutcome,
) -> io::Result<()> {
    let limits = Limits::default();
    let offer = Offer {
        name,
        starttls: false,
        auth_without_tls: false,
        smtputf8: true,
        limits,
    };
    let mut session = Session::new(offer, false);
    // The server decides, as for all messages over HTTP.
    session.follow(None, true);
    let conversation = Conversation {
        session,
        lines: Input::default(),
        source: Source {
            input,
            ends_with_lf: None,
            last: 0,
        },
        output,
        limits,
        submit,
    };
    conversation.run()
}

struct Conversation<'a, R, W, S> {
    session: Session,
    lines: Input,
    source: Source<'a, R>,
    output: &'a mut W,
    limits: Limits,
    submit: S,
}

impl<R: Read, W: Write, S: FnMut(LocalMessage) -> LocalOutcome> Conversation<'_, R, W, S> {
    fn run(mut self) -> io::Result<()> {
        let greeting = self.session.greeting();
        self.say(&greeting)?;
        loop {
            let Some(line) = self.lines.line() else {
                if self.read()? {
                    continue;
                }
                return Ok(());
            };
            let mut step = self.session.line(line);
            loop {
                match step {
                    Step::Recognize(mail) => step = self.session.recognized(Ok(true), mail),
                    Step::ReadMessage(reply) => {
                        self.say(&reply)?;
                        let Some(reply) = self.message()? else {
                            return Ok(());
                        };
                        step = self.session.message_ended(reply);
                    }
                    Step::Reply(reply) => {
                        self.say(&reply)?;
                        break;
                    }
                    Step::Close(reply) => return self.say(&reply),
                    // Neither is offered.
                    Step::SignIn(_) | Step::StartTls(_) => return Ok(()),
                }
            }
        }
    }

    /// Reads a message and submits it. Returns `None` if the input ends before the message.
    fn message(&mut self) -> io::Result<Option<Reply>> {
        let envelope = self.session.take_envelope();
        let mut reader = DataReader::new(self.limits.message_octets).normalizing(true);
        self.lines.feed(|octets| reader.read(octets));
        while !reader.is_at_end() {
            if !self.read()? {
                return Ok(None);
            }
            self.lines.feed(|octets| reader.read(octets));
        }
        let Content::Whole(content) = reader.finish() else {
            return Ok(Some(too_large(self.limits.message_octets)));
        };
        let recipients = envelope.recipients.iter().map(ToString::to_string);
        let message = LocalMessage {
            sender: envelope.sender.map(|sender| sender.to_string()),
            recipients: recipients.collect(),
            content,
        };
        Ok(Some((self.submit)(message).reply()))
    }

    /// Reads more input. Returns false at its end.
    fn read(&mut self) -> io::Result<bool> {
        let octets = self.source.read()?;
        self.lines.push(&octets);
        Ok(!octets.is_empty())
    }

    fn say(&mut self, reply: &Reply) -> io::Result<()> {
        self.output.write_all(&reply.to_bytes())?;
        self.output.flush()
    }
}

/// Input whose lines end with CRLF, also if the program ends them with LF.
struct Source<'a, R> {
    input: &'a mut R,
    /// The line end of the first command.
    ends_with_lf: Option<bool>,
    last: u8,
}

impl<R: Read> Source<'_, R> {
    /// Returns some octets; none at the end.
    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; BUFFER];
        let read = loop {
            match self.input.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        buffer.truncate(read);
        let mut octets = Vec::with_capacity(read);
        for octet in buffer {
            let is_bare = octet == b'\n' && self.last != b'\r';
            if octet == b'\n' && *self.ends_with_lf.get_or_insert(is_bare) && is_bare {
                octets.push(b'\r');
            }
            octets.push(octet);
            self.last = octet;
        }
        Ok(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the codes of the replies, and the messages.
    fn conversation(input: &str, outcome: &LocalOutcome) -> (Vec<u16>, Vec<LocalMessage>) {
        let (mut output, mut messages) = (Vec::new(), Vec::new());
        let submit = |message| {
            messages.push(message);
            outcome.clone()
        };
        converse(&mut input.as_bytes(), &mut output, "local".into(), submit).unwrap();
        let output = String::from_utf8(output).unwrap();
        let last_lines = output.lines().filter(|line| line.as_bytes()[3] == b' ');
        let codes = last_lines.map(|line| line[..3].parse().unwrap()).collect();
        (codes, messages)
    }

    const DIALOGUE: &str = "EHLO local\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA\nSubject: x\n\n..dot\n.\nQUIT\n";

    #[test]
    fn a_program_may_write_everything_in_advance_with_either_line_end() {
        let accepted = LocalOutcome::Accepted("Queued".into());
        for dialogue in [DIALOGUE.to_owned(), DIALOGUE.replace('\n', "\r\n")] {
            let (codes, messages) = conversation(&dialogue, &accepted);
            assert_eq!(codes, [220, 250, 250, 250, 354, 250, 221]);
            let expected = LocalMessage {
                sender: Some("a@b.example".into()),
                recipients: vec!["c@d.example".into()],
                content: b"Subject: x\r\n\r\n.dot\r\n".to_vec(),
            };
            assert_eq!(messages, [expected]);
        }
    }

    #[test]
    fn with_crlf_a_bare_lf_ends_no_message() {
        let dialogue = DIALOGUE.replace('\n', "\r\n");
        let dialogue = dialogue.replace("..dot", "text\n.\nMAIL FROM:<x@y.example>");
        let (_, messages) = conversation(&dialogue, &LocalOutcome::Accepted(String::new()));
        let [message] = &*messages else {
            panic!("{messages:?}");
        };
        assert!(message.content.ends_with(b"MAIL FROM:<x@y.example>\r\n"));
    }

    #[test]
    fn other_outcomes_are_replies_and_an_interrupted_message_is_not_submitted() {
        for (outcome, code) in [
            (LocalOutcome::Later("busy".into()), 451),
            (LocalOutcome::Refused("no".into()), 554),
        ] {
            assert_eq!(conversation(DIALOGUE, &outcome).0[5], code);
        }
        let cut = DIALOGUE.split_once("\n.\n").unwrap().0;
        let (codes, messages) = conversation(cut, &LocalOutcome::Later(String::new()));
        assert_eq!(codes.last(), Some(&354));
        assert!(messages.is_empty());
    }
}
