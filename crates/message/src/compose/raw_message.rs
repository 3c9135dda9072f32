//! A message as a program wrote it: header fields that can be read and replaced, and the body.

use super::charset::{Charset, is_raw, with_whole_words};
use crate::mime::name_length;

/// A message (RFC 5322) or a part of one. Header lines end with CRLF. The body is unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawMessage {
    fields: Vec<Field>,
    body: Vec<u8>,
    /// The original line ends of the header.
    line_end: LineEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnd {
    Crlf,
    Lf,
    Cr,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    name: String,
    /// The whole field: name, value, folds, and the final CRLF.
    raw: Vec<u8>,
}

impl RawMessage {
    /// Reads a message. Line ends of any kind in its header become CRLF; a first line `From …`, as
    /// in mbox files, goes. The body begins after the first empty line, or where a line is no
    /// header field, as with other programs called `sendmail`.
    pub fn parse(bytes: &[u8]) -> Self {
        let rest = if bytes.starts_with(b"From ") {
            Line::first(bytes).map_or(bytes, |line| line.after)
        } else {
            bytes
        };
        Self::parse_part(rest)
    }

    /// Reads a part, or a message within one.
    pub(super) fn parse_part(bytes: &[u8]) -> Self {
        let line_end = Line::first(bytes).map_or(LineEnd::Crlf, |line| line.end);
        let mut rest = bytes;
        let mut fields: Vec<Field> = Vec::new();
        while let Some(line) = Line::first(rest) {
            if line.text.is_empty() {
                rest = line.after;
                break;
            }
            if matches!(line.text[0], b' ' | b'\t')
                && let Some(field) = fields.last_mut()
            {
                field.raw.extend_from_slice(line.text);
                field.raw.extend_from_slice(b"\r\n");
            } else if let Some(field) = Field::parse(line.text) {
                fields.push(field);
            } else {
                break;
            }
            rest = line.after;
        }
        let body = match line_end {
            // As on classic Mac OS: a CR ends each line.
            LineEnd::Cr => with_crlf(rest),
            LineEnd::Crlf | LineEnd::Lf => rest.to_vec(),
        };
        Self {
            fields,
            body,
            line_end,
        }
    }

    pub(super) fn line_end(&self) -> LineEnd {
        self.line_end
    }

    /// Returns the unfolded values of all fields with this name, as octets, because they may be in
    /// any character set.
    pub fn values(&self, name: &str) -> Vec<Vec<u8>> {
        let named = self.fields.iter().filter(|field| field.is(name));
        named.map(Field::value).collect()
    }

    /// Returns the number of fields of a name.
    pub fn count(&self, name: &str) -> usize {
        self.fields.iter().filter(|field| field.is(name)).count()
    }

