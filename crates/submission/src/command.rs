//! Parses commands (RFC 5321 §4.1, RFC 3207, RFC 4954).

use domain::EmailAddress;

use crate::{path, reply::Reply};

/// Octets of a command line without its end, except AUTH. RFC 5321 §4.5.3.1.4 requires 512, and
/// each extension adds some.
const MAX_COMMAND: usize = 2_048;
/// Octets of the name in EHLO and HELO.
const MAX_NAME: usize = 255;

/// The arguments of MAIL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The sender. `None` for the null reverse-path.
    pub sender: Option<EmailAddress>,
    /// The size that the client declares, in octets.
    pub size: Option<u64>,
    /// True if the message needs SMTPUTF8 (RFC 6531).
    pub utf8: bool,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// EHLO or HELO.
    Hello {
        /// The name of the client, as it was written.
        name: String,
        /// True for EHLO.
        is_extended: bool,
    },
    /// AUTH.
    Auth {
        /// The mechanism, in upper case.
        mechanism: String,
        /// The initial response, in base64.
        initial: Option<String>,
    },
    /// MAIL.
    Mail(Mail),
    /// RCPT.
    Rcpt(EmailAddress),
    /// DATA.
    Data,
    /// RSET.
    Reset,
    /// NOOP.
    Noop,
    /// HELP.
    Help,
    /// VRFY.
    Verify,
    /// STARTTLS.
    StartTls,
    /// QUIT.
    Quit,
}

impl Command {
    /// Parses a line. `utf8` says whether SMTPUTF8 is offered or, within a transaction, was chosen.
    ///
    /// # Errors
    /// The reply to a line that is no valid command.
    pub fn parse(line: &[u8], utf8: bool) -> Result<Self, Reply> {
        if line.first() == Some(&0x16) {
            return Err(Reply::new(
                500,
                "5.5.2",
                "This is a TLS handshake; the connection is not encrypted at this point",
            ));
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return Err(syntax("The command has octets that are not text"));
        };
        let line = line.trim_end_matches([' ', '\t']);
        if line.chars().any(char::is_control) {
            return Err(syntax("The command has a control character"));
        }
        let (verb, arguments) = line.split_once(' ').unwrap_or((line, ""));
        let (verb, arguments) = (verb.to_ascii_uppercase(), arguments.trim_start());
        if verb != "AUTH" && line.len() > MAX_COMMAND {
            return Err(syntax("The line is too long"));
        }
        match (&*verb, arguments) {
            ("EHLO", name) => hello(name, true),
            ("HELO", name) => hello(name, false),
            ("MAIL", arguments) => mail(arguments, utf8),
            ("RCPT", arguments) => rcpt(arguments, utf8),
            ("AUTH", arguments) => auth(arguments),
            ("DATA", "") => Ok(Self::Data),
            ("RSET", "") => Ok(Self::Reset),
            ("QUIT", _) => Ok(Self::Quit),
            ("STARTTLS", "") => Ok(Self::StartTls),
            ("NOOP", _) => Ok(Self::Noop),
            ("HELP", _) => Ok(Self::Help),
            ("VRFY", _) => Ok(Self::Verify),
            ("DATA" | "RSET" | "STARTTLS", _) => {
                Err(Reply::new(501, "5.5.4", "This command has no parameters"))
            }
            ("EXPN" | "BDAT" | "ETRN" | "BURL" | "TURN", _) => {
                Err(Reply::new(502, "5.5.1", "This command is not offered"))
            }
            _ => Err(Reply::new(500, "5.5.1", "Unknown command")),
        }
    }
}

fn syntax(text: &str) -> Reply {
    Reply::new(500, "5.5.2", text)
}

/// Accepts any name: devices send addresses without brackets, names with `_`, and names without a
/// dot.
fn hello(name: &str, is_extended: bool) -> Result<Command, Reply> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Reply::new(
            501,
            "5.5.4",
            "Send your host name, as in EHLO printer.example.com",
        ));
    }
    Ok(Command::Hello {
        name: name.to_owned(),
        is_extended,
    })
}

fn auth(arguments: &str) -> Result<Command, Reply> {
    let mut words = arguments.split(' ').filter(|word| !word.is_empty());
    let (mechanism, initial, more) = (words.next(), words.next(), words.next());
    let (Some(mechanism), None) = (mechanism, more) else {
        return Err(Reply::new(
            501,
            "5.5.4",
            "Syntax: AUTH mechanism [initial response]",
        ));
    };
    Ok(Command::Auth {
        mechanism: mechanism.to_ascii_uppercase(),
        initial: initial.map(str::to_owned),
    })
}

