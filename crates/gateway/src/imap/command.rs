//! The commands that are allowed before the sign-in (RFC 9051 §6.1, §6.2), with literals.

use listener::Credentials;

/// Octets of all literals of a command. User name and password are short.
const MAX_LITERALS: usize = 4_096;
/// Parts of a command. ID has up to 30 pairs (RFC 2971 §3.3).
const MAX_WORDS: usize = 80;

/// A command.
#[derive(Debug)]
pub enum Command {
    /// CAPABILITY.
    Capability,
    /// NOOP.
    Noop,
    /// ID (RFC 2971). What the client says about itself is ignored.
    Id,
    /// LOGOUT.
    Logout,
    /// STARTTLS.
    StartTls,
    /// LOGIN.
    Login(Credentials),
    /// AUTHENTICATE.
    Authenticate {
        /// The mechanism, in upper case.
        mechanism: String,
        /// The initial response (RFC 4959).
        initial: Option<String>,
    },
    /// Any other command.
    Unknown,
}

/// Result of reading a line.
#[derive(Debug)]
pub enum Parsed {
    /// A literal follows.
    Literal {
        /// Its octets.
        length: usize,
        /// True if the client waits for a continuation request.
        waits: bool,
    },
    /// A command with its tag.
    Command(String, Command),
    /// The line is not a command. Contains its tag, or `*`.
    Malformed(String),
    /// The command has too many parts or octets. A literal that was not announced as waiting is on
    /// its way, so the rest cannot be read.
    TooLarge,
}

/// Reads commands line by line.
#[derive(Debug, Default)]
pub struct Parser {
    words: Vec<Vec<u8>>,
    literal_octets: usize,
}

impl Parser {
    /// Reads a line, or the part of a command after a literal.
    pub fn line(&mut self, line: &[u8]) -> Parsed {
        let (line, literal) = split_literal(line);
        if !split_words(line, &mut self.words) {
            return Parsed::Malformed(self.take().0);
        }
        if self.words.len() > MAX_WORDS {
            return Parsed::TooLarge;
        }
        if let Some((length, waits)) = literal {
            self.literal_octets = self.literal_octets.saturating_add(length);
            if self.literal_octets > MAX_LITERALS {
                return Parsed::TooLarge;
            }
            return Parsed::Literal { length, waits };
        }
        let (tag, words) = self.take();
        match command(&words) {
            Some(command) if tag != "*" => Parsed::Command(tag, command),
            _ => Parsed::Malformed(tag),
        }
    }

    /// Adds a literal.
    pub fn literal(&mut self, octets: Vec<u8>) {
        self.words.push(octets);
    }

    /// Returns the tag and the other words of the command, and begins the next one.
    fn take(&mut self) -> (String, Vec<Vec<u8>>) {
        let mut words = std::mem::take(self).words;
        if words.is_empty() {
            return ("*".into(), words);
        }
        let tag = words.remove(0);
        let is_tag = tag.len() <= 64
            && !tag.is_empty()
            && tag
                .iter()
                .all(|octet| octet.is_ascii_graphic() && !b"(){%*\"\\]+".contains(octet));
        let tag = String::from_utf8(tag).ok().filter(|_| is_tag);
        (tag.unwrap_or_else(|| "*".into()), words)
    }
}

/// Splits off a literal at the end of a line: `{12}` or `{12+}` (RFC 7888). A number that overflows
/// is too large in any case.
fn split_literal(line: &[u8]) -> (&[u8], Option<(usize, bool)>) {
    let announced = || {
        let inner = line.strip_suffix(b"}")?;
        let (inner, waits) = match inner.strip_suffix(b"+") {
            Some(inner) => (inner, false),
            None => (inner, true),
        };
        let at = inner.iter().rposition(|octet| *octet == b'{')?;
        let digits = inner.get(at + 1..)?;
        let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        let number = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
        Some((
            line.get(..at)?,
            (number.parse().unwrap_or(usize::MAX), waits),
        ))
    };
    match announced() {
        Some((rest, literal)) => (rest, Some(literal)),
        None => (line, None),
    }
}

