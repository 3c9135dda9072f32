//! The state of a session, without I/O: what the server replies to each line, and what it does
//! next.

use domain::{EmailAddress, FindingCode, MessageFieldError, NullSender, SenderRules};
use listener::{Credentials, Exchange, Line, Next, begin};
use wording::message_field_error;

use crate::{
    Limits,
    command::{Command, Mail},
    reply::Reply,
};

/// Capabilities and limits that the server offers on a connection.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The name of the server.
    pub name: String,
    /// True if STARTTLS is offered before TLS.
    pub starttls: bool,
    /// True if clients may sign in without TLS.
    pub auth_without_tls: bool,
    /// True if SMTPUTF8 is offered (RFC 6531).
    pub smtputf8: bool,
    /// Limits on size and number.
    pub limits: Limits,
}

/// Next step of the server after a line.
#[derive(Debug)]
pub enum Step {
    /// Sends a reply and reads the next line.
    Reply(Reply),
    /// Looks the address of the client up, and passes the result to [`Session::recognized`].
    Recognize(Mail),
    /// Verifies credentials and passes the result to [`Session::signed_in`].
    SignIn(Credentials),
    /// Sends the reply, and starts TLS.
    StartTls(Reply),
    /// Sends the reply, and reads a message. Its result goes to [`Session::message_ended`].
    ReadMessage(Reply),
    /// Sends the reply and closes the connection.
    Close(Reply),
}

/// The name that a client has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The name as it was written.
    pub name: String,
    /// True for EHLO, false for HELO.
    pub is_extended: bool,
}

/// The envelope of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The sender. `None` for the null reverse-path.
    pub sender: Option<EmailAddress>,
    /// The recipients.
    pub recipients: Vec<EmailAddress>,
    /// True if the client has chosen SMTPUTF8.
    pub utf8: bool,
}

/// A session.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what the client has done so far, in any combination"
)]
#[derive(Debug)]
pub struct Session {
    offer: Offer,
    is_encrypted: bool,
    hello: Option<Hello>,
    is_signed_in: bool,
    is_known_by_address: bool,
    /// The rules of the sender, which the envelope must follow.
    rules: Option<SenderRules>,
    /// True if the data center of the sender can send with SMTPUTF8.
    accepts_utf8: bool,
    /// True if the rules have rejected a part of the transaction.
    has_refused: bool,
    exchange: Option<Exchange>,
    envelope: Option<Envelope>,
    errors: u32,
    failed_sign_ins: u32,
    idle_commands: u32,
}

impl Session {
    /// Returns a new session.
    pub fn new(offer: Offer, is_encrypted: bool) -> Self {
        Self {
            offer,
            is_encrypted,
            hello: None,
            is_signed_in: false,
            is_known_by_address: false,
            rules: None,
            accepts_utf8: false,
            has_refused: false,
            exchange: None,
            envelope: None,
            errors: 0,
            failed_sign_ins: 0,
            idle_commands: 0,
        }
    }

    /// Returns the greeting.
    pub fn greeting(&self) -> Reply {
        Reply::bare(220, &[format!("{} ESMTP Mailgrant", self.offer.name)])
    }

    /// Returns the name that the client has sent.
    pub fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    /// Returns true if the connection uses TLS.
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Returns true after a successful sign-in.
    pub fn is_signed_in(&self) -> bool {
        self.is_signed_in
    }

    /// Sets the rules of the sender that has signed in or was recognized, and whether its data
    /// center can send with SMTPUTF8.
    pub fn follow(&mut self, rules: Option<SenderRules>, accepts_utf8: bool) {
        self.rules = rules;
        self.accepts_utf8 = accepts_utf8;
    }

    /// Continues MAIL after the address of the client was looked up: true for a sender that need
    /// not sign in. The error is the reply to one that may not send here.
    pub fn recognized(&mut self, is_known: Result<bool, Reply>, mail: Mail) -> Step {
        let reply = is_known.and_then(|is_known| {
            self.is_known_by_address = is_known;
            self.mail(mail)
        });
        self.count(Step::Reply(reply.unwrap_or_else(|refused| refused)))
    }

