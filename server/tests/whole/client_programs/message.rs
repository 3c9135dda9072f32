//! The message that every program sends.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// A text with lines that SMTP and MIME treat specially.
pub const BODY: &str = concat!(
    "Grüße vom Drucker im 2. Stock.\n",
    ".\n",
    "..\n",
    ".A line that begins with a dot\n",
    "= equals signs =3D and blanks, and a long line\n",
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\n",
    "The end\n",
);

/// The text of the message that git sends.
pub const PATCH: &str = concat!(
    "Grüße\n---\n size | 1 +\n 1 file changed, 1 insertion(+)\n\n",
    "diff --git a/size b/size\n--- a/size\n+++ b/size\n@@ -1 +1,2 @@\n 1\n+größer\n",
);

/// Returns an attachment that has every octet.
pub fn attachment() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(10_000).collect()
}

/// Returns the message as a program would write it into a file, with LF as its line end.
pub fn whole(subject: &str, from: &str) -> String {
    let encoded = BASE64_STANDARD.encode(attachment());
    let mut lines = String::new();
    for line in encoded.as_bytes().chunks(76) {
        writeln!(lines, "{}", str::from_utf8(line).unwrap()).unwrap();
    }
    format!(
        "From: {from}\nTo: bob@sandbox.test\nSubject: {subject}\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=limit\n\n\
         --limit\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{BODY}\n\
         --limit\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; filename=scan.bin\n\n{lines}--limit--\n"
    )
}
