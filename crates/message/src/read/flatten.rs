//! Flattens HTML: only known tags, well nested, each closed, and not deep. Takes linear time for
//! any input. The result is sanitized afterwards; see [`sanitize`](super::sanitize).

use std::convert::Infallible;

use domain::untrusted::is_bidi_control;

use html5gum::{StartTag, Token, Tokenizer, emitters::default::DefaultEmitter};

/// Allowed tags.
pub(super) const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "center",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// Tags without an end tag.
const VOID: &[&str] = &["br", "hr", "img"];
/// Tags whose content is not displayed.
const SKIPPED: &[&str] = &[
    "script", "style", "title", "head", "textarea", "noscript", "noframes", "noembed", "iframe",
    "xmp", "template", "object", "select", "svg", "math", "video", "audio", "canvas",
];
/// Allowed attributes. The sanitizer decides on which tags.
const ATTRIBUTES: &[&str] = &["alt", "colspan", "dir", "href", "lang", "rowspan", "start"];
/// Maximum depth of open tags. Newsletters consist of nested tables.
const MAX_DEPTH: usize = 60;
/// Maximum number of tags.
const MAX_TAGS: usize = 20_000;
/// Maximum length of an attribute value in bytes.
const MAX_VALUE: usize = 4_096;

/// Returns flat HTML with the same text.
pub(super) fn flatten(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    // The content of scripts is not HTML.
    emitter.naively_switch_states(true);
    let mut flat = Flat::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let token: Result<Token, Infallible> = token;
        match token {
            Ok(Token::StartTag(tag)) => flat.start(&tag),
            Ok(Token::EndTag(tag)) => flat.end(&String::from_utf8_lossy(&tag.name)),
            Ok(Token::String(text)) => flat.text(&String::from_utf8_lossy(&text)),
            Ok(Token::Comment(_) | Token::Doctype(_) | Token::Error(_)) => {}
            Err(never) => match never {},
        }
    }
    flat.finish()
}

#[derive(Default)]
struct Flat {
    written: String,
    open: Vec<&'static str>,
    tags: usize,
    /// The tag whose content is skipped, and the number of its open occurrences.
    skipping: Option<(&'static str, usize)>,
}

impl Flat {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name);
        let known = |names: &[&'static str]| names.iter().copied().find(|one| *one == name);
        if let Some((skipped, count)) = &mut self.skipping {
            if *skipped == name && !tag.self_closing {
                *count += 1;
            }
            // The body ends an unclosed head.
            if *skipped == "head" && name == "body" {
                self.skipping = None;
            }
            return;
        }
        if let Some(skipped) = known(SKIPPED) {
            self.skipping = (!tag.self_closing).then_some((skipped, 1));
            return;
        }
        let Some(name) = known(TAGS) else {
            return;
        };
        self.make_room_for(name);
        let is_void = VOID.contains(&name);
        let is_deep = !is_void && self.open.len() >= MAX_DEPTH;
        if is_deep || self.tags >= MAX_TAGS {
            // Keeps the words on both sides separate.
            self.written.push(' ');
            return;
        }
        self.tags += 1;
        self.written.push('<');
        self.written.push_str(name);
        for attribute in ATTRIBUTES {
            let value = tag.attributes.get(attribute.as_bytes());
            if let Some(value) = value.filter(|value| value.len() <= MAX_VALUE) {
                self.written.push(' ');
                self.written.push_str(attribute);
                self.written.push_str("=\"");
                self.text_or_value(&String::from_utf8_lossy(value));
                self.written.push('"');
            }
        }
        self.written.push('>');
        if !is_void {
            self.open.push(name);
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((skipped, count)) = &mut self.skipping {
            if *skipped == name {
                *count -= 1;
                if *count == 0 {
                    self.skipping = None;
                }
            }
            return;
        }
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            self.close_from(at);
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping.is_none() {
            self.text_or_value(text);
        }
    }

    fn text_or_value(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.written.push_str("&amp;"),
                '<' => self.written.push_str("&lt;"),
                '>' => self.written.push_str("&gt;"),
                '"' => self.written.push_str("&quot;"),
                '\0' => {}
                // The `dir` attribute says how text runs; controls could reverse what a link is
                // called.
                character if is_bidi_control(character) => {}
                character => self.written.push(character),
            }
        }
    }

    /// Closes the tags that end where this one begins, as far as mail needs it (HTML §13.1.2.4,
    /// optional tags).
    fn make_room_for(&mut self, name: &str) {
        let (closed, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot"], &["table"]),
            // Links cannot be nested.
            "a" => (&["a"], &["table"]),
            "blockquote" | "center" | "div" | "dl" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
            | "hr" | "ol" | "p" | "pre" | "table" | "ul" => (
                &["p"],
                &["td", "th", "div", "li", "blockquote", "center", "dd"],
            ),
            _ => return,
        };
        let end = self.open.iter().rposition(|open| within.contains(open));
        let start = end.map_or(0, |at| at + 1);
        let inner = self.open.get(start..).unwrap_or_default();
        if let Some(at) = inner.iter().position(|open| closed.contains(open)) {
            self.close_from(start + at);
        }
    }

    fn close_from(&mut self, at: usize) {
        for name in self.open.drain(at..).rev() {
            self.written.push_str("</");
            self.written.push_str(name);
            self.written.push('>');
        }
    }

    fn finish(mut self) -> String {
        self.close_from(0);
        self.written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_closed_in_order() {
        for (html, flat) in [
            ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            (
                "<ul><li>a<ul><li>b</ul><li>c</ul>",
                "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
            ),
            (
                "<table><tr><td>a<td>b<tr><td><table><tr><td>c</table>d</table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><td><table><tr><td>c</td></tr></table>d</td></tr></table>",
            ),
            ("<head><title>x</title><body>y", "y"),
            ("a<script>b<p></script>c", "ac"),
            ("<font color=red>a</font><o:p>b</o:p>", "ab"),
            ("a &amp;lt; b &nbsp;", "a &amp;lt; b \u{a0}"),
            ("</p></div>x", "x"),
        ] {
            assert_eq!(flatten(html), flat, "{html}");
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        for tag in ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<a href=x>"] {
            let flat = flatten(&tag.repeat(50_000));
            let mut depth = 0_usize;
            let mut deepest = 0;
            for tag in flat.split('<').skip(1) {
                if tag.starts_with('/') {
                    depth -= 1;
                } else {
                    depth += 1;
                }
                deepest = deepest.max(depth);
            }
            assert!(deepest <= MAX_DEPTH && depth == 0, "{tag}");
            assert!(flat.matches('<').count() <= 2 * MAX_TAGS, "{tag}");
        }
    }
}
