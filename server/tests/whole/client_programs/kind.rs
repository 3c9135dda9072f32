//! Kinds of connections, and ways to be recognized.

/// The kind of connection, which is the mode of the listener.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Plain,
    StartTls,
    Tls,
}

impl Mode {
    pub const ALL: [Self; 3] = [Self::Plain, Self::StartTls, Self::Tls];

    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::StartTls => "starttls",
            Self::Tls => "tls",
        }
    }

    /// Returns one of three texts.
    pub fn choose<'a>(self, plain: &'a str, starttls: &'a str, tls: &'a str) -> &'a str {
        match self {
            Self::Plain => plain,
            Self::StartTls => starttls,
            Self::Tls => tls,
        }
    }
}

/// The way in which the server recognizes the sender.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    Plain,
    Login,
    Address,
}

impl Auth {
    pub const ALL: [Self; 3] = [Self::Plain, Self::Login, Self::Address];

    /// Returns the name of the mechanism in lowercase, or `none`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Login => "login",
            Self::Address => "none",
        }
    }

    /// Returns true if the program signs in.
    pub fn signs_in(self) -> bool {
        self != Self::Address
    }
}
