//! Telling one browser from another.

use secrecy::{ExposeSecret, SecretString};

use crate::random;

/// The random value (256 bits) of a cookie. An authorization can only be finished by the browser that
/// began it (RFC 9700 §4.7), and a draft is shown only to the browser it was typed in.
#[derive(Clone, Debug)]
pub struct BrowserKey(SecretString);

impl BrowserKey {
    const LENGTH: usize = 43;

    /// A new one.
    pub fn generate() -> Self {
        Self(random::token::<32>().into())
    }

    /// Reads the value of the cookie; `None` when it is not one of ours.
    pub fn parse(cookie: &str) -> Option<Self> {
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (cookie.len() == Self::LENGTH && cookie.bytes().all(good)).then(|| Self(cookie.into()))
    }

    /// The value of the cookie.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn hash(&self) -> String {
        random::hash(self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::BrowserKey;

    #[test]
    fn a_generated_key_reads_back_and_nothing_else_does() {
        let key = BrowserKey::generate();
        assert_eq!(
            BrowserKey::parse(key.expose()).map(|key| key.hash()),
            Some(key.hash())
        );
        assert_ne!(key.hash(), BrowserKey::generate().hash());
        for other in [
            "",
            "short",
            &"ä".repeat(22),
            &"x".repeat(44),
            &format!("{}\n", "x".repeat(42)),
        ] {
            assert!(BrowserKey::parse(other).is_none(), "{other}");
        }
    }
}