    /// Removes all fields of a name.
    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|field| !field.is(name));
    }

    /// Replaces all fields of a name by one, or adds it at the end. `line` is the whole field with
    /// CRLF.
    pub(super) fn set_line(&mut self, name: &str, line: &str) {
        let field = Field {
            name: name.to_owned(),
            raw: line.as_bytes().to_vec(),
        };
        match self.fields.iter().position(|field| field.is(name)) {
            Some(at) => {
                self.remove(name);
                self.fields.insert(at.min(self.fields.len()), field);
            }
            None => self.fields.push(field),
        }
    }

    /// Adds a field above all others. `line` is the whole field with CRLF.
    pub(super) fn insert_first(&mut self, name: &str, line: &str) {
        let field = Field {
            name: name.to_owned(),
            raw: line.as_bytes().to_vec(),
        };
        self.fields.insert(0, field);
    }

    /// Replaces all fields of a name by one with a list of addresses.
    pub fn set_mailboxes(&mut self, name: &str, mailboxes: &[domain::FromAddress]) {
        let value = super::header::mailboxes(mailboxes);
        self.set_line(name, &super::header::line(name, &value));
    }

    /// Returns the mailboxes in all fields of a name, groups resolved: name and address as they are
    /// written, the address perhaps without a domain.
    pub fn mailboxes(&self, name: &str) -> Vec<(Option<String>, String)> {
        let mut found = Vec::new();
        for value in self.values(name) {
            let written = decoded(&value);
            let text = [b"To: ", written.as_bytes(), b"\r\n\r\n"].concat();
            let parsed = mail_parser::MessageParser::new()
                .with_mime_headers()
                .with_address_headers()
                .parse_headers(&text);
            let Some(parsed) = parsed else { continue };
            let Some(addresses) = parsed.to() else {
                continue;
            };
            for mailbox in addresses.iter() {
                let name = mailbox.name.as_deref().map(clean);
                let name = name.filter(|name| !name.is_empty());
                let address = mailbox.address.as_deref().unwrap_or_default().trim();
                if let Some(local) = name.as_deref().filter(|_| address.starts_with('@')) {
                    // The parser reads the quoted string in `"john doe"@example.com` as a name.
                    found.push((None, with_quotes(&format!("{local}{address}"), &written)));
                } else if !address.is_empty() {
                    found.push((name, with_quotes(address, &written)));
                } else if let Some(name) = name {
                    // A local user, as in `To: root`.
                    found.push((None, name));
                }
            }
        }
        found
    }

    /// Replaces the body.
    pub(super) fn set_body(&mut self, body: Vec<u8>) {
        self.body = body;
    }

    /// Keeps the first field of a name.
    pub(super) fn keep_first(&mut self, name: &str) {
        let mut seen = false;
        self.fields
            .retain(|field| !field.is(name) || !std::mem::replace(&mut seen, true));
    }

    /// Removes the fields of a name whose value fails the check.
    pub(super) fn keep_if(&mut self, name: &str, good: impl Fn(&[u8]) -> bool) {
        self.fields
            .retain(|field| !field.is(name) || good(&field.value()));
    }

    /// Returns true if fields are neither ASCII nor encoded words.
    pub(super) fn has_raw_fields(&self) -> bool {
        self.fields.iter().any(|field| is_raw(&field.raw))
    }

    /// Converts fields that are neither ASCII nor encoded words to UTF-8.
    pub(super) fn decode_fields(&mut self, charset: Charset) {
        for field in self.fields.iter_mut().filter(|field| is_raw(&field.raw)) {
            let value = clean(&charset.decode(&with_whole_words(&field.value())));
            field.raw = format!("{}: {value}\r\n", field.name).into_bytes();
        }
    }

    /// Rewrites fields in place, by name and raw field. Returns true if any changed.
    pub(super) fn map_fields(
        &mut self,
        mut change: impl FnMut(&str, &[u8]) -> Option<Vec<u8>>,
    ) -> bool {
        let mut changed = false;
        for field in &mut self.fields {
            if let Some(raw) = change(&field.name, &field.raw) {
                field.raw = raw;
                changed = true;
            }
        }
        changed
    }

    pub(super) fn body_mut(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// Returns the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the lines of the header, without the empty line.
    pub(super) fn header(&self) -> Vec<u8> {
        self.fields
            .iter()
            .flat_map(|field| field.raw.clone())
            .collect()
    }

    /// Returns the whole message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.header();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

impl Field {
    fn parse(line: &[u8]) -> Option<Self> {
        let name = &line[..name_length(line)?];
        let colon = line.iter().position(|b| *b == b':')?;
        let text = String::from_utf8(name.to_vec()).ok()?;
        // White space before the colon is obsolete (RFC 5322 §4.5), and not every server accepts
        // it.
        let mut raw = name.to_vec();
        raw.extend_from_slice(&line[colon..]);
        raw.extend_from_slice(b"\r\n");
        Some(Self { name: text, raw })
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn value(&self) -> Vec<u8> {
        let value = &self.raw[self.name.len() + 1..];
        let unfolded = value
            .iter()
            .copied()
            .filter(|b| !matches!(b, b'\r' | b'\n'));
        unfolded.collect::<Vec<_>>().trim_ascii().to_vec()
    }
}

/// One line of a header.
struct Line<'a> {
    text: &'a [u8],
    end: LineEnd,
    after: &'a [u8],
}

/// Restores the quotes that the parser removed from the local part of an address (RFC 5322 §3.4.1).
/// An address that was not quoted stays so: `alice@example.com bob@example.com` are two addresses
/// without a comma.
fn with_quotes(address: &str, written: &str) -> String {
    if let Some((local, domain)) = address.rsplit_once('@') {
        let escaped = local.replace('\\', "\\\\").replace('"', "\\\"");
        let quoted = format!("\"{escaped}\"@");
        if written.contains(&quoted) {
            return quoted + domain;
        }
    }
    address.to_owned()
}

impl<'a> Line<'a> {
    /// Returns the first line, if there is one. CR, LF, or CRLF ends it.
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let Some(at) = bytes.iter().position(|b| matches!(b, b'\r' | b'\n')) else {
            return (!bytes.is_empty()).then_some(Self {
                text: bytes,
                end: LineEnd::Crlf,
                after: &[],
            });
        };
        let (text, rest) = bytes.split_at(at);
        let (end, length) = match rest {
            [b'\r', b'\n', ..] => (LineEnd::Crlf, 2),
            [b'\n', ..] => (LineEnd::Lf, 1),
            _ => (LineEnd::Cr, 1),
        };
        Some(Self {
            text,
            end,
            after: &rest[length..],
        })
    }
}

