//! Signatures of Standard Webhooks (`v1`): HMAC-SHA-256 over ID, time, and body.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::WebhookSecret;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Returns the value of `webhook-signature`, or `None` if the secret contains no key.
pub(super) fn signature(secret: &WebhookSecret, id: &str, at: i64, body: &[u8]) -> Option<String> {
    let key = Zeroizing::new(BASE64_STANDARD.decode(secret.encoded_key()).ok()?);
    let mut hmac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    hmac.update(format!("{id}.{at}.").as_bytes());
    hmac.update(body);
    let signature = BASE64_STANDARD.encode(hmac.finalize().into_bytes());
    Some(format!("v1,{signature}"))
}

#[cfg(test)]
mod tests {
    use domain::WebhookSecret;

    use super::signature;

    #[test]
    fn signs_as_the_reference_of_standard_webhooks_does() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signature = signature(&secret, id, 1_614_265_330, br#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature.unwrap(), expected);
    }

    #[test]
    fn id_time_and_body_all_count() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let one = signature(&secret, "a", 1, b"x");
        for other in [
            signature(&secret, "b", 1, b"x"),
            signature(&secret, "a", 2, b"x"),
            signature(&secret, "a", 1, b"y"),
        ] {
            assert_ne!(one, other);
        }
    }
}
