//! Fields with URLs in angle brackets (RFC 2369, RFC 5064).

use std::fmt::Write as _;

use super::header;

/// Maximum length in octets of a part of a URL without white space.
const MAX_WORD: usize = 900;

/// Returns true if a field contains URLs in angle brackets or the identifier of a list (RFC 2919).
pub(super) fn is_one(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("list-") || name == "archived-at"
}

/// Writes the value in ASCII. Other characters of a URL are percent-encoded. A URL that is too long
/// for a line gets white space, which readers remove (RFC 2369 §2). Text outside of angle brackets
/// becomes encoded words.
pub(super) fn value(value: &str) -> String {
    let mut written = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('<') {
        let Some((inner, after)) = after.split_once('>') else {
            break;
        };
        push(&mut written, before);
        let space = if written.is_empty() { "" } else { " " };
        let _ = write!(written, "{space}<{}>", url(inner));
        rest = after;
    }
    push(&mut written, rest);
    written
}

/// Adds text between URLs: commas, comments, the name of a list.
fn push(written: &mut String, between: &str) {
    let mut between = between.trim();
    if let Some(rest) = between.strip_prefix(',') {
        written.push(',');
        between = rest.trim();
    }
    if !between.is_empty() {
        if !written.is_empty() {
            written.push(' ');
        }
        written.push_str(&text(between));
    }
}

fn text(text: &str) -> String {
    if text.bytes().all(|b| (b' '..=b'~').contains(&b)) && header::fits(text) {
        text.to_owned()
    } else {
        header::text(text.trim_matches('"'))
    }
}

fn url(written: &str) -> String {
    let mut url = String::new();
    let mut stretch = 0;
    for octet in written.bytes() {
        if octet.is_ascii_whitespace() || octet.is_ascii_control() {
            continue;
        }
        if stretch >= MAX_WORD {
            url.push(' ');
            stretch = 0;
        }
        if octet.is_ascii() {
            url.push(char::from(octet));
            stretch += 1;
        } else {
            let _ = write!(url, "%{octet:02X}");
            stretch += 3;
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_stay_urls() {
        for (written, ascii) in [
            (
                "<https://example.com/?a=?b>, <mailto:x@y.z>",
                "<https://example.com/?a=?b>, <mailto:x@y.z>",
            ),
            (
                "<https://example.com/Größe>",
                "<https://example.com/Gr%C3%B6%C3%9Fe>",
            ),
            ("Größe <a.example>", "=?utf-8?B?R3LDtsOfZQ==?= <a.example>"),
            ("NO (not here)", "NO (not here)"),
            ("List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click"),
        ] {
            assert_eq!(value(written), ascii);
        }
    }

    #[test]
    fn a_long_url_is_folded_and_read_back_whole() {
        let url = format!("https://example.com/{}", "0123456789".repeat(300));
        let line = header::line(
            "List-Unsubscribe",
            &value(&format!("<{url}>, <mailto:x@y.z>")),
        );
        assert!(
            line.split("\r\n")
                .all(|line| line.len() <= header::MAX_LINE)
        );
        let read: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(read, format!("List-Unsubscribe:<{url}>,<mailto:x@y.z>"));
    }
}