fn mail(arguments: &str, is_utf8_offered: bool) -> Result<Command, Reply> {
    let Some(arguments) = path::parse(arguments, "FROM") else {
        return Err(Reply::new(501, "5.5.4", "Syntax: MAIL FROM:<address>"));
    };
    let (mut size, mut utf8) = (None, false);
    for (keyword, value) in &arguments.parameters {
        let wrong = || {
            Reply::new(
                501,
                "5.5.4",
                &format!("The value of the parameter {keyword} is not valid"),
            )
        };
        match (&*keyword.to_ascii_uppercase(), value) {
            ("SIZE", Some(value)) => {
                let is_number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
                if !is_number || value.len() > 20 {
                    return Err(wrong());
                }
                // Twenty digits may be more than fits, which is too large in any case.
                size = Some(value.parse().unwrap_or(u64::MAX));
            }
            ("BODY", Some(value))
                if value.eq_ignore_ascii_case("7BIT") || value.eq_ignore_ascii_case("8BITMIME") => {
            }
            // Taken and ignored: it names who submitted the message elsewhere (RFC 4954 §5).
            ("AUTH", Some(_)) => {}
            ("SMTPUTF8", None) if is_utf8_offered => utf8 = true,
            ("SIZE" | "BODY" | "AUTH", _) => return Err(wrong()),
            _ => return Err(not_offered(keyword)),
        }
    }
    let sender = match arguments.address {
        "" => None,
        address => Some(parse_address(address, utf8, "5.1.7")?),
    };
    Ok(Command::Mail(Mail { sender, size, utf8 }))
}

fn rcpt(arguments: &str, utf8: bool) -> Result<Command, Reply> {
    let Some(arguments) = path::parse(arguments, "TO") else {
        return Err(Reply::new(501, "5.5.4", "Syntax: RCPT TO:<address>"));
    };
    if let Some((keyword, _)) = arguments.parameters.first() {
        return Err(not_offered(keyword));
    }
    parse_address(arguments.address, utf8, "5.1.3").map(Command::Rcpt)
}

fn not_offered(keyword: &str) -> Reply {
    let text = format!("The parameter {keyword} is not offered");
    Reply::new(555, "5.5.4", &text)
}

fn parse_address(address: &str, utf8: bool, status: &'static str) -> Result<EmailAddress, Reply> {
    if !utf8 && !address.is_ascii() {
        let text =
            "Addresses that are not ASCII are accepted only with SMTPUTF8, where it is offered";
        return Err(Reply::new(553, "5.6.7", text));
    }
    EmailAddress::parse(address).map_err(|_| {
        let text = format!("{address:?} is not an email address such as user@example.com");
        Reply::new(553, status, &text)
    })
}

#[cfg(test)]
mod tests {
    use domain::EmailAddress;

    use super::{Command, Mail};

    fn code(line: &str) -> u16 {
        Command::parse(line.as_bytes(), false).unwrap_err().code()
    }

    #[test]
    fn any_printable_name_is_accepted() {
        for name in [
            "a",
            "my_printer",
            "192.168.1.5",
            "[192.168.1.5]",
            "[IPv6:::1]",
            "büro",
            "two words",
        ] {
            let parsed = Command::parse(format!("EHLO {name}").as_bytes(), false).unwrap();
            let expected = Command::Hello {
                name: name.into(),
                is_extended: true,
            };
            assert_eq!(parsed, expected);
        }
        assert_eq!(code("EHLO"), 501);
        assert_eq!(code("HELO a\tb"), 500);
    }

    #[test]
    fn parameters_of_offered_extensions_are_read_and_others_refused() {
        let sender = Some(EmailAddress::parse("a@b.example").unwrap());
        let line = b"mail from:<a@b.example> size=1000 BODY=8bitmime AUTH=<>";
        let expected = Command::Mail(Mail {
            sender,
            size: Some(1_000),
            utf8: false,
        });
        assert_eq!(Command::parse(line, false), Ok(expected));
        let huge = b"MAIL FROM:<> SIZE=99999999999999999999";
        let expected = Command::Mail(Mail {
            sender: None,
            size: Some(u64::MAX),
            utf8: false,
        });
        assert_eq!(Command::parse(huge, false), Ok(expected));
        for (line, expected) in [
            ("MAIL FROM:<a@b.example> SIZE=x", 501),
            ("MAIL FROM:<a@b.example> SIZE", 501),
            ("MAIL FROM:<a@b.example> BODY=BINARYMIME", 501),
            ("MAIL FROM:<a@b.example> RET=HDRS", 555),
            ("MAIL FROM:<a@b.example> SMTPUTF8", 555),
            ("RCPT TO:<a@b.example> NOTIFY=NEVER", 555),
            ("RCPT TO:<ä@b.example>", 553),
            ("RCPT TO:<a@bücher.example>", 553),
            ("RCPT TO:<root>", 553),
            ("RCPT TO:<>", 553),
            ("RCPT FROM:<a@b.example>", 501),
        ] {
            assert_eq!(code(line), expected, "{line}");
        }
    }

    #[test]
    fn other_lines_get_the_codes_of_the_standard() {
        for (line, expected) in [
            ("", 500),
            ("GET / HTTP/1.1", 500),
            ("BDAT 10 LAST", 502),
            ("EXPN all", 502),
            ("DATA now", 501),
            ("AUTH", 501),
            ("AUTH PLAIN a b", 501),
            ("\u{16}\u{3}\u{1}", 500),
        ] {
            assert_eq!(code(line), expected, "{line:?}");
        }
        let long = format!("NOOP {}", "x".repeat(3_000));
        assert_eq!(code(&long), 500);
    }
}
