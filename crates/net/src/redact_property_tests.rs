//! Property tests: no secret survives redaction.

use base64::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::{prelude::*, sample::select};

use fuzz::{cases, hostile, is_clean, secret};

use crate::Redactor;

fn redactor(secret: &str) -> Redactor {
    let mut redactor = Redactor::default();
    redactor.add(&secret.into());
    redactor
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn a_secret_never_survives_as_it_is_or_cut_by_control_characters(
        secret in secret(),
        before in hostile(),
        after in hostile(),
        at in any::<prop::sample::Index>(),
        cut in select(&["", "\0", "\r", "\u{7f}", "\u{9b}", "\u{202e}", "\u{2066}"]),
        times in 1_usize..4,
    ) {
        let (head, tail) = secret.split_at(at.index(secret.len()));
        let text = format!("{before}{head}{cut}{tail}{after}").repeat(times);
        let clean = redactor(&secret).clean(&text);
        prop_assert!(!clean.contains(&secret), "{clean:?}");
        prop_assert!(clean.contains(Redactor::MARK) && is_clean(&clean));
    }

    #[test]
    fn a_secret_never_survives_in_an_encoding(
        secret in secret(),
        before in "[ -~]{0,5}",
        after in "[ -~]{0,5}",
        encoding in 0_usize..8,
    ) {
        let whole = format!("{before}{secret}{after}");
        let (text, telling) = match encoding {
            0 => (BASE64_STANDARD.encode(&whole), BASE64_STANDARD.encode(&whole)),
            1 => (BASE64_URL_SAFE_NO_PAD.encode(&whole), BASE64_URL_SAFE_NO_PAD.encode(&whole)),
            2 => {
                let encoded = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
                // The common notation leaves unreserved characters unencoded.
                let common = ["-", ".", "_", "~"].iter().fold(encoded, |text, kept| {
                    text.replace(&format!("%{:02X}", kept.as_bytes()[0]), kept)
                });
                (format!("{before}{common}{after}"), common)
            }
            3 => {
                let json = serde_json::to_string(&whole).unwrap();
                (json, secret.clone())
            }
            4 => {
                let hex = secret.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
                (format!("{before} {hex} {after}"), hex)
            }
            7 => {
                let form = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
                let form = ["-", ".", "_", "~"].iter().fold(form, |text, kept| {
                    text.replace(&format!("%{:02X}", kept.as_bytes()[0]), kept)
                });
                let basic = BASE64_STANDARD.encode(format!("{before}:{form}"));
                (basic.clone(), basic)
            }
            5 => (whole.to_ascii_uppercase(), secret.to_ascii_uppercase()),
            _ => (whole.to_ascii_lowercase(), secret.to_ascii_lowercase()),
        };
        let clean = redactor(&secret).clean(&text);
        prop_assert!(!clean.contains(&telling), "{clean:?}");
        prop_assert!(clean.contains(Redactor::MARK), "{text:?}");
        // The remaining base64 reveals nothing of the secret when decoded.
        for rest in clean.split(Redactor::MARK) {
            let rest = rest.trim_end_matches('=');
            for from in 0..rest.len().min(4) {
                let end = from + (rest.len() - from) / 4 * 4;
                let decoded = BASE64_STANDARD.decode(&rest[from..end]).unwrap_or_default();
                prop_assert!(!String::from_utf8_lossy(&decoded).contains(&secret));
            }
        }
    }
}
