//! Texts as an attacker would write them.

use proptest::{prelude::*, sample::select};

/// Parts that have a meaning in some format, or that end a line, a string, or a program.
const PARTS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\u{1}",
    "\t",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    " ",
    "a",
    "alice",
    "Alice B",
    "@",
    "@example.com",
    "example.com",
    ".",
    "..",
    "localhost",
    ".localhost",
    "127.0.0.1",
    "127.1",
    "[::1]",
    "::1",
    "::ffff:127.0.0.1",
    "[::ffff:169.254.169.254]",
    "169.254.169.254",
    "0xa9fea9fe",
    "0x7f.1",
    "2852039166",
    "0177.0.0.1",
    "fe80::1%eth0",
    ":",
    ":587",
    ":0443",
    ":0",
    ":99999",
    "https://",
    "http://",
    "HTTPS://",
    "//",
    "/",
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
    "<a@b.c>",
    "\"",
    "\\\"",
    "'",
    ",",
    ";",
    "=",
    "=3D",
    "+",
    "&",
    "[",
    "]",
    "{",
    "}",
    "(c)",
    "ä",
    "ß",
    "東",
    "😀",
    "ﬀ",
    "xn--",
    "-",
    "_",
    "Bcc: x@y.z",
    "=?utf-8?q?=0d=0a?=",
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

/// Generates hostile parts in a row, sometimes any character.
pub fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        12 => select(PARTS).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => select(&[64_usize, 128, 253, 254, 1_024, 4_096]).prop_map(|n| "x".repeat(n)),
    ];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

/// Returns a configuration with ten thousand cases that writes no files next to the sources.
pub fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Returns true if nothing in the text can end a line, a header, or a SASL message.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
