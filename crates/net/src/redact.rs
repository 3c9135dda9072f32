//! Redaction: removes secrets from the text of other machines.

use base64::{
    Engine,
    engine::GeneralPurpose,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use domain::untrusted::is_displayable;
use secrecy::{ExposeSecret, SecretString};

/// Removes the secrets of one connection from text. A server may echo its input, plain or encoded.
/// Every text that is shown or stored therefore goes through [`Redactor::clean`].
#[derive(Clone, Debug, Default)]
pub struct Redactor(Vec<SecretString>);

impl Redactor {
    /// The text in place of a secret.
    pub const MARK: &str = "[redacted]";
    /// Shortest secret that is removed, in bytes. Shorter ones would garble every text.
    const MIN_LENGTH: usize = 4;

    /// Removes a secret from now on.
    pub fn add(&mut self, secret: &SecretString) {
        let secret = secret.expose_secret();
        if secret.len() < Self::MIN_LENGTH {
            return;
        }
        self.0.extend(forms(secret).into_iter().map(Into::into));
        // Texts are searched without characters that are not displayable.
        let displayed: String = secret.chars().filter(|c| is_displayable(*c)).collect();
        if displayed != secret && displayed.len() >= Self::MIN_LENGTH {
            self.0.extend(forms(&displayed).into_iter().map(Into::into));
        }
        // Longest first: a secret within another one leaves nothing behind.
        self.0
            .sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
        self.0
            .dedup_by(|a, b| a.expose_secret() == b.expose_secret());
    }

    /// Returns the text without secrets and characters that are not displayable, except line feeds.
    /// Removing those characters later could join the halves of a secret again.
    pub fn clean(&self, text: &str) -> String {
        let mut clean: String = text
            .chars()
            .filter(|c| is_displayable(*c) || *c == '\n')
            .collect();
        for secret in &self.0 {
            if clean.contains(secret.expose_secret()) {
                clean = clean.replace(secret.expose_secret(), Self::MARK);
            }
        }
        clean
    }
}

/// Returns the secret as given and in the notations of other machines: other case, URL, form, JSON,
/// HTML, hexadecimal, and within base64.
fn forms(secret: &str) -> Vec<String> {
    let hex = |upper: bool| -> String {
        let bytes = secret.bytes();
        bytes.map(|byte| byte_as_hex(byte, upper)).collect()
    };
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'))
        .unwrap_or(secret)
        .to_owned();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    let url = percent(secret, true);
    let form = url.replace("%20", "+");
    let mut forms = Vec::new();
    // RFC 6749 §2.3.1: client credentials are form-encoded before base64.
    for text in [secret, &url, &form] {
        for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
            forms.extend((0..3).map(|shift| within_base64(engine, text, shift)));
        }
    }
    forms.extend([
        secret.to_owned(),
        secret.to_ascii_uppercase(),
        secret.to_ascii_lowercase(),
        percent(secret, false),
        percent(secret, false).replace("%20", "+"),
        url,
        form,
        json.replace('/', "\\/"),
        json,
        html.replace('\'', "&#39;"),
        html.replace('\'', "&#x27;"),
        html,
        hex(true),
        hex(false),
    ]);
    forms
}

fn byte_as_hex(byte: u8, upper: bool) -> String {
    if upper {
        format!("{byte:02X}")
    } else {
        format!("{byte:02x}")
    }
}

/// Percent-encodes everything except unreserved characters (RFC 3986 §2.1).
fn percent(text: &str, upper: bool) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{}", byte_as_hex(byte, upper)),
    };
    text.bytes().map(one).collect()
}

/// Returns the base64 characters that depend on the secret alone when `shift` bytes (modulo 3)
/// precede it.
fn within_base64(engine: &GeneralPurpose, secret: &str, shift: usize) -> String {
    let encoded = engine.encode([&[0; 2][..shift], secret.as_bytes()].concat());
    let from = (shift * 8).div_ceil(6);
    let to = (shift + secret.len()) * 8 / 6;
    encoded[from..to].to_owned()
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

    #[test]
    fn takes_out_a_secret_whose_characters_are_not_all_displayed() {
        let mut redactor = Redactor::default();
        redactor.add(&"hunter\u{202e}22".into());
        for echo in ["hunter\u{202e}22", "hunter22", "hunter%E2%80%AE22"] {
            assert_eq!(redactor.clean(echo), Redactor::MARK, "{echo}");
        }
    }

    #[test]
    fn knows_a_secret_in_the_encodings_of_the_web_and_of_mail() {
        let mut redactor = Redactor::default();
        redactor.add(&"pa/ss \"w&rd".into());
        for echo in [
            "pa/ss \"w&rd",
            "PA/SS \"W&RD",
            "pa%2Fss%20%22w%26rd",
            "pa%2fss+%22w%26rd",
            "pa/ss \\\"w&rd",
            "pa\\/ss \\\"w&rd",
            "pa/ss &quot;w&amp;rd",
            "70612f73732022772672 64".replace(' ', "").as_str(),
            "pa/s\0s \"w\r&rd",
            "pa/s\u{202e}s \"w&\u{2069}rd",
        ] {
            assert_eq!(redactor.clean(echo), Redactor::MARK, "{echo}");
        }
    }
}
