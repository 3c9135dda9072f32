//! Finds where the parts of a message begin and end (RFC 2046 §5.1).

use std::{borrow::Cow, ops::Range};

use super::{
    charset,
    delimiter::{delimiter, without_line_break},
    fields::Fields,
    header::name_length,
};

/// Maximum depth of nested multiparts. Deeper ones are files.
pub(crate) const MAX_DEPTH: usize = 30;
/// Maximum number of parts. Further ones are ignored.
pub(crate) const MAX_PARTS: usize = 1_000;

/// A message and its parts, in the order in which they begin; the first is the message itself.
pub(crate) struct Structure<'a> {
    raw: &'a [u8],
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    header: Range<usize>,
    body: Range<usize>,
    fields: Fields,
    /// The multipart that contains the part, and true if the part is its first one.
    parent: Option<usize>,
    is_first: bool,
    has_parts: bool,
}

/// The message or one of its parts.
#[derive(Clone, Copy)]
pub(crate) struct Part<'s, 'a> {
    structure: &'s Structure<'a>,
    entry: &'s Entry,
}

impl<'a> Structure<'a> {
    /// Finds the parts of a message. Never fails: a message without structure has one part.
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        let mut walk = Walk::new(raw);
        let mut at = mbox_line(raw);
        walk.begin(at, None);
        while at < raw.len() {
            let rest = raw.get(at..).unwrap_or_default();
            let length = rest.iter().position(|byte| *byte == b'\n');
            let length = length.map_or(rest.len(), |end| end + 1);
            walk.line(at..at + length);
            at += length;
        }
        walk.finish();
        Self {
            raw,
            entries: walk.entries,
        }
    }

    /// Returns all parts; the first is the message itself.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part<'_, 'a>> {
        self.entries.iter().map(|entry| Part {
            structure: self,
            entry,
        })
    }

    /// Returns the lines of the message's own header.
    pub(crate) fn header(&self) -> &'a [u8] {
        self.root(|entry| &entry.header)
    }

    /// Returns the character set that the message or its first text declares.
    pub(crate) fn charset(&self) -> Option<&str> {
        self.entries
            .iter()
            .find_map(|entry| entry.fields.charset.as_deref())
    }

    /// Returns true if the message consists of parts.
    pub(crate) fn is_multipart(&self) -> bool {
        self.entries.first().is_some_and(|root| root.has_parts)
    }

    /// Returns the text parts that are read as the message's body, in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Part<'_, 'a>> {
        self.parts()
            .filter(|part| !part.entry.has_parts && part.is_text_to_read())
    }

    /// Returns the parts that are files, in order.
    pub(crate) fn files(&self) -> impl Iterator<Item = Part<'_, 'a>> {
        self.parts()
            .filter(|part| !part.entry.has_parts && !part.is_text_to_read())
    }

    fn root(&self, range: impl Fn(&Entry) -> &Range<usize>) -> &'a [u8] {
        let root = self.entries.first();
        root.and_then(|root| self.raw.get(range(root).clone()))
            .unwrap_or_default()
    }

    fn is(&self, entry: Option<usize>, kind: &str, subtype: &str) -> bool {
        let entry = entry.and_then(|entry| self.entries.get(entry));
        let said = entry.and_then(|entry| entry.fields.media_type.as_ref());
        said.is_some_and(|(own, own_subtype)| own == kind && own_subtype == subtype)
    }
}

impl<'s, 'a> Part<'s, 'a> {
    /// Returns type and subtype in lower case; the default if the part declares none (RFC 2045
    /// §5.2, RFC 2046 §5.1.5).
    pub(crate) fn media_type(&self) -> (&'s str, &'s str) {
        let parent = self.entry.parent;
        match &self.entry.fields.media_type {
            Some((kind, subtype)) => (kind, subtype),
            None if self.structure.is(parent, "multipart", "digest") => ("message", "rfc822"),
            None => ("text", "plain"),
        }
    }

    /// Returns the untrusted file name that the sender wrote.
    pub(crate) fn name(&self) -> Option<&'s str> {
        self.entry.fields.name.as_deref()
    }

    /// Returns the content without its transfer encoding, exactly as the sender attached it.
    pub(crate) fn content(&self) -> Cow<'a, [u8]> {
        let body = self.structure.raw.get(self.entry.body.clone());
        self.entry.fields.encoding.decode(body.unwrap_or_default())
    }

    /// Returns the content as text.
    pub(crate) fn text(&self) -> String {
        charset::decode(&self.content(), self.entry.fields.charset.as_deref())
    }

    /// Distinguishes body texts from files, as clients of JMAP do (RFC 8621 §4.1.4).
    fn is_text_to_read(&self) -> bool {
        let entry = self.entry;
        let is_text = matches!(self.media_type(), ("text", "plain" | "html"));
        let is_main = entry.is_first
            || entry.fields.name.is_none()
                && !self.structure.is(entry.parent, "multipart", "related");
        is_text && !entry.fields.is_attachment && is_main
    }
}

