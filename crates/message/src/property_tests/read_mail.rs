//! Mail and its HTML.

use std::num::NonZeroU32;

use domain::{MailId, MailSummary};
use fuzz::{cases, hostile};
use proptest::{prelude::*, sample::select};

use crate::{
    mime::{MAX_PARTS, Structure},
    read::{attachment, read_mail, sanitize},
};

const MIME: &[&str] = &[
    "\r\n",
    "\n",
    "\r\n\r\n",
    "\r\n ",
    "--b\r\n",
    "--b--\r\n",
    "Content-Type: ",
    "content-type:",
    "Content-Transfer-Encoding: ",
    "Content-Disposition: attachment; filename=",
    "multipart/mixed; boundary=b",
    "multipart/alternative; boundary=\"b\"",
    "multipart/digest; boundary=b",
    "message/rfc822",
    "Message / RFC822",
    "message/global",
    "(a)",
    "text/html",
    "text/plain; charset=iso-2022-jp",
    "base64",
    "quoted-printable",
    "=?utf-8?b?R3I=?=",
    "=?utf-8?q?=0D=0A?=",
    "name*0*=utf-8''%e2%80%ae",
    "From: ",
    "To: ",
    "Date: Mon, 31 Feb 20260 99:99:99 +9999",
    "Subject: ",
    "Message-ID: <a@b>",
    "../../a.pdf",
    "x-uuencode",
    "begin 644 a\r\n#0V%T\r\n`\r\nend\r\n",
    "--b2\r\n",
    "multipart/related; boundary=b2",
    "utf-16",
    "\u{1b}$B",
];

const HTML: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "&",
    "&#106;",
    "&lt;",
    "\"",
    "'",
    "=",
    " ",
    "\t",
    "\0",
    "a",
    "p",
    "b",
    "img",
    "script",
    "style",
    "svg",
    "math",
    "mi",
    "mglyph",
    "annotation-xml",
    "foreignObject",
    "table",
    "tr",
    "td",
    "select",
    "option",
    "title",
    "textarea",
    "noscript",
    "template",
    "plaintext",
    "iframe",
    "form",
    " href=",
    " src=",
    " srcset=",
    " style=",
    " onload=",
    " onerror=",
    " background=",
    " xlink:href=",
    " formaction=",
    "javascript:",
    "data:text/html,",
    "http://x.example",
    "//x.example",
    "url(http://x.example)",
    "@import",
    "alert(1)",
];

fn pieces(parts: &'static [&'static str]) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        12 => select(parts).prop_map(str::to_owned),
        2 => hostile(),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn summary() -> MailSummary {
    MailSummary::of(MailId {
        uid_validity: 1,
        uid: NonZeroU32::MIN,
    })
}

fn is_line(text: &str) -> bool {
    text.chars().all(domain::untrusted::is_displayable)
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn mail_is_read_and_nothing_of_it_ends_a_line(raw in pieces(MIME)) {
        let mail = read_mail(summary(), raw.as_bytes());
        for text in [&mail.summary.from, &mail.summary.subject, &mail.to, &mail.cc, &mail.message_id] {
            prop_assert!(is_line(text), "{text:?}");
        }
        for header in &mail.headers {
            prop_assert!(is_line(&header.name) && is_line(&header.value), "{header:?}");
        }
        for file in &mail.attachments {
            prop_assert!(is_line(&file.name) && !file.name.contains(['/', '\\', '"']), "{file:?}");
            prop_assert!(file.media_type.is_ascii() && is_line(&file.media_type), "{file:?}");
        }
    }

    #[test]
    fn each_file_that_is_listed_can_be_read(raw in pieces(MIME)) {
        let mail = read_mail(summary(), raw.as_bytes());
        for listed in &mail.attachments {
            let file = attachment(raw.as_bytes(), listed.number).unwrap();
            prop_assert_eq!((&file.name, file.bytes.len() as u64), (&listed.name, listed.size));
            // A message within a message is one of its parts, nothing more.
            prop_assert!(file.bytes.len() <= raw.len(), "{:?}", raw);
        }
        let parts = Structure::of(raw.as_bytes()).parts().count();
        prop_assert!((1..=MAX_PARTS).contains(&parts));
    }

    #[test]
    fn html_loads_nothing_and_runs_nothing(raw in pieces(HTML)) {
        let clean = sanitize(&raw).unwrap();
        for tag in clean.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            prop_assert!(!["script", "style", "svg", "math", "iframe", "form", "link", "meta", "base"].contains(&name), "{clean}");
            // Only links may have an address.
            if name != "a" {
                prop_assert!(!tag.contains("x.example\"") || tag.contains("alt="), "{clean}");
            }
            // Only in an attribute. As text it is harmless.
            prop_assert!(!tag.contains("href=\"javascript"), "{clean}");
            for attribute in [" src", " style", " on", " background", " formaction", " xlink"] {
                prop_assert!(!tag.split('"').step_by(2).any(|outside| outside.contains(attribute)), "{clean}");
            }
        }
        // Sanitizing again changes nothing.
        prop_assert_eq!(sanitize(&clean), Some(clean.clone()));
    }
}
