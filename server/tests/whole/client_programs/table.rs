//! The programs, and what each of them supports.

use std::fmt::Write as _;

use super::{
    kind::{Auth, Mode},
    message,
};

/// A program.
pub struct Client {
    pub name: &'static str,
    /// The version that is known to work, as Debian 12 or npm have it.
    version: &'static str,
    /// Ways to be recognized that the program does not support, with the reason.
    lacks: &'static [(Auth, &'static str)],
    /// True if the message has an attachment.
    pub attaches: bool,
    /// True if the program begins with HELO instead of EHLO when it does not sign in.
    pub says_helo: bool,
}

impl Client {
    const fn new(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            lacks: &[],
            attaches: true,
            says_helo: false,
        }
    }

    /// Returns the program with this name.
    pub fn named(name: &str) -> &'static Self {
        CLIENTS.iter().find(|client| client.name == name).unwrap()
    }

    /// Returns the name in lowercase letters and digits.
    pub fn id(&self) -> String {
        let letters = self.name.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_lowercase()
    }

    /// Returns the text that is delivered.
    pub fn body(&self) -> &'static str {
        if self.attaches {
            message::BODY
        } else {
            message::PATCH
        }
    }

    /// Returns the reason why the program cannot be recognized in this way, if any.
    pub fn reason_against(&self, auth: Auth) -> Option<&'static str> {
        let lacks = self.lacks.iter().find(|(lacked, _)| *lacked == auth);
        lacks.map(|(_, reason)| *reason)
    }
}

const CLIENTS: [Client; 15] = [
    Client::new("swaks", "20201014"),
    Client::new("msmtp", "1.8.23"),
    Client {
        says_helo: true,
        ..Client::new("s-nail", "14.9.24")
    },
    Client::new("curl", "7.88"),
    Client {
        attaches: false,
        ..Client::new("git send-email", "2.47")
    },
    Client::new("PHPMailer", "6.6.3"),
    Client::new("JavaMail", "1.6.5"),
    Client::new("Python smtplib", "3.11"),
    Client::new("Ruby Net::SMTP", "3.1"),
    Client::new("Perl Net::SMTP", "5.36"),
    Client::new("nodemailer", "7.0"),
    Client {
        says_helo: true,
        ..Client::new("nullmailer", "2.2")
    },
    Client {
        lacks: &[(Auth::Plain, "signs in with LOGIN only")],
        ..Client::new("dma", "0.13")
    },
    Client::new("Exim", "4.96"),
    Client::new("Postfix", "3.7"),
];

/// Formats the table for the manual.
pub fn render() -> String {
    let mut table = String::from(
        "| program | version | sign-in | without TLS | STARTTLS | TLS |\n|---|---|---|---|---|---|\n",
    );
    for client in &CLIENTS {
        for auth in Auth::ALL {
            let name = match auth {
                Auth::Plain => "PLAIN",
                Auth::Login => "LOGIN",
                Auth::Address => "by address",
            };
            let cell = client.reason_against(auth).unwrap_or("yes");
            let cells = Mode::ALL.map(|_| cell).join(" | ");
            let (program, version) = (client.name, client.version);
            writeln!(table, "| {program} | {version} | {name} | {cells} |").unwrap();
        }
    }
    table
}
