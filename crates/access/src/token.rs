//! Secret tokens of sessions, one-use links, and API keys.

use clock::random;
use secrecy::{ExposeSecret as _, SecretString};

/// Random value of 256 bits. The server only stores its hash.
#[derive(Clone, Debug)]
pub struct Token(SecretString);

impl Token {
    const LENGTH: usize = 43;

    /// Generates a new token.
    pub fn generate() -> Self {
        Self(random::token::<32>().into())
    }

    /// Parses a token. Returns `None` if its format is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let is_valid = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (text.len() == Self::LENGTH && text.bytes().all(is_valid)).then(|| Self(text.into()))
    }

    /// Returns the token in plaintext.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the hash that is stored.
    pub fn hash(&self) -> String {
        random::hash(self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_generated_token_reads_back_and_nothing_else_does() {
        let token = Token::generate();
        let read = Token::parse(token.expose()).unwrap();
        assert_eq!(read.hash(), token.hash());
        assert_ne!(token.hash(), Token::generate().hash());
        for other in [
            "",
            "short",
            &"ä".repeat(22),
            &"x".repeat(44),
            &format!("{}\n", "x".repeat(42)),
        ] {
            assert!(Token::parse(other).is_none(), "{other}");
        }
    }
}
