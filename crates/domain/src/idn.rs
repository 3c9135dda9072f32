//! Internationalized domain names: IDNA 2008 with the mapping of UTS 46, as in browsers (WHATWG URL
//! §3.3).

/// Converts a domain name with non-ASCII labels to A-labels (RFC 5890 §2.3.2.1), such as
/// `xn--exmple-cua.de`. Returns `None` if UTS 46 does not allow the name.
pub(crate) fn to_ascii(name: &str) -> Option<String> {
    // The browser's URL parser does the conversion. It must not get anything but a name.
    let is_name = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-._".contains(c);
    name.chars().all(is_name).then(|| convert(name))?
}

#[cfg(not(target_arch = "wasm32"))]
fn convert(name: &str) -> Option<String> {
    let converted = idna::domain_to_ascii_cow(name.as_bytes(), idna::AsciiDenyList::URL);
    converted.ok().map(std::borrow::Cow::into_owned)
}

/// Converts with the browser's URL parser, because the tables of UTS 46 are large.
#[cfg(target_arch = "wasm32")]
fn convert(name: &str) -> Option<String> {
    let url = web_sys::Url::new(&format!("https://{name}/")).ok()?;
    Some(url.hostname())
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn names_become_a_labels() {
        for (name, ascii) in [
            ("exämple.de", "xn--exmple-cua.de"),
            ("EXÄMPLE.de", "xn--exmple-cua.de"),
            ("straße.example", "xn--strae-oqa.example"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
            ("ουτοπία.δπθ.gr", "xn--kxae4bafwg.xn--pxaix.gr"),
        ] {
            assert_eq!(to_ascii(name).as_deref(), Some(ascii), "{name}");
        }
    }

    #[test]
    fn names_that_uts_46_does_not_allow_are_refused() {
        for name in [
            "ex\u{202e}ämple.de",
            "ä/b.de",
            "ä b.de",
            "ä:25",
            "a℀b.de",
            "\u{200d}ä.de",
        ] {
            assert_eq!(to_ascii(name), None, "{name:?}");
        }
    }
}