/// Adds the words of a line: atoms and quoted strings. Parentheses separate words. Returns false if
/// a quoted string does not end, or for control characters.
fn split_words(line: &[u8], words: &mut Vec<Vec<u8>>) -> bool {
    let mut octets = line.iter().copied().peekable();
    while let Some(octet) = octets.next() {
        match octet {
            b' ' | b'(' | b')' => {}
            b'"' => {
                let mut word = Vec::new();
                loop {
                    match octets.next() {
                        Some(b'"') => break,
                        Some(b'\\') => match octets.next() {
                            Some(octet) => word.push(octet),
                            None => return false,
                        },
                        Some(octet) => word.push(octet),
                        None => return false,
                    }
                }
                words.push(word);
            }
            octet if octet.is_ascii_control() => return false,
            octet => {
                let mut word = vec![octet];
                while let Some(octet) =
                    octets.next_if(|octet| !b" ()".contains(octet) && !octet.is_ascii_control())
                {
                    word.push(octet);
                }
                words.push(word);
            }
        }
    }
    true
}

fn command(words: &[Vec<u8>]) -> Option<Command> {
    let text = |word: &Vec<u8>| String::from_utf8(word.clone()).ok();
    let upper = |word: &Vec<u8>| text(word).map(|word| word.to_ascii_uppercase());
    let (name, arguments) = words.split_first()?;
    let command = match (upper(name)?.as_str(), arguments) {
        ("CAPABILITY", []) => Command::Capability,
        ("NOOP", []) => Command::Noop,
        ("ID", _) => Command::Id,
        ("LOGOUT", []) => Command::Logout,
        ("STARTTLS", []) => Command::StartTls,
        ("LOGIN", [user, password]) => Command::Login(Credentials {
            user: text(user)?,
            password: text(password)?.into(),
        }),
        ("AUTHENTICATE", [mechanism]) => Command::Authenticate {
            mechanism: upper(mechanism)?,
            initial: None,
        },
        ("AUTHENTICATE", [mechanism, initial]) => Command::Authenticate {
            mechanism: upper(mechanism)?,
            initial: Some(text(initial)?),
        },
        ("LOGIN" | "AUTHENTICATE", _) => return None,
        _ => Command::Unknown,
    };
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> String {
        match Parser::default().line(line.as_bytes()) {
            Parsed::Command(tag, command) => format!("{tag} {command:?}"),
            parsed => format!("{parsed:?}"),
        }
    }

    #[test]
    fn commands_are_read_with_their_tags() {
        assert_eq!(kind("a1 capability"), "a1 Capability");
        assert_eq!(kind(r#"x ID ("name" "a)b" "version" NIL)"#), "x Id");
        assert_eq!(kind("x ID NIL"), "x Id");
        assert_eq!(kind("x UID FETCH 1 (FLAGS)"), "x Unknown");
        for malformed in [
            "",
            "a1",
            "a1 LOGIN",
            "a1 LOGIN a b c",
            "a1 LOGIN a \"b",
            "a\u{7} NOOP",
        ] {
            assert!(kind(malformed).starts_with("Malformed"), "{malformed}");
        }
        // A tag is part of the reply, so it must not look like something else.
        for tag in ["*", "+", "{3", &"a".repeat(65)] {
            assert!(
                kind(&format!("{tag} NOOP")).starts_with("Malformed(\"*\")"),
                "{tag}"
            );
        }
    }

    #[test]
    fn a_command_that_is_too_large_is_refused() {
        for line in ["a LOGIN {4097}", "a LOGIN {99999999999999999999+}"] {
            assert!(matches!(
                Parser::default().line(line.as_bytes()),
                Parsed::TooLarge
            ));
        }
        let mut parser = Parser::default();
        assert!(matches!(
            parser.line(b"a ID {4000+}"),
            Parsed::Literal { .. }
        ));
        parser.literal(vec![b'x'; 4_000]);
        assert!(matches!(parser.line(b" {97+}"), Parsed::TooLarge));
        let many = format!("a ID {}", "x ".repeat(MAX_WORDS));
        assert!(matches!(
            Parser::default().line(many.as_bytes()),
            Parsed::TooLarge
        ));
    }
}
