//! Taking secrets out of what other machines said.

use secrecy::{ExposeSecret, SecretString};

/// Knows the secrets of one connection. A server may echo what it was sent, so each text that is
/// shown or kept goes through here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor(Vec<SecretString>);

impl Redactor {
    /// What stands in place of a secret.
    pub(crate) const MARK: &str = "[redacted]";

    /// Takes a secret out from now on. Texts of fewer than four characters would garble everything.
    pub(crate) fn add(&mut self, secret: &SecretString) {
        if secret.expose_secret().len() >= 4 {
            self.0.push(secret.clone());
            // Longest first, so that a secret within another one leaves nothing behind.
            self.0
                .sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
        }
    }

    /// The text without the secrets.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in &self.0 {
            if clean.contains(secret.expose_secret()) {
                clean = clean.replace(secret.expose_secret(), Self::MARK);
            }
        }
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::Redactor;

    #[test]
    fn takes_every_secret_out_and_leaves_the_rest() {
        let mut redactor = Redactor::default();
        redactor.add(&"hunter22".into());
        redactor.add(&"hunter22-and-more".into());
        redactor.add(&"a".into());
        let text = "550 bad hunter22 and hunter22-and-more";
        assert_eq!(redactor.clean(text), "550 bad [redacted] and [redacted]");
    }
}
