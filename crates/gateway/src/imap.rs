//! IMAP up to the sign-in (RFC 9051, and RFC 3501 for older clients), without I/O.

mod command;

use listener::{Exchange, Line, Next, begin};

use crate::{
    reply::{Refusal, RefusalKind},
    step::{Protection, Session, Step},
};
use command::{Command, Parsed, Parser};

/// The state of an IMAP session.
#[derive(Debug)]
pub struct Imap {
    protection: Protection,
    parser: Parser,
    /// The tag of the command that waits for its completion.
    tag: String,
    exchange: Option<Exchange>,
    commands_left: u32,
    errors_left: u32,
}

impl Imap {
    /// Begins a session. `commands` and `errors` limit what a client may send before it signs in.
    pub fn new(protection: Protection, commands: u32, errors: u32) -> Self {
        Self {
            protection,
            parser: Parser::default(),
            tag: String::new(),
            exchange: None,
            commands_left: commands,
            errors_left: errors,
        }
    }

    /// Returns the capabilities before the sign-in. Literals of LITERAL+ (RFC 7888) are accepted and
    /// not announced: a client may not ask again after the sign-in, and the mail server may not
    /// know them.
    fn capabilities(&self) -> String {
        let mut all = String::from("IMAP4rev1 SASL-IR ID");
        if self.protection.offers_tls && !self.protection.is_encrypted {
            all.push_str(" STARTTLS");
        }
        all.push_str(if self.protection.allows_sign_in() {
            " AUTH=PLAIN AUTH=LOGIN"
        } else {
            " LOGINDISABLED"
        });
        all
    }

    fn tagged(&self, rest: &str) -> String {
        format!("{} {rest}\r\n", self.tag)
    }

    fn parsed(&mut self, parsed: Parsed) -> Step {
        match parsed {
            Parsed::Literal { length, waits } => {
                let prompt = if waits { "+ Ready\r\n" } else { "" };
                Step::Literal(prompt.to_owned(), length)
            }
            Parsed::TooLarge => Step::Close("* BYE The command is too large\r\n".into()),
            Parsed::Malformed(tag) => {
                self.tag = tag;
                self.bad("The command is malformed")
            }
            Parsed::Command(tag, command) => {
                self.tag = tag;
                self.command(command)
            }
        }
    }

    fn bad(&mut self, text: &str) -> Step {
        let reply = self.tagged(&format!("BAD {text}"));
        self.errors_left = self.errors_left.saturating_sub(1);
        if self.errors_left == 0 {
            return Step::Close(reply + "* BYE Too many errors\r\n");
        }
        Step::Reply(reply)
    }

    fn command(&mut self, command: Command) -> Step {
        self.commands_left = self.commands_left.saturating_sub(1);
        if self.commands_left == 0 {
            return Step::Close("* BYE Too many commands before the sign-in\r\n".into());
        }
        match command {
            Command::Capability => Step::Reply(format!(
                "* CAPABILITY {}\r\n{}",
                self.capabilities(),
                self.tagged("OK CAPABILITY completed")
            )),
            Command::Noop => Step::Reply(self.tagged("OK NOOP completed")),
            Command::Id => Step::Reply(format!(
                "* ID (\"name\" \"Mailgrant\")\r\n{}",
                self.tagged("OK ID completed")
            )),
            Command::Logout => Step::Close(format!(
                "* BYE Logging out\r\n{}",
                self.tagged("OK LOGOUT completed")
            )),
            Command::StartTls if self.protection.is_encrypted => self.bad("TLS is active already"),
            Command::StartTls if !self.protection.offers_tls => {
                self.bad("This listener does not offer TLS")
            }
            Command::StartTls => Step::StartTls(self.tagged("OK Begin TLS negotiation now")),
            Command::Login(_) | Command::Authenticate { .. }
                if !self.protection.allows_sign_in() =>
            {
                let text = "NO [PRIVACYREQUIRED] Start TLS before you sign in";
                Step::Reply(self.tagged(text))
            }
            Command::Login(credentials) => Step::SignIn(credentials),
            Command::Authenticate { mechanism, initial } => {
                match begin(&mechanism, initial.as_deref()) {
                    Some(next) => self.next(next),
                    None => Step::Reply(
                        self.tagged("NO [CANNOT] Only the mechanisms PLAIN and LOGIN are offered"),
                    ),
                }
            }
            Command::Unknown => self.bad("Unknown command, or one that requires a sign-in"),
        }
    }

    fn next(&mut self, next: Next) -> Step {
        match next {
            Next::Challenge(exchange, challenge) => {
                self.exchange = Some(exchange);
                Step::Reply(format!("+ {challenge}\r\n"))
            }
            Next::Complete(credentials) => Step::SignIn(credentials),
            Next::Malformed => self.bad("The response is not valid"),
        }
    }
}

impl Session for Imap {
    fn greeting(&self, server: &str) -> String {
        let capabilities = self.capabilities();
        format!("* OK [CAPABILITY {capabilities}] {server} Mailgrant ready\r\n")
    }

    fn line(&mut self, line: Line) -> Step {
        let line = match line {
            Line::Whole(line) => line,
            Line::TooLong => return Step::Close("* BYE The line is too long\r\n".into()),
        };
        if let Some(exchange) = self.exchange.take() {
            let response = String::from_utf8_lossy(&line);
            return match response.trim() {
                "*" => Step::Reply(self.tagged("BAD Canceled")),
                response => {
                    let next = exchange.respond(response);
                    self.next(next)
                }
            };
        }
        let parsed = self.parser.line(&line);
        self.parsed(parsed)
    }