    /// Returns true once after the rules of the sender have rejected a whole message by its
    /// envelope.
    pub fn take_rejection(&mut self) -> bool {
        self.envelope.is_none() && std::mem::take(&mut self.has_refused)
    }

    /// Returns true if the client may send mail.
    pub fn may_send(&self) -> bool {
        self.is_signed_in || self.is_known_by_address
    }

    /// Returns true from an accepted MAIL until its message is read or it is reset.
    pub fn has_transaction(&self) -> bool {
        self.envelope.is_some()
    }

    /// Returns true if the next line is a response of an AUTH exchange, which is never recorded.
    pub fn expects_response(&self) -> bool {
        self.exchange.is_some()
    }

    /// Processes a line.
    pub fn line(&mut self, line: Line) -> Step {
        let step = match self.exchange.take() {
            Some(exchange) => self.response(exchange, line),
            None => self.command(line),
        };
        self.count(step)
    }

    /// Continues after STARTTLS. Everything that the client has said before is forgotten (RFC 3207
    /// §4.2), except the number of its errors.
    pub fn encrypted(&mut self) {
        self.is_encrypted = true;
        self.is_signed_in = false;
        self.is_known_by_address = false;
        self.rules = None;
        self.hello = None;
        self.envelope = None;
    }

    /// Continues after credentials were verified. The error is the reply to wrong ones.
    pub fn signed_in(&mut self, result: Result<(), Reply>) -> Step {
        match result {
            Ok(()) => {
                self.is_signed_in = true;
                Step::Reply(Reply::new(235, "2.7.0", "Signed in"))
            }
            Err(reply) => {
                self.failed_sign_ins += u32::from(reply.is_error());
                let step = if self.failed_sign_ins >= self.offer.limits.failed_sign_ins {
                    Step::Close(reply)
                } else {
                    Step::Reply(reply)
                };
                self.count(step)
            }
        }
    }

    /// Takes the envelope of the message that is about to be read.
    pub fn take_envelope(&mut self) -> Envelope {
        self.envelope.take().unwrap_or_default()
    }

    /// Continues after a message was accepted or rejected.
    pub fn message_ended(&mut self, reply: Reply) -> Step {
        self.envelope = None;
        self.has_refused = false;
        if !reply.is_error() {
            self.idle_commands = 0;
        }
        self.count(Step::Reply(reply))
    }

    /// Counts rejected commands. Closes the connection of a client that sends too many.
    fn count(&mut self, step: Step) -> Step {
        let Step::Reply(reply) = &step else {
            return step;
        };
        // A message for some recipients that the rules reject is no error of the program.
        self.errors += u32::from(reply.is_error() && !reply.is_recipient_refused());
        let limits = &self.offer.limits;
        if self.errors >= limits.errors {
            Step::Close(Reply::new(
                421,
                "4.7.0",
                "Too many errors; closing the connection",
            ))
        } else if self.idle_commands > limits.idle_commands {
            let text = "Too many commands without a message; closing the connection";
            Step::Close(Reply::new(421, "4.7.0", text))
        } else {
            step
        }
    }

    fn command(&mut self, line: Line) -> Step {
        let Line::Whole(line) = line else {
            return Step::Reply(Reply::new(500, "5.5.2", "The line is too long"));
        };
        let utf8 = self.envelope.as_ref();
        let utf8 = utf8.map_or(self.offer.smtputf8, |envelope| envelope.utf8);
        match Command::parse(&line, utf8) {
            Ok(command) => self.run(command),
            Err(reply) => Step::Reply(reply),
        }
    }

