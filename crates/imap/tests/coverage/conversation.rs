//! The format of the files with conversations.

/// A conversation and its right result.
pub struct Conversation {
    pub name: String,
    /// The operation of the client, such as `folders`.
    pub action: String,
    /// The lines that the server sends in response to each command, by its name.
    replies: Vec<(String, Vec<u8>)>,
    pub right: String,
}

impl Conversation {
    /// Reads the blocks of a file. A block begins with `== ` and its name.
    ///
    /// # Panics
    /// If a block has no source, no action, or no result.
    pub fn all(text: &str) -> Vec<Self> {
        let blocks = text.split("\n== ").skip(1);
        blocks.map(Self::read).collect()
    }

    fn read(block: &str) -> Self {
        let mut lines = block.lines().filter(|line| !line.is_empty());
        let name = lines.next().unwrap_or_default().to_owned();
        let (mut source, mut action, mut right) = (None, None, None);
        let mut replies = Vec::new();
        for line in lines {
            let (key, value) = line
                .split_once(": ")
                .unwrap_or((line.trim_end_matches(':'), ""));
            match key {
                "source" => source = Some(value),
                "do" => action = Some(value.to_owned()),
                "right" => right = Some(value.replace("<SP>", " ")),
                command => replies.push((command.to_owned(), octets(value))),
            }
        }
        assert!(source.is_some(), "{name} has no source");
        Self {
            action: action.unwrap_or_else(|| panic!("{name} has no action")),
            right: right.unwrap_or_else(|| panic!("{name} has no result")),
            name,
            replies,
        }
    }

    /// Returns what the server sends in response to a command, or `None` for the usual response.
    pub fn reply(&self, command: &str, tag: &str) -> Option<Vec<u8>> {
        let own = self.replies.iter().filter(|(name, _)| name == command);
        let lines: Vec<_> = own.map(|(_, line)| line.as_slice()).collect();
        if lines.is_empty() {
            return None;
        }
        let sent = lines.concat();
        let parts: Vec<&[u8]> = split(&sent, b"<TAG>");
        let has_end = parts.len() > 1 || command == "GREETING";
        let mut sent = parts.join(tag.as_bytes());
        if !has_end {
            sent.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
        }
        Some(sent)
    }
}

fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest
        .windows(separator.len())
        .position(|part| part == separator)
    {
        parts.push(&rest[..at]);
        rest = &rest[at + separator.len()..];
    }
    parts.push(rest);
    parts
}

/// Replaces the names of octets in angle brackets, and ends the line.
fn octets(line: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('<') {
        octets.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        let (name, after) = rest.split_at(end);
        match name {
            "<SP>" => octets.push(b' '),
            "<TAB>" => octets.push(b'\t'),
            "<CR>" => octets.push(b'\r'),
            "<LF>" => octets.push(b'\n'),
            "<CRLF>" => octets.extend_from_slice(b"\r\n"),
            "<NONE>" => return octets,
            _ => match name.strip_prefix("<x").and_then(|hex| hex.get(..2)) {
                Some(hex) if name.len() == 5 => octets.push(u8::from_str_radix(hex, 16).unwrap()),
                _ => {
                    octets.push(b'<');
                    rest = &rest[1..];
                    continue;
                }
            },
        }
        rest = after;
    }
    octets.extend_from_slice(rest.as_bytes());
    octets.extend_from_slice(b"\r\n");
    octets
}