/// Replaces each CR, LF, and CRLF by CRLF.
pub(super) fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len() + bytes.len() / 32 + 2);
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|b| matches!(b, b'\r' | b'\n')) {
        lines.extend_from_slice(&rest[..end]);
        lines.extend_from_slice(b"\r\n");
        let is_crlf = rest[end] == b'\r' && rest.get(end + 1) == Some(&b'\n');
        rest = &rest[end + 1 + usize::from(is_crlf)..];
    }
    lines.extend_from_slice(rest);
    lines
}

/// Decodes a value without knowing the character set of its message.
pub(super) fn decoded(bytes: &[u8]) -> String {
    Charset::default().decode(bytes)
}

/// Replaces control characters by spaces, and trims the text.
pub(super) fn clean(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_become_crlf() {
        for (written, expected) in [
            (&b"a\nb"[..], &b"a\r\nb"[..]),
            (b"a\r\nb\r\n", b"a\r\nb\r\n"),
            (b"a\rb\n\r", b"a\r\nb\r\n\r\n"),
            (b"", b""),
        ] {
            assert_eq!(with_crlf(written), expected);
        }
    }

    #[test]
    fn fields_are_found_and_folded_ones_unfolded() {
        let message = RawMessage::parse(b"From x\nSubject: a\n b\nto : x@y\n\nbody\n");
        assert_eq!(message.values("subject"), [b"a b".to_vec()]);
        assert_eq!(message.mailboxes("To"), [(None, "x@y".to_owned())]);
        assert_eq!(message.body(), b"body\n");
        assert_eq!(
            message.to_bytes(),
            b"Subject: a\r\n b\r\nto: x@y\r\n\r\nbody\n"
        );
    }

    #[test]
    fn a_message_without_a_header_is_all_body() {
        let message = RawMessage::parse(b"disk is full\n");
        assert_eq!(message.to_bytes(), b"\r\ndisk is full\n");
    }

    #[test]
    fn local_users_and_groups_are_mailboxes() {
        let message = RawMessage::parse(
            b"To: root, Ops <ops@example.com>, \"Doe, J\" <j@example.com>\nCc: Team: a@x.y, b@x.y;\n\n",
        );
        let to = message.mailboxes("To");
        assert_eq!(to[0], (None, "root".to_owned()));
        assert_eq!(to[1], (Some("Ops".into()), "ops@example.com".to_owned()));
        assert_eq!(to[2], (Some("Doe, J".into()), "j@example.com".to_owned()));
        assert_eq!(message.mailboxes("Cc").len(), 2);
    }
}