/// Returns the length of the `From ` line that precedes a message in an mbox file.
fn mbox_line(raw: &[u8]) -> usize {
    let line = raw
        .split_inclusive(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let is_mbox = line.starts_with(b"From ") || line.starts_with(b">From ");
    if is_mbox && name_length(line).is_none() {
        line.len()
    } else {
        0
    }
}

/// A multipart whose parts are being read.
struct Open {
    entry: usize,
    boundary: Vec<u8>,
    has_parts: bool,
}

/// The element that the next line belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The header of the latest part. The value is true once it has a line.
    Header { is_empty: bool },
    /// The body of the latest part.
    Body,
    /// Between parts, or in a part beyond the maximum number.
    Outside,
}

struct Walk<'a> {
    raw: &'a [u8],
    entries: Vec<Entry>,
    /// Outermost first.
    open: Vec<Open>,
    state: State,
}

impl<'a> Walk<'a> {
    fn new(raw: &'a [u8]) -> Self {
        Self {
            raw,
            entries: Vec::new(),
            open: Vec::new(),
            state: State::Outside,
        }
    }

    fn line(&mut self, line: Range<usize>) {
        let raw = self.raw;
        let text = raw.get(line.clone()).unwrap_or_default();
        if let Some((level, is_last)) = self.delimiter(text) {
            self.end_part(line.start);
            self.close_below(level + 1, line.start);
            if is_last {
                self.close_below(level, line.start);
            } else {
                self.begin(line.end, Some(level));
            }
            return;
        }
        let State::Header { is_empty } = self.state else {
            return;
        };
        if text.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            self.end_header(line.start, line.end);
        } else if is_empty && name_length(text).is_none() {
            // No header at all.
            self.end_header(line.start, line.start);
        } else {
            self.state = State::Header { is_empty: false };
        }
    }

    /// Finds the innermost open multipart that a line delimits. The value is true if it ends
    /// there.
    fn delimiter(&self, line: &[u8]) -> Option<(usize, bool)> {
        self.open
            .iter()
            .enumerate()
            .rev()
            .find_map(|(level, open)| Some((level, delimiter(line, &open.boundary)?)))
    }

    /// Begins the message itself, or a part of the open multipart.
    fn begin(&mut self, at: usize, level: Option<usize>) {
        let open = level.and_then(|level| self.open.get_mut(level));
        let is_first = open.as_ref().is_none_or(|open| !open.has_parts);
        let parent = open.map(|open| {
            open.has_parts = true;
            open.entry
        });
        if let Some(parent) = parent.and_then(|parent| self.entries.get_mut(parent)) {
            parent.has_parts = true;
        }
        if self.entries.len() >= MAX_PARTS {
            self.state = State::Outside;
            return;
        }
        self.entries.push(Entry {
            header: at..at,
            body: at..at,
            fields: Fields::default(),
            parent,
            is_first,
            has_parts: false,
        });
        self.state = State::Header { is_empty: true };
    }

    fn end_header(&mut self, end: usize, body: usize) {
        self.state = State::Body;
        let entry = self.entries.len().saturating_sub(1);
        let Some(last) = self.entries.last_mut() else {
            return;
        };
        last.header.end = end;
        last.body = body..body;
        last.fields = Fields::parse(self.raw.get(last.header.clone()).unwrap_or_default());
        let is_multipart =
            matches!(&last.fields.media_type, Some((kind, _)) if kind == "multipart");
        if !is_multipart || self.open.len() >= MAX_DEPTH {
            return;
        }
        match last.fields.boundary.clone() {
            Some(boundary) => {
                self.open.push(Open {
                    entry,
                    boundary,
                    has_parts: false,
                });
                self.state = State::Outside;
            }
            None => last.becomes_text(),
        }
    }

    /// Ends the part that is being read before the delimiter at `at`. The line break before it
    /// belongs to the delimiter.
    fn end_part(&mut self, at: usize) {
        if let State::Header { .. } = self.state {
            self.end_header(at, at);
        }
        if self.state == State::Body
            && let Some(last) = self.entries.last_mut()
        {
            last.body.end = before_line_break(self.raw, at).max(last.body.start);
        }
        self.state = State::Outside;
    }

    /// Ends multiparts from a level on.
    fn close_below(&mut self, level: usize, at: usize) {
        while self.open.len() > level {
            let end = before_line_break(self.raw, at);
            self.close_innermost(end);
        }
    }

    fn close_innermost(&mut self, end: usize) {
        let open = self.open.pop();
        let entry = open.and_then(|open| self.entries.get_mut(open.entry));
        let Some(entry) = entry else { return };
        entry.body.end = end.max(entry.body.start);
        if !entry.has_parts {
            entry.becomes_text();
        }
    }

    /// Ends the message where its bytes end; delimiters may be missing.
    fn finish(&mut self) {
        let end = self.raw.len();
        if let State::Header { .. } = self.state {
            self.end_header(end, end);
        }
        if self.state == State::Body
            && let Some(last) = self.entries.last_mut()
        {
            last.body.end = end;
        }
        while !self.open.is_empty() {
            self.close_innermost(end);
        }
    }
}

impl Entry {
    /// Turns a multipart without parts into text.
    fn becomes_text(&mut self) {
        self.fields.media_type = Some(("text".to_owned(), "plain".to_owned()));
    }
}

fn before_line_break(raw: &[u8], at: usize) -> usize {
    without_line_break(raw.get(..at).unwrap_or_default()).len()
}