    fn run(&mut self, command: Command) -> Step {
        match command {
            Command::Mail(mail) if self.hello.is_some() && !self.may_send() => {
                return Step::Recognize(mail);
            }
            Command::Mail(mail) => {
                return Step::Reply(self.mail(mail).unwrap_or_else(|refused| refused));
            }
            Command::Rcpt(address) => {
                return Step::Reply(self.rcpt(address).unwrap_or_else(|refused| refused));
            }
            Command::Data => return self.data(),
            Command::StartTls => return self.starttls(),
            Command::Auth { mechanism, initial } => {
                return self.auth(&mechanism, initial.as_deref());
            }
            Command::Quit => {
                return Step::Close(Reply::new(221, "2.0.0", "Closing the connection"));
            }
            _ => self.idle_commands += 1,
        }
        Step::Reply(match command {
            Command::Hello { name, is_extended } => self.greet(Hello { name, is_extended }),
            Command::Reset => {
                self.envelope = None;
                self.has_refused = false;
                Reply::new(250, "2.0.0", "OK")
            }
            Command::Verify => {
                Reply::new(252, "2.1.5", "Addresses are not verified; send the message")
            }
            Command::Help => Reply::new(
                214,
                "2.0.0",
                "Mailgrant accepts mail of programs that sign in with an API key",
            ),
            _ => Reply::new(250, "2.0.0", "OK"),
        })
    }

    fn greet(&mut self, hello: Hello) -> Reply {
        let is_extended = hello.is_extended;
        self.hello = Some(hello);
        // A new greeting ends the transaction (RFC 5321 §4.1.4).
        self.envelope = None;
        self.has_refused = false;
        let mut lines = vec![self.offer.name.clone()];
        if is_extended {
            let limits = &self.offer.limits;
            lines.push("PIPELINING".into());
            lines.push("8BITMIME".into());
            if self.offer.smtputf8 {
                lines.push("SMTPUTF8".into());
            }
            lines.push("ENHANCEDSTATUSCODES".into());
            lines.push(format!("SIZE {}", limits.message_octets));
            lines.push(format!("LIMITS RCPTMAX={}", limits.recipients));
            if self.offers_starttls() {
                lines.push("STARTTLS".into());
            }
            if self.offers_auth() {
                lines.push("AUTH PLAIN LOGIN".into());
            }
        }
        Reply::bare(250, &lines)
    }

    fn offers_starttls(&self) -> bool {
        self.offer.starttls && !self.is_encrypted
    }

    /// Returns true if signing in is possible on the connection.
    pub fn offers_auth(&self) -> bool {
        self.is_encrypted || self.offer.auth_without_tls
    }

    fn starttls(&mut self) -> Step {
        if self.is_encrypted {
            return Step::Reply(out_of_order("TLS is active already"));
        }
        if !self.offer.starttls {
            return Step::Reply(Reply::new(502, "5.5.1", "STARTTLS is not offered here"));
        }
        Step::StartTls(Reply::new(220, "2.0.0", "Begin TLS"))
    }

    fn auth(&mut self, mechanism: &str, initial: Option<&str>) -> Step {
        if self.is_signed_in {
            return Step::Reply(out_of_order("You have signed in already"));
        }
        if self.hello.is_none() {
            return Step::Reply(out_of_order("Send EHLO first"));
        }
        if self.envelope.is_some() {
            return Step::Reply(out_of_order(
                "Signing in is not possible within a transaction",
            ));
        }
        if !self.offers_auth() {
            let text =
                "Turn on encryption (TLS or STARTTLS) in the program or device before it signs in";
            return Step::Reply(Reply::new(538, "5.7.11", text).because(FindingCode::InboundNoTls));
        }
        match begin(mechanism, initial) {
            Some(next) => self.exchange(next),
            None => Step::Reply(
                Reply::new(504, "5.5.4", "Use PLAIN or LOGIN")
                    .because(FindingCode::InboundMechanismNotOffered),
            ),
        }
    }

    fn response(&mut self, exchange: Exchange, line: Line) -> Step {
        let Line::Whole(line) = line else {
            return Step::Reply(Reply::new(500, "5.5.6", "The response is too long"));
        };
        let line = String::from_utf8_lossy(&line);
        if line.trim() == "*" {
            return Step::Reply(Reply::new(501, "5.7.0", "The sign-in was cancelled"));
        }
        self.exchange(exchange.respond(&line))
    }

    fn exchange(&mut self, next: Next) -> Step {
        match next {
            Next::Challenge(exchange, text) => {
                self.exchange = Some(exchange);
                Step::Reply(Reply::bare(334, &[text.into()]))
            }
            Next::Complete(credentials) => Step::SignIn(credentials),
            Next::Malformed => {
                let text = "The response is not valid base64 of a user name and a password";
                let reply = Reply::new(501, "5.5.2", text);
                Step::Reply(reply.because(FindingCode::InboundSignInMalformed))
            }
        }
    }