    fn literal(&mut self, octets: Vec<u8>) -> Step {
        self.parser.literal(octets);
        // The command goes on in the next line.
        Step::Reply(String::new())
    }

    fn encrypted(&mut self) {
        self.protection.is_encrypted = true;
        self.parser = Parser::default();
        self.exchange = None;
    }

    fn signed_in(&mut self, capabilities: &[String]) -> String {
        let capabilities = capabilities.join(" ");
        self.tagged(&format!("OK [CAPABILITY {capabilities}] Signed in"))
    }

    fn refused(&mut self, refusal: &Refusal, is_last: bool) -> String {
        // RFC 5530 §3. Only a wrong password makes clients ask for another one.
        let code = match refusal.kind {
            RefusalKind::WrongPassword => "AUTHENTICATIONFAILED",
            RefusalKind::NotAllowed => "AUTHORIZATIONFAILED",
            RefusalKind::SlowDown | RefusalKind::Unavailable => "UNAVAILABLE",
            RefusalKind::NeedsAdministrator => "ALERT",
        };
        let mut reply = self.tagged(&format!("NO [{code}] {}", refusal.text));
        if is_last {
            reply.push_str("* BYE Connect again to try again\r\n");
        }
        reply
    }

    fn ended(&self, text: &str) -> String {
        format!("* BYE {text}\r\n")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn session(is_encrypted: bool) -> Imap {
        let protection = Protection {
            is_encrypted,
            offers_tls: true,
            allows_plaintext: false,
        };
        Imap::new(protection, 100, 3)
    }

    fn line(session: &mut Imap, text: &str) -> Step {
        session.line(Line::Whole(text.into()))
    }

    fn reply(session: &mut Imap, text: &str) -> String {
        match line(session, text) {
            Step::Reply(reply) => reply,
            step => panic!("{text}: {step:?}"),
        }
    }

    fn credentials(step: Step) -> (String, String) {
        let Step::SignIn(credentials) = step else {
            panic!("{step:?}");
        };
        let password = credentials.password.expose_secret().to_owned();
        (credentials.user, password)
    }

    #[test]
    fn a_sign_in_is_read_in_every_notation() {
        let expected = ("user".to_owned(), "pa \"ss".to_owned());
        for login in [r#"a LOGIN user "pa \"ss""#, r#"a login "user" "pa \"ss""#] {
            assert_eq!(credentials(line(&mut session(true), login)), expected);
        }
        for (text, prompt) in [
            ("a LOGIN user {6}", "+ Ready\r\n"),
            ("a LOGIN user {6+}", ""),
        ] {
            let mut session = session(true);
            let step = line(&mut session, text);
            assert!(
                matches!(&step, Step::Literal(found, 6) if found == prompt),
                "{step:?}"
            );
            assert!(
                matches!(session.literal(b"pa \"ss".to_vec()), Step::Reply(text) if text.is_empty())
            );
            assert_eq!(credentials(line(&mut session, "")), expected);
        }
        let mut session = session(true);
        assert_eq!(reply(&mut session, "a AUTHENTICATE PLAIN"), "+ \r\n");
        let step = line(&mut session, "AHVzZXIAcGEgInNz");
        assert_eq!(credentials(step), expected);
        let step = line(&mut session, "b authenticate plain AHVzZXIAcGEgInNz");
        assert_eq!(credentials(step), expected);
        assert_eq!(
            reply(&mut session, "c AUTHENTICATE LOGIN"),
            "+ VXNlcm5hbWU6\r\n"
        );
        assert_eq!(reply(&mut session, "dXNlcg=="), "+ UGFzc3dvcmQ6\r\n");
        assert_eq!(credentials(line(&mut session, "cGEgInNz")), expected);
        assert_eq!(reply(&mut session, "d AUTHENTICATE PLAIN"), "+ \r\n");
        assert_eq!(reply(&mut session, "*"), "d BAD Canceled\r\n");
    }

    #[test]
    fn nobody_signs_in_without_tls_and_the_session_begins_again_after_it() {
        let mut session = session(false);
        assert!(session.greeting("host").contains("STARTTLS LOGINDISABLED]"));
        for command in ["a LOGIN user pass", "a AUTHENTICATE PLAIN AHVzZXIAcGEgInNz"] {
            let refused = reply(&mut session, command);
            assert!(refused.starts_with("a NO [PRIVACYREQUIRED]"), "{refused}");
        }
        assert!(matches!(
            line(&mut session, "b STARTTLS"),
            Step::StartTls(_)
        ));
        session.encrypted();
        let capabilities = reply(&mut session, "c CAPABILITY");
        assert!(
            capabilities.contains("AUTH=PLAIN AUTH=LOGIN\r\n"),
            "{capabilities}"
        );
        assert!(reply(&mut session, "d STARTTLS").starts_with("d BAD"));
    }

    #[test]
    fn errors_and_commands_are_limited() {
        let mut session = session(true);
        assert!(reply(&mut session, "a SELECT INBOX").starts_with("a BAD"));
        assert!(reply(&mut session, "").starts_with("* BAD"));
        assert!(matches!(line(&mut session, "b \u{1}"), Step::Close(_)));
        let mut session = self::session(true);
        for _ in 1..100 {
            assert_eq!(reply(&mut session, "a NOOP"), "a OK NOOP completed\r\n");
        }
        assert!(matches!(line(&mut session, "a NOOP"), Step::Close(_)));
    }
}
