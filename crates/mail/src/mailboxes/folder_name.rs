//! Display names of folders: modified UTF-7 (RFC 3501 §5.1.3).

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// Decodes a folder name for display. Returns malformed names unchanged.
pub(crate) fn display_name(name: &str) -> String {
    let text = decoded(name).unwrap_or_else(|| name.to_owned());
    message::line(&text)
}

fn decoded(name: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        let (shifted, after) = after.split_once('-')?;
        text.push_str(before);
        if shifted.is_empty() {
            text.push('&');
        } else {
            let bytes = STANDARD_NO_PAD.decode(shifted.replace(',', "/")).ok()?;
            if bytes.len() % 2 != 0 {
                return None;
            }
            let units = bytes.chunks_exact(2);
            let units = units.map(|two| {
                two.iter()
                    .fold(0, |unit, byte| (unit << 8) | u16::from(*byte))
            });
            for character in char::decode_utf16(units) {
                text.push(character.ok()?);
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use domain::untrusted::is_displayable;
    use fuzz::{cases, hostile};
    use proptest::prelude::*;

    use super::display_name;

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn a_name_of_a_folder_is_a_line(name in hostile()) {
            prop_assert!(display_name(&name).chars().all(is_displayable));
        }
    }

    #[test]
    fn reads_names_in_every_language() {
        for (name, text) in [
            ("INBOX", "INBOX"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("A&-B", "A&B"),
            ("&2D3eAA-", "😀"),
            // Malformed names stay unchanged.
            ("A&B", "A&B"),
            ("&2D0-", "&2D0-"),
            ("&!-", "&!-"),
        ] {
            assert_eq!(display_name(name), text, "{name}");
        }
    }
}