    fn mail(&mut self, Mail { sender, size, utf8 }: Mail) -> Result<Reply, Reply> {
        if self.hello.is_none() {
            return Err(out_of_order("Send EHLO first"));
        }
        if !self.may_send() {
            return Err(self.sign_in_first());
        }
        if self.envelope.is_some() {
            return Err(out_of_order(
                "A transaction has begun already; send RSET to end it",
            ));
        }
        if size.is_some_and(|size| size > self.offer.limits.message_octets as u64) {
            return Err(too_large(self.offer.limits.message_octets));
        }
        if utf8 && !self.accepts_utf8 {
            let text =
                "The mail server of this sender does not offer SMTPUTF8; use ASCII addresses";
            return Err(Reply::new(553, "5.6.7", text));
        }
        self.has_refused = sender.is_none()
            && self
                .rules
                .as_ref()
                .is_some_and(|rules| rules.null_sender == NullSender::Reject);
        if self.has_refused {
            let words = message_field_error(MessageFieldError::NullSenderNotAllowed).joined();
            return Err(
                Reply::new(550, "5.7.60", &words).because(FindingCode::InboundNullSenderNotAllowed)
            );
        }
        self.envelope = Some(Envelope {
            sender,
            recipients: Vec::new(),
            utf8,
        });
        Ok(Reply::new(250, "2.1.0", "Sender accepted"))
    }

    fn sign_in_first(&self) -> Reply {
        if self.offers_auth() {
            let text = "Sign in first, with the user name and password of a sender, or with an API key as the password";
            Reply::new(530, "5.7.0", text).because(FindingCode::InboundNoSignIn)
        } else if self.offer.starttls {
            Reply::new(
                530,
                "5.7.0",
                "Turn on STARTTLS and sign-in in the program or device",
            )
            .because(FindingCode::InboundNoTls)
        } else {
            Reply::new(530, "5.7.0", "Signing in is not possible here without TLS")
                .because(FindingCode::InboundNoTls)
        }
    }

    fn rcpt(&mut self, address: EmailAddress) -> Result<Reply, Reply> {
        let recipients = self.offer.limits.recipients;
        let Some(envelope) = &mut self.envelope else {
            return Err(out_of_order("Send MAIL first"));
        };
        let is_allowed = self.rules.as_ref();
        if !is_allowed.is_none_or(|rules| rules.allows_recipient(&address)) {
            self.has_refused = true;
            return Err(Reply::recipient_refused(&address));
        }
        if envelope.recipients.len() >= recipients {
            let text = format!(
                "A message can have {recipients} recipients; send it to the others separately"
            );
            return Err(
                Reply::new(452, "4.5.3", &text).because(FindingCode::InboundTooManyRecipients)
            );
        }
        envelope.recipients.push(address);
        Ok(Reply::new(250, "2.1.5", "Recipient accepted"))
    }

    fn data(&mut self) -> Step {
        match &self.envelope {
            None => Step::Reply(out_of_order("Send MAIL first")),
            Some(envelope) if envelope.recipients.is_empty() => {
                if self.has_refused {
                    // Nothing is left of the transaction.
                    self.envelope = None;
                }
                Step::Reply(Reply::new(554, "5.5.1", "No recipient was accepted"))
            }
            Some(_) => Step::ReadMessage(Reply::bare(
                354,
                &["Send the message, and end it with a line that has only a dot".into()],
            )),
        }
    }
}

fn out_of_order(text: &str) -> Reply {
    Reply::new(503, "5.5.1", text)
}

