//! Responses of servers (RFC 9051 §7, RFC 3501 §7), read as leniently as other clients read
//! them.
//!
//! Real servers send double and trailing spaces, names without quotes, raw UTF-8, and dates that do
//! not exist. What is unreadable is skipped and counted, item by item, and the rest of the response
//! is used.

mod date;
mod fetch;
mod list;
mod number;
mod reader;
mod status;

use std::num::NonZeroU32;

use crate::frame::Frame;
pub use fetch::{Fetched, Flags, Section};
pub use list::Listed;
use reader::Reader;
pub(crate) use status::StatusLine;

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

/// Untagged data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// The capabilities, in upper case.
    Capability(Vec<String>),
    /// A folder.
    List(Listed),
    /// The UIDs or numbers of the messages found.
    Search(Vec<NonZeroU32>),
    /// State of a folder that is not open.
    Status {
        /// UIDVALIDITY.
        uid_validity: Option<u32>,
        /// The next UID.
        uid_next: Option<u32>,
    },
    /// The number of messages in the open folder.
    Exists(u32),
    /// The sequence number of a message that was removed.
    Expunge(u32),
    /// Data of a message.
    Fetch(Fetched),
}

/// One response, or a line that is none.
#[derive(Debug)]
pub(crate) enum Response {
    /// A continuation request, with its text.
    Challenge(String),
    /// The status that ends the command with our tag.
    Done(StatusLine),
    /// A status without a tag.
    Status(StatusLine),
    /// Data, and the number of items in it that were unreadable.
    Data(Data, u32),
    /// A response that the client has no use for.
    Other,
    /// A response with unreadable data.
    Unreadable,
    /// A line that is not a response, such as the rest of one with a wrong length.
    Stray(Frame),
}

impl Response {
    /// Reads a frame. `tag` is the tag of the command that waits for its end.
    pub(crate) fn read(frame: Frame, tag: &str) -> Self {
        let mut reader = Reader::new(&frame);
        match reader.peek() {
            None => Self::Other,
            Some(b'+') => {
                reader.skip(1);
                Self::Challenge(reader.rest())
            }
            Some(b'*') => {
                reader.skip(1);
                untagged(&mut reader)
            }
            Some(_) => match tagged(&mut reader, tag) {
                Some(line) => Self::Done(line),
                None => Self::Stray(frame),
            },
        }
    }
}

/// Reads the status with our tag. Other tags end nothing: a line of a message whose length was
/// wrong may look like one.
fn tagged(reader: &mut Reader<'_>, tag: &str) -> Option<StatusLine> {
    let word = reader.word();
    let own = word.trim_matches('"');
    if tag.is_empty() || !own.eq_ignore_ascii_case(tag) {
        return None;
    }
    let mut line = reader.clone();
    let status = line.word();
    // Without a known status, the command has ended, but not well.
    Some(StatusLine::read(&status, &mut line).unwrap_or_else(|| StatusLine::bad(reader.rest())))
}

fn untagged(reader: &mut Reader<'_>) -> Response {
    let word = reader.word();
    if let Some(line) = StatusLine::read(&word, reader) {
        return Response::Status(line);
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        let kind = reader.word().to_ascii_uppercase();
        let Some(number) = number::parse(&word) else {
            return Response::Unreadable;
        };
        return match (kind.as_str(), NonZeroU32::new(number)) {
            ("EXISTS", _) => Response::Data(Data::Exists(number), 0),
            ("EXPUNGE", Some(_)) => Response::Data(Data::Expunge(number), 0),
            ("FETCH", Some(_)) => {
                let (fetched, skipped) = Fetched::read(number, reader);
                Response::Data(Data::Fetch(fetched), skipped)
            }
            ("EXPUNGE" | "FETCH", None) => Response::Unreadable,
            _ => Response::Other,
        };
    }
    match word.to_ascii_uppercase().as_str() {
        "CAPABILITY" => Response::Data(Data::Capability(status::capabilities(&reader.rest())), 0),
        "LIST" => match Listed::read(reader) {
            Some(listed) => Response::Data(Data::List(listed), 0),
            None => Response::Unreadable,
        },
        "SEARCH" => {
            let (found, skipped) = number::list(&reader.rest());
            Response::Data(Data::Search(found), skipped)
        }
        "ESEARCH" => {
            let (found, skipped) = number::all(&reader.rest());
            Response::Data(Data::Search(found), skipped)
        }
        "STATUS" => folder_status(&reader.line()),
        "EXISTS" | "EXPUNGE" | "FETCH" => Response::Unreadable,
        _ => Response::Other,
    }
}

