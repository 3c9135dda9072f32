//! Sanitizes HTML from untrusted senders: text, its structure, and links stay, and nothing is
//! loaded.
//!
//! `ammonia` decides what may stay. Before it comes [`flatten`](super::flatten): a parser of HTML
//! builds a tree by rules under which some kilobytes of open tags keep it busy for minutes, so it
//! is given flat, well-nested HTML only.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use super::flatten::{TAGS, flatten};

/// Maximum size of displayed HTML in bytes, as received.
const MAX_HTML: usize = 1024 * 1024;
/// Maximum number of cells that one cell may span.
const MAX_SPAN: u32 = 50;

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .generic_attributes(HashSet::from(["dir", "lang"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            // Has no address: the alternative text is displayed, and nothing is loaded.
            ("img", HashSet::from(["alt"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .strip_comments(true)
        .attribute_filter(|_, name, value| match name {
            "colspan" | "rowspan" | "start" => {
                let number: u32 = value.parse().ok()?;
                Some(Cow::Owned(number.min(MAX_SPAN).to_string()))
            }
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

/// Returns HTML that is safe to display, or `None` if the input is too long.
pub(crate) fn sanitize(html: &str) -> Option<String> {
    (html.len() <= MAX_HTML).then(|| SANITIZER.clean(&flatten(html)).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_links_stay() {
        let html = "<html><head><title>T</title></head><body style='color:red'><h1>Hi</h1><p>One<p>Two &lt;b&gt; \
                    <a href='https://example.com/?a=1&amp;b' onclick=x>link</a><ul><li>1<li>2</ul>\
                    <table><tr><td colspan=3>a<td>b<tr><td>c</table><img src=https://t.example/p.gif alt='A cat'>";
        let clean = sanitize(html).unwrap();
        for kept in [
            "<h1>Hi</h1>",
            "<p>One</p>",
            "Two &lt;b&gt;",
            "href=\"https://example.com/?a=1&amp;b\"",
            "rel=\"noopener noreferrer nofollow\"",
            "target=\"_blank\"",
            "<li>1</li>",
            "<td colspan=\"3\">a</td>",
            "<img alt=\"A cat\">",
        ] {
            assert!(clean.contains(kept), "{kept}: {clean}");
        }
        for gone in ["T", "style", "onclick", "src", "t.example"] {
            let words = clean.replace("Two", "").replace("target", "");
            assert!(!words.contains(gone), "{gone}: {clean}");
        }
    }

    #[test]
    fn direction_is_an_attribute_and_never_an_override() {
        for (html, clean) in [
            ("<p dir=rtl>שלום</p>", "<p dir=\"rtl\">שלום</p>"),
            ("<bdo dir=rtl>abc</bdo>", "abc"),
            ("<b>&#8238;moc.elpmaxe\u{2069}</b>", "<b>moc.elpmaxe</b>"),
            ("<img alt='\u{202e}abc'>", "<img alt=\"abc\">"),
            ("שלום\u{200f}!", "שלום\u{200f}!"),
        ] {
            assert_eq!(sanitize(html).unwrap(), clean, "{html}");
        }
    }

    #[test]
    fn what_acts_or_loads_goes() {
        for html in [
            "<script>alert(1)</script>",
            "<SCRIPT SRC=//x.example></SCRIPT>",
            "<img src=x onerror=alert(1)>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mi xlink:href='javascript:alert(1)'>",
            "<iframe src=https://x.example></iframe>",
            "<object data=x.example><embed src=x.example>",
            "<link rel=stylesheet href=https://x.example>",
            "<style>@import 'https://x.example';</style>",
            "<meta http-equiv=refresh content='0;url=https://x.example'>",
            "<base href=https://x.example>",
            "<form action=https://x.example><input name=a><button>b</button></form>",
            "<a href='javascript:alert(1)'>a</a>",
            "<a href='&#106;ava\tscript:alert(1)'>a</a>",
            "<a href=' data:text/html,x.example'>a</a>",
            "<a href='//x.example'>a</a>",
            "<body background=https://x.example>",
            "<table background=https://x.example><td background=https://x.example>",
            "<div style='background:url(https://x.example)'>",
            "<video poster=https://x.example><source src=https://x.example></video>",
            "<p id=x.example class=x.example>",
            "<noscript><p title='</noscript><img src=x.example onerror=alert(1)>'>",
            "<title><img src=x.example></title>",
            "<textarea><img src=x.example></textarea>",
            "<xmp><img src=x.example></xmp>",
            "<plaintext><img src=x.example>",
            "<!--><img src=x.example>-->",
            "<![CDATA[<img src=x.example>]]>",
            "<?xml <img src=x.example>",
            "<img srcset='https://x.example 1x'>",
            "<input type=image src=https://x.example>",
            "<a ping=https://x.example href='https://good.example'>a</a>",
        ] {
            let clean = sanitize(html).unwrap();
            let lower = clean.to_lowercase();
            let tags: Vec<_> = lower
                .split('<')
                .skip(1)
                .filter_map(|rest| rest.split('>').next())
                .collect();
            for tag in tags {
                for bad in [
                    "script",
                    "x.example",
                    "onerror",
                    "style",
                    "src",
                    "alert",
                    "javascript",
                ] {
                    assert!(!tag.contains(bad), "{html}: {clean}");
                }
            }
        }
    }
}