/// Returns the reply to a message over the limit.
pub fn too_large(limit: usize) -> Reply {
    let megabytes = limit / 1_048_576;
    let text = format!("A message can have {megabytes} MB");
    Reply::new(552, "5.3.4", &text).because(FindingCode::InboundTooLarge)
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;

    use super::*;

    fn offer() -> Offer {
        Offer {
            name: "mail.example".into(),
            starttls: true,
            auth_without_tls: false,
            smtputf8: false,
            limits: Limits::default(),
        }
    }

    /// Sends a line. Returns the code of the reply, or 0 if there is none yet.
    fn send(session: &mut Session, line: &str) -> u16 {
        match session.line(Line::Whole(line.into())) {
            Step::Recognize(mail) => code(&session.recognized(Ok(false), mail)),
            step => code(&step),
        }
    }

    fn code(step: &Step) -> u16 {
        match step {
            Step::Reply(reply)
            | Step::StartTls(reply)
            | Step::ReadMessage(reply)
            | Step::Close(reply) => reply.code(),
            Step::SignIn(_) | Step::Recognize(_) => 0,
        }
    }

    fn text(step: Step) -> String {
        let (Step::Reply(reply) | Step::Close(reply)) = step else {
            panic!("{step:?}");
        };
        String::from_utf8(reply.to_bytes()).unwrap()
    }

    fn signed_in() -> Session {
        let mut session = Session::new(offer(), true);
        assert_eq!(send(&mut session, "EHLO device"), 250);
        assert_eq!(send(&mut session, "AUTH PLAIN AHVzZXIAcGFzcw=="), 0);
        assert_eq!(code(&session.signed_in(Ok(()))), 235);
        session
    }

    #[test]
    fn ehlo_offers_sign_in_only_with_tls_and_starttls_only_without() {
        let mut session = Session::new(offer(), false);
        let before = text(session.line(Line::Whole("EHLO device".into())));
        assert!(
            before.contains("STARTTLS") && !before.contains("AUTH"),
            "{before}"
        );
        assert_eq!(code(&session.line(Line::Whole("STARTTLS".into()))), 220);
        session.encrypted();
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 503);
        let after = text(session.line(Line::Whole("EHLO device".into())));
        assert_eq!(
            after,
            "250-mail.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n\
             250-SIZE 26214400\r\n250-LIMITS RCPTMAX=1000\r\n250 AUTH PLAIN LOGIN\r\n"
        );
        assert_eq!(send(&mut session, "STARTTLS"), 503);
    }

    #[test]
    fn nothing_is_accepted_without_a_sign_in() {
        let mut session = Session::new(offer(), false);
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 503);
        assert_eq!(send(&mut session, "AUTH PLAIN AHVzZXIAcGFzcw=="), 503);
        assert_eq!(send(&mut session, "EHLO device"), 250);
        assert_eq!(send(&mut session, "AUTH PLAIN AHVzZXIAcGFzcw=="), 538);
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 530);
        assert_eq!(send(&mut session, "RCPT TO:<a@b.example>"), 503);
        assert_eq!(send(&mut session, "DATA"), 503);
    }

    #[test]
    fn a_sign_in_before_tls_is_forgotten() {
        let open = Offer {
            auth_without_tls: true,
            ..offer()
        };
        let mut session = Session::new(open, false);
        send(&mut session, "EHLO device");
        send(&mut session, "AUTH PLAIN AHVzZXIAcGFzcw==");
        session.signed_in(Ok(()));
        send(&mut session, "MAIL FROM:<a@b.example>");
        session.encrypted();
        assert!(!session.is_signed_in());
        assert_eq!(send(&mut session, "EHLO device"), 250);
        assert_eq!(send(&mut session, "RCPT TO:<a@b.example>"), 503);
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 530);
    }

    #[test]
    fn signs_in_after_helo_and_only_once() {
        let mut session = Session::new(offer(), true);
        assert_eq!(send(&mut session, "HELO device"), 250);
        let prompt = text(session.line(Line::Whole("AUTH LOGIN".into())));
        assert_eq!(prompt, "334 VXNlcm5hbWU6\r\n");
        let prompt = text(session.line(Line::Whole("dXNlcg==".into())));
        assert_eq!(prompt, "334 UGFzc3dvcmQ6\r\n");
        assert_eq!(send(&mut session, "cGFzcw=="), 0);
        session.signed_in(Ok(()));
        assert_eq!(send(&mut session, "AUTH LOGIN"), 503);
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 250);
    }

    #[test]
    fn an_exchange_is_cancelled_or_refused_and_can_begin_again() {
        let mut session = Session::new(offer(), true);
        send(&mut session, "EHLO device");
        let prompt = text(session.line(Line::Whole("AUTH PLAIN".into())));
        assert_eq!(prompt, "334 \r\n");
        assert_eq!(send(&mut session, "*"), 501);
        assert_eq!(send(&mut session, "AUTH CRAM-MD5"), 504);
        assert_eq!(send(&mut session, "AUTH LOGIN"), 334);
        assert_eq!(send(&mut session, "not base64!"), 501);
        assert_eq!(send(&mut session, "AUTH LOGIN"), 334);
        assert_eq!(code(&session.line(Line::TooLong)), 500);
        assert_eq!(send(&mut session, "NOOP"), 250);
    }

    #[test]
    fn the_third_failed_sign_in_closes_the_connection() {
        let mut session = Session::new(offer(), true);
        send(&mut session, "EHLO device");
        let wrong = || Err(Reply::new(535, "5.7.8", "wrong"));
        assert!(matches!(session.signed_in(wrong()), Step::Reply(_)));
        assert!(matches!(session.signed_in(wrong()), Step::Reply(_)));
        // A failure of the server does not count.
        let later = Err(Reply::new(454, "4.7.0", "later"));
        assert!(matches!(session.signed_in(later), Step::Reply(_)));
        assert!(matches!(session.signed_in(wrong()), Step::Close(_)));
    }

    #[test]
    fn a_message_that_declares_too_many_octets_is_refused_immediately() {
        let mut session = signed_in();
        assert_eq!(
            send(&mut session, "MAIL FROM:<a@b.example> SIZE=26214401"),
            552
        );
        assert_eq!(
            send(&mut session, "MAIL FROM:<a@b.example> SIZE=26214400"),
            250
        );
    }

    #[test]
    fn recipients_over_the_limit_are_put_off_and_do_not_count_as_errors() {
        let mut session = signed_in();
        send(&mut session, "MAIL FROM:<a@b.example>");
        for number in 0..1_000 {
            assert_eq!(
                send(&mut session, &format!("RCPT TO:<{number}@b.example>")),
                250
            );
        }
        for _ in 0..50 {
            assert_eq!(send(&mut session, "RCPT TO:<more@b.example>"), 452);
        }
        assert_eq!(send(&mut session, "DATA"), 354);
        assert_eq!(session.take_envelope().recipients.len(), 1_000);
    }

    #[test]
    fn addresses_in_utf8_need_smtputf8_which_the_data_center_has_to_offer() {
        let utf8 = Offer {
            smtputf8: true,
            ..offer()
        };
        let mut session = Session::new(utf8, true);
        let ehlo = text(session.line(Line::Whole("EHLO device".into())));
        assert!(ehlo.contains("250-SMTPUTF8\r\n"), "{ehlo}");
        send(&mut session, "AUTH PLAIN AHVzZXIAcGFzcw==");
        session.signed_in(Ok(()));
        session.follow(None, true);
        assert_eq!(send(&mut session, "MAIL FROM:<jörg@b.example>"), 553);
        assert_eq!(
            send(&mut session, "MAIL FROM:<a@b.example> SMTPUTF8=1"),
            555
        );
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 250);
        assert_eq!(send(&mut session, "RCPT TO:<jörg@b.example>"), 553);
        assert_eq!(send(&mut session, "RSET"), 250);
        assert_eq!(
            send(&mut session, "MAIL FROM:<jörg@b.example> SMTPUTF8"),
            250
        );
        assert_eq!(send(&mut session, "RCPT TO:<jürgen@bücher.example>"), 250);
        assert!(session.take_envelope().utf8);
        session.follow(None, false);
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example> SMTPUTF8"), 553);
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 250);
    }

    #[test]
    fn the_rules_of_a_sender_reject_parts_of_the_envelope() {
        let mut session = signed_in();
        let rules = SenderRules {
            allowed_recipients: vec![domain::Host::parse("example.com").unwrap()],
            null_sender: NullSender::Reject,
            ..SenderRules::default()
        };
        session.follow(Some(rules), true);
        assert_eq!(send(&mut session, "MAIL FROM:<>"), 550);
        assert!(session.take_rejection() && !session.take_rejection());
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 250);
        for _ in 0..50 {
            assert_eq!(send(&mut session, "RCPT TO:<bob@example.org>"), 550);
        }
        assert_eq!(send(&mut session, "RCPT TO:<bob@example.com>"), 250);
        assert_eq!(send(&mut session, "DATA"), 354);
        assert_eq!(session.take_envelope().recipients.len(), 1);
        session.message_ended(Reply::new(250, "2.0.0", "Queued"));
        assert!(!session.take_rejection());
        assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 250);
        assert_eq!(send(&mut session, "RCPT TO:<bob@example.org>"), 550);
        assert!(!session.take_rejection());
        assert_eq!(send(&mut session, "DATA"), 554);
        assert!(session.take_rejection());
    }

    #[test]
    fn a_transaction_ends_with_its_message_and_with_rset_and_ehlo() {
        let mut session = signed_in();
        for end in ["RSET", "EHLO device", "HELO device"] {
            assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 250);
            assert_eq!(send(&mut session, "MAIL FROM:<a@b.example>"), 503);
            assert_eq!(send(&mut session, "RCPT TO:<a@b.example>"), 250);
            assert_eq!(send(&mut session, end), 250);
            assert_eq!(send(&mut session, "RCPT TO:<a@b.example>"), 503);
        }
        send(&mut session, "MAIL FROM:<>");
        assert_eq!(send(&mut session, "DATA"), 554);
        send(&mut session, "RCPT TO:<a@b.example>");
        assert_eq!(send(&mut session, "DATA"), 354);
        assert_eq!(session.take_envelope().sender, None);
        session.message_ended(Reply::new(250, "2.0.0", "Queued"));
        assert_eq!(send(&mut session, "DATA"), 503);
    }

    proptest::proptest! {
        #![proptest_config(fuzz::cases(5_000))]

        /// Only a message after a sign-in is read, and no line makes more than one reply.
        #[test]
        fn no_line_makes_a_message_without_a_sign_in(
            lines in proptest::collection::vec(
                proptest::prop_oneof![
                    fuzz::hostile(),
                    proptest::sample::select(vec![
                        "EHLO a", "HELO a", "STARTTLS", "AUTH LOGIN", "AUTH PLAIN AGEAYg==", "YQ==", "*",
                        "MAIL FROM:<a@b.example>", "RCPT TO:<a@b.example>", "DATA", "RSET", "NOOP",
                    ]).prop_map(str::to_owned),
                ],
                0..30,
            ),
        ) {
            let mut session = Session::new(offer(), true);
            for line in lines {
                match session.line(Line::Whole(line.into_bytes())) {
                    Step::ReadMessage(_) => proptest::prop_assert!(false),
                    Step::SignIn(_) => {
                        session.signed_in(Err(Reply::new(535, "5.7.8", "wrong")));
                    }
                    Step::Recognize(mail) => {
                        session.recognized(Ok(false), mail);
                    }
                    Step::Close(_) => break,
                    Step::StartTls(_) => proptest::prop_assert!(false),
                    Step::Reply(reply) => {
                        let text = String::from_utf8(reply.to_bytes()).unwrap();
                        proptest::prop_assert!(text.is_ascii() && text.ends_with("\r\n"));
                        let code = reply.code().to_string();
                        proptest::prop_assert!(text.lines().all(|line| line.starts_with(&code)));
                    }
                }
            }
            proptest::prop_assert!(!session.is_signed_in());
        }
    }

    #[test]
    fn twenty_errors_and_a_hundred_idle_commands_close_the_connection() {
        let mut session = signed_in();
        for _ in 0..19 {
            assert_eq!(send(&mut session, "nonsense"), 500);
        }
        let step = session.line(Line::Whole("nonsense".into()));
        assert!(
            matches!(&step, Step::Close(reply) if reply.code() == 421),
            "{step:?}"
        );
        let mut session = signed_in();
        for _ in 0..99 {
            assert_eq!(send(&mut session, "NOOP"), 250);
        }
        assert_eq!(send(&mut session, "NOOP"), 421);
    }
}
