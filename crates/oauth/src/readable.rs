//! The words of a response that is no token response, such as an error page.

/// Longest text that is kept, in characters.
const MAX_TEXT: usize = 500;

/// Elements whose contents are not words.
const NOT_WORDS: [&str; 4] = ["script", "style", "svg", "template"];

/// Returns the words of a text or a page in one line. A text that mentions tokens gives nothing,
/// because it may be a token response that was cut off.
pub(crate) fn readable(text: &str) -> String {
    let mentioned: String = text
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if ["accesstoken", "refreshtoken", "idtoken"]
        .iter()
        .any(|name| mentioned.contains(name))
    {
        return String::new();
    }
    let text = without_tags(text);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(MAX_TEXT).collect()
}

/// Replaces tags and comments by spaces, and the usual character references by their characters.
fn without_tags(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if !is_tag {
            words.push('<');
            rest = tag;
            continue;
        }
        words.push(' ');
        let end = match NOT_WORDS.iter().find(|name| is_element(tag, name)) {
            Some(name) => format!("</{name}"),
            None if tag.starts_with("!--") => "-->".to_owned(),
            None => ">".to_owned(),
        };
        let at = find_ignoring_case(tag, &end);
        rest = at.and_then(|at| tag.get(at..)).unwrap_or_default();
        // The closing tag of an element without words is a tag itself.
        if !end.starts_with("</") {
            rest = rest.get(end.len()..).unwrap_or_default();
        }
    }
    words.push_str(rest);
    for (reference, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        words = words.replace(reference, character);
    }
    words
}

fn is_element(tag: &str, name: &str) -> bool {
    let begins = tag.get(..name.len());
    begins.is_some_and(|begins| begins.eq_ignore_ascii_case(name))
        && !tag[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    // Keeps the positions, which `to_lowercase` would not.
    text.to_ascii_lowercase().find(wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::cases;

    #[test]
    fn the_words_of_a_page_are_shown() {
        for (text, expected) in [
            ("Rate limit exceeded\r\n", "Rate limit exceeded"),
            (
                "<!doctype html><html><head><title>403 Forbidden</title><style>a{b:c}</style></head>\
                 <body><h1>Forbidden</h1><SCRIPT>if (1 < 2) {}</SCRIPT><p>No &amp; no.</p></body></html>",
                "403 Forbidden Forbidden No & no.",
            ),
            ("<!-- <b>hidden</b> --> shown", "shown"),
            ("1 < 2", "1 < 2"),
            ("<", "<"),
            ("cut <scr", "cut"),
            ("cut <script>never closed", "cut"),
            (
                "<?xml version='1.0'?><e><m>No such client</m></e>",
                "No such client",
            ),
            (r#"{"access_token":"AT1","exp"#, ""),
            ("accessToken: AT1", ""),
        ] {
            assert_eq!(readable(text), expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn any_text_is_cut(text in "(<[a-z!/]{0,6}|>|&[a-z]{0,3};|--|\\PC){0,80}") {
            prop_assert!(readable(&text).chars().count() <= MAX_TEXT);
        }
    }
}
