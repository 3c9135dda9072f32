//! Texts as an attacker would write them, for property tests. A dev-dependency only.
//!
//! [`hostile`] is the main strategy. [`cases`] sets the number of cases and keeps failures out of
//! the source tree.

use proptest::{prelude::*, sample::select};

/// Parts that have a meaning in some format, or that end a line, a string, or a program.
const PARTS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\u{1}",
    "\u{1}\u{1}",
    "\t",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{fffd}",
    " ",
    "a",
    "alice",
    "Alice B",
    "@",
    "@example.com",
    ".",
    "..",
    "localhost",
    "127.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:169.254.169.254]",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    ":",
    ":587",
    ":0443",
    "https://",
    "http://",
    "//",
    "/token",
    "\\",
    "?a=b",
    "#",
    "%0d%0a",
    "%00",
    "%2e",
    "%",
    "<",
    ">",
    "\"",
    "\\\"",
    "'",
    ",",
    ";",
    "=",
    "=3D",
    "=2C",
    "+",
    "&",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "null",
    "ä",
    "東",
    "😀",
    "é",
    "xn--",
    "-",
    "_",
    "Bcc: x@y.z",
    "=?utf-8?q?=0d=0a?=",
    "invalid_grant",
    "AADSTS",
    "AADSTS7000215",
    "eyJ",
    "AQ==",
    "5.7.139",
    "535 ",
    "334 ",
    "[redacted]",
    "auth=Bearer ",
    "user=",
    "\u{a0}",
    "\u{feff}",
    "example.com",
    ".localhost",
    "::1",
    "::ffff:127.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "fe80::1%eth0",
    ":0",
    ":99999",
    "HTTPS://",
    "/",
    "<a@b.c>",
    "(c)",
    "ß",
    "ﬀ",
    "openid",
    "https://mail.google.com/",
    "User.Read",
    "2026-11-24",
    "2026-02-30",
    "0000-01-01",
    "9999-12-31",
    "on",
    "true",
    "0",
    "65535",
    "-1",
];

/// Text that replaces a redacted secret.
const MARK: &str = "[redacted]";

/// Generates up to five hostile parts in a row, sometimes any character or a very long run.
pub fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        14 => select(PARTS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => select(&[64_usize, 80, 128, 253, 254, 998, 1_024, 4_001, 4_096]).prop_map(|n| "x".repeat(n)),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

/// Generates hostile text without control characters, as settings hold it.
pub fn line() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.replace(char::is_control, ""))
}

/// Generates secrets that are long enough to be redacted and not a part of the redaction mark.
pub fn secret() -> impl Strategy<Value = String> {
    "[!-Z^-~]{8,24}".prop_filter("part of the mark", |text| {
        !MARK.contains(&text.to_lowercase())
    })
}

/// Returns a configuration with `cases` cases that writes no files next to the sources.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Returns true if the text holds only displayable characters and line feeds.
pub fn is_clean(text: &str) -> bool {
    text.chars()
        .all(|c| domain::untrusted::is_displayable(c) || c == '\n')
}