/// Reads the pairs of a STATUS response, which are in its last parentheses. The name of the folder
/// before them does not matter, because one folder is asked about at a time.
fn folder_status(line: &str) -> Response {
    let pairs = line.rsplit('(').next().unwrap_or_default();
    let words: Vec<_> = pairs.split([' ', '\t', ')']).collect();
    let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let value = |name: &str| {
        let mut pairs = words.windows(2);
        let pair = pairs.find(|pair| {
            pair.first()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        pair.and_then(|pair| number::parse_wrapping(pair.last()?))
    };
    let (uid_validity, uid_next) = (value("UIDVALIDITY"), value("UIDNEXT"));
    if !line.contains('(') {
        return Response::Unreadable;
    }
    let skipped = u32::from(uid_validity.is_none()) + u32::from(uid_next.is_none());
    let data = Data::Status {
        uid_validity,
        uid_next,
    };
    Response::Data(data, skipped)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use fuzz::cases;
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::frame::Frames;

    const PARTS: &[&str] = &[
        "* ",
        "+",
        "a1 ",
        "OK ",
        "BYE",
        "1 FETCH (",
        "LIST (",
        "STATUS ",
        "SEARCH ",
        "ESEARCH ALL ",
        "CAPABILITY ",
        "UID ",
        "5",
        "4294967296",
        "-1",
        "FLAGS (",
        "\\Seen",
        "INTERNALDATE ",
        "\"",
        "RFC822.SIZE ",
        "BODY[",
        "]",
        "<0>",
        "{3}\r\nabc",
        "{",
        "~",
        "[",
        "(",
        ")",
        "NIL",
        "1:9,",
        " ",
        "\t",
        "\\",
        "ü",
        "\0",
        "x",
        "10-Dec-2024 00:00:00 +0000",
        ":",
        "-",
        ",",
    ];

    /// Reads the responses in some bytes.
    fn read(bytes: &[u8]) -> Vec<Response> {
        let mut frames = Frames::default();
        frames.push(bytes);
        let mut responses = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            responses.push(Response::read(frame, "a1"));
        }
        responses
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn any_response_is_read(parts in prop::collection::vec(select(PARTS), 0..40)) {
            let line = format!("{}\r\n", parts.concat());
            read(line.as_bytes());
            read(format!("* 1 FETCH (UID 5 {line}").as_bytes());
            read(format!("* LIST () {line}").as_bytes());
        }

        #[test]
        fn responses_after_an_unreadable_one_are_read(garbage in "[ -z|}~]{0,60}") {
            let bytes = format!("* {garbage}\r\n* 1 FETCH (UID 5)\r\n");
            let is_fetched = |one: &Response| matches!(
                one,
                Response::Data(Data::Fetch(fetched), 0) if fetched.uid == NonZeroU32::new(5)
            );
            prop_assert!(read(bytes.as_bytes()).iter().any(is_fetched));
        }
    }

    #[test]
    fn a_long_line_is_processed_quickly() {
        for part in [
            "(",
            ")",
            "[",
            "\"",
            "\\\"",
            "{",
            "~{",
            "FLAGS (",
            "UID ",
            "UID(",
            "BODY[ ",
            "BODY[]<0> ",
            "INTERNALDATE 1 ",
            "RFC822.SIZE\"",
            "a[",
            "\"\\",
        ] {
            let line = part.repeat(100_000 / part.len());
            for start in [
                "* 1 FETCH (",
                "* LIST ",
                "* LIST () \"/\" ",
                "* SEARCH ",
                "* OK [",
                "* STATUS ",
            ] {
                let began = Instant::now();
                read(format!("{start}{line}\r\n").as_bytes());
                assert!(began.elapsed() < Duration::from_secs(10), "{start}{part}");
            }
        }
    }
}
