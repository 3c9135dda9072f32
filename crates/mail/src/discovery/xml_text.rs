//! The text of an XML document in any encoding.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Number of bytes at the beginning of a document that are searched for its encoding.
const MAX_DECLARATION: usize = 200;

/// Decodes a document. Its encoding is named, in this order, by its byte order mark, by the content
/// type `media_type`, or by its declaration (RFC 7303 §3). Without any, it is UTF-8, and
/// Windows-1252 if it is not valid UTF-8.
pub(super) fn xml_text(body: &[u8], media_type: &str) -> String {
    let named = charset(media_type).or_else(|| declared(body));
    let encoding = match named {
        Some(encoding) => encoding,
        None if std::str::from_utf8(body).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    // Removes a byte order mark, which takes precedence.
    let (text, _, _) = encoding.decode(body);
    text.trim_start().to_owned()
}

/// Returns the encoding that a content type names.
fn charset(media_type: &str) -> Option<&'static Encoding> {
    let (_, value) = media_type.split_once("charset=")?;
    let label = value.split(';').next()?.trim().trim_matches('"');
    Encoding::for_label(label.as_bytes())
}

/// Returns the encoding that a declaration such as `<?xml version="1.0" encoding="ISO-8859-1"?>`
/// names. A document in UTF-16 without a byte order mark is recognized by its zero bytes.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [b'<', 0, ..] => return Some(encoding_rs::UTF_16LE),
        [0, b'<', ..] => return Some(encoding_rs::UTF_16BE),
        _ => {}
    }
    let begin = body.get(..MAX_DECLARATION).unwrap_or(body);
    let begin = String::from_utf8_lossy(begin);
    let declaration = begin.split_once("<?xml")?.1.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    // A declaration that is read byte by byte cannot be in UTF-16.
    let label = label.trim();
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::cases;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn the_encoding_is_found() {
        const NAME: &str = "Müller";
        let latin = |head: &str| [head.as_bytes(), b"M\xfcller"].concat();
        for (body, media_type) in [
            (NAME.as_bytes().to_vec(), ""),
            (
                [b"\xef\xbb\xbf", NAME.as_bytes()].concat(),
                "text/xml; charset=iso-8859-1",
            ),
            (utf16("\u{feff}Müller", false), ""),
            (utf16("\u{feff}Müller", true), ""),
            (latin(""), ""),
            (latin(""), "text/xml; charset=\"iso-8859-1\""),
        ] {
            assert_eq!(xml_text(&body, media_type), NAME, "{body:?}");
        }
        for head in [
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
            "<?xml version='1.0' encoding = 'windows-1252' ?>",
        ] {
            let text = xml_text(&latin(head), "application/xml");
            assert!(text.ends_with(NAME), "{text}");
        }
        // The declaration of a converted document is wrong.
        let body = [b"<?xml version='1.0' encoding='UTF-16'?>", NAME.as_bytes()].concat();
        assert!(xml_text(&body, "").ends_with(NAME));
        assert!(xml_text(&utf16("<?xml?>Müller", false), "").ends_with(NAME));
        let cyrillic = [
            b"<?xml version='1.0' encoding='koi8-r'?>".as_slice(),
            b"\xf0",
        ]
        .concat();
        assert!(xml_text(&cyrillic, "").ends_with('П'));
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn any_bytes_are_a_text(
            body in prop::collection::vec(any::<u8>(), 0..100),
            declaration in "(<\\?xml)?[ a-z='\"]{0,30}(\\?>)?",
            media_type in "[a-z/;= \"-]{0,40}",
        ) {
            let _ = xml_text(&body, &media_type);
            let _ = xml_text(declaration.as_bytes(), &media_type);
        }
    }
}
