//! Messages in `tests/messages`, each standing for something that mail programs do. The right
//! values were decided by the RFCs and compared with two other parsers: Python's `email` and
//! nodemailer's `mailparser`.

use std::num::NonZeroU32;

use domain::{Mail, MailId, MailSummary};

use super::{attachment::attachment, mail::read_mail};

/// The parts of a message that are compared.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    from: String,
    to: String,
    subject: String,
    text: Option<String>,
    html: Option<String>,
    /// Name, type and content.
    files: Vec<(String, String, Vec<u8>)>,
}

fn raw(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/messages/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn mail(raw: &[u8]) -> Mail {
    let summary = MailSummary::of(MailId {
        uid_validity: 1,
        uid: NonZeroU32::MIN,
    });
    read_mail(summary, raw)
}

fn read(name: &str) -> Read {
    let raw = raw(name);
    let mail = mail(&raw);
    let files = mail.attachments.iter().map(|listed| {
        let file = attachment(&raw, listed.number).expect("a listed file is there");
        assert_eq!(
            (&file.name, &file.media_type, file.bytes.len() as u64),
            (&listed.name, &listed.media_type, listed.size),
            "{name}"
        );
        (file.name, file.media_type, file.bytes)
    });
    let files: Vec<_> = files.collect();
    let next = u32::try_from(files.len()).unwrap() + 1;
    assert_eq!(attachment(&raw, next), None, "{name}");
    Read {
        from: mail.summary.from,
        to: mail.to,
        subject: mail.summary.subject,
        text: mail.text,
        html: mail.html,
        files,
    }
}

type File<'a> = (&'a str, &'a str, &'a [u8]);
type Files<'a> = &'a [File<'a>];
type Words<'a> = Option<&'a str>;

fn expected(text: Words<'_>, html: Words<'_>, files: Files<'_>) -> Read {
    let files = files.iter().map(|(name, media_type, bytes)| {
        ((*name).to_owned(), (*media_type).to_owned(), bytes.to_vec())
    });
    Read {
        from: "Alice <alice@example.com>".into(),
        to: "bob@example.net".into(),
        subject: String::new(),
        text: text.map(str::to_owned),
        html: html.map(str::to_owned),
        files: files.collect(),
    }
}

#[test]
fn messages_that_were_once_read_wrongly_are_read_rightly() {
    const PDF: &[u8] = &[0; 3];
    const LATIN1: &[u8] = b"Gr\xf6\xdfe;Menge\r\n\xc4pfel;5\r\n";
    let samples: &[(&str, Words<'_>, Words<'_>, Files<'_>)] = &[
        ("M01-words-in-To", Some("Global digest RFC822"), None, &[]),
        ("M03-latin1-csv-base64", Some("x"), None, &[("a.csv", "text/csv", LATIN1)]),
        ("M04-csv-no-charset-base64", Some("x"), None, &[("b.csv", "text/csv", LATIN1)]),
        (
            "M07-fwd-as-attachment",
            Some("see attached"),
            None,
            &[(
                "thanks.eml",
                "message/rfc822",
                b"From: a@b.test\r\nTo: c@d.test\r\nSubject: inner\r\n\r\ninner body",
            )],
        ),
        (
            "M08-fwd-inline-multipart",
            Some("see"),
            None,
            &[(
                "",
                "message/rfc822",
                b"From: a@b.test\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
                  --c\r\nContent-Type: text/plain\r\n\r\ninner\r\n\
                  --c\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                  AAAA\r\n--c--\r\n",
            )],
        ),
        (
            "M09-message-only",
            None,
            None,
            &[("", "message/rfc822", b"From: a@b.test\r\nSubject: inner\r\n\r\ninner body\r\n")],
        ),
        ("M10-content-type-text", Some("hello plain"), None, &[]),
        ("M11-content-type-empty", Some("hello plain"), None, &[]),
        ("M12-content-type-foo", Some("hello plain é"), None, &[]),
        (
            "M13-ical",
            Some("x"),
            None,
            &[("", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR")],
        ),
        ("M14-two-subjects", Some("x"), None, &[]),
        (
            "M15-rfc2231-continuation",
            None,
            None,
            &[("Rechnung März 2026.pdf", "application/pdf", PDF)],
        ),
        (
            "M16-filename-2047-two-words",
            None,
            None,
            &[("Solidarność.pdf", "application/pdf", PDF)],
        ),
        (
            "M17-binary-nul-text",
            None,
            None,
            &[("e.bin", "application/octet-stream", b"\0\x01\x02\xff\r\n")],
        ),
        ("M18-iso2022jp", Some("日本語の本文"), None, &[]),
        ("M19-koi8r-8bit", Some("Привет мир"), None, &[]),
        ("M20-utf7", Some("Grüße"), None, &[]),
        ("M21-gb18030-qp", Some("你好"), None, &[]),
        ("M22-unknown-charset", Some("hellö"), None, &[]),
        ("M23-html-only-base64-cp1251", None, Some("<p>Привет</p>"), &[]),
        ("M24-To-group", Some("x"), None, &[]),
        (
            "M25-name-only-attachment-inline-image",
            None,
            Some("<img>"),
            &[("logo.png", "image/png", PDF)],
        ),
        // Lines are shown as they are sent (RFC 3676 §4.2 leaves that to clients).
        (
            "M26-format-flowed-delsp",
            Some("This is one long \nparagraph \nhere.\n> quoted \n> too"),
            None,
            &[],
        ),
    ];
    for (name, text, html, files) in samples {
        let right = Read {
            from: "Global Sales <global@example.com>".into(),
            to: match *name {
                "M24-To-group" => String::new(),
                _ => "Digest Robot <digest@rfc822.example>, bob@global.example".into(),
            },
            subject: "Global digest of rfc822".into(),
            ..expected(*text, *html, files)
        };
        assert_eq!(read(name), right, "{name}");
    }
}

#[test]
fn files_are_byte_for_byte_the_attached_ones() {
    let utf16 = "\u{feff}Größe;Menge\r\n10;5\r\n";
    let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let all: Vec<u8> = (0..=255).chain(0..=255).collect();
    let octets = "application/octet-stream";
    let inner = b"From: a@example.org\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                  --b\r\n\r\ninner body\r\n--b--\r\n";
    let samples: &[(&str, Files<'_>)] = &[
        ("utf16-csv-base64", &[("a.csv", "text/csv", &utf16)]),
        ("utf16-csv-no-charset-base64", &[("a.csv", "text/csv", &utf16)]),
        (
            "utf8-bom-text-base64",
            &[("a.txt", "text/plain", "\u{feff}Größe\n".as_bytes())],
        ),
        (
            "undeclared-latin1-attachment",
            &[("a.txt", "text/plain", b"Gr\xf6\xdfe\r\nM\xe4rz\r\n")],
        ),
        (
            "words-in-base64",
            &[(
                "a.bin",
                octets,
                b"\x00\x0a\xdf\x73\xcd\xb6\x18\xb3\x81\x00\xb7\x62\x81\xeb\x2d\x82\x5a\x1b\x6a\x54\x45\x0b\xcd\xb6\x0c\x81\x84\x49\x30\x00",
            )],
        ),
        (
            "words-in-text-attachment",
            &[(
                "global-digest.rfc822",
                "text/plain",
                b"global digest RFC822\r\nrfc822-Digest Global\r\n",
            )],
        ),
        ("binary-quoted-printable", &[("a.bin", octets, &all)]),
        (
            "latin1-csv-quoted-printable",
            &[(
                "a.csv",
                "text/csv",
                b"Gr\xf6\xdfe;Menge   \r\nlong line;x\r\nodd = sign =ZZ",
            )],
        ),
        ("message-in-base64", &[("m.eml", "message/rfc822", inner)]),
        ("no-final-boundary", &[("a.bin", octets, &b"\0\x01\x02\x03".repeat(30))]),
        ("empty-attachment", &[("a.csv", "text/csv", b""), ("b.pdf", "application/pdf", b"")]),
        ("uuencoded-part", &[("a.txt", octets, b"Cat")]),
        ("line-feeds-only", &[("a.csv", "text/csv", b"a\xe4;b\n")]),
        ("base64-in-padded-pieces", &[("a.bin", octets, b"one!two.!end")]),
        ("base64-with-a-footer", &[("a.bin", octets, b"\0\x01\x02\x03")]),
        (
            "base64-with-foreign-characters",
            &[("a.bin", octets, &b"\0\x01\x02\x03".repeat(20))],
        ),
        // Its name does not pretend to end with another extension.
        (
            "file-name-with-direction-override",
            &[("invoice_fdp.exe", octets, b"MZ")],
        ),
    ];
    for (name, files) in samples {
        let read = read(name);
        assert_eq!(
            (read.text.as_deref(), read.html),
            (Some("See the file."), None),
            "{name}"
        );
        assert_eq!(read.files, expected(None, None, files).files, "{name}");
    }
}

#[test]
fn parts_are_distinguished_as_the_rfcs_define() {
    let one = b"From: a@example.org\r\nSubject: one\r\n\r\nfirst";
    let samples: &[(&str, &str, Words<'_>, Words<'_>, Files<'_>)] = &[
        (
            "digest",
            "Digest",
            None,
            None,
            &[
                ("", "message/rfc822", one),
                ("", "message/rfc822", b"Subject: two\r\n\r\nsecond"),
            ],
        ),
        (
            "boundaries-with-the-same-beginning",
            "Prefix",
            Some("plain"),
            Some("<p>html</p>"),
            &[(
                "a.txt",
                "text/plain",
                b"--b-inner\r\n--bogus\r\n--b --b\r\nx--b\r\n --b\r\n",
            )],
        ),
        ("same-boundary-nested", "Same", Some("plain"), None, &[]),
        (
            "boundary-that-never-comes",
            "Never",
            Some("Hello"),
            None,
            &[],
        ),
        (
            "preamble-and-epilogue",
            "Around",
            Some("See the file."),
            None,
            &[],
        ),
        (
            "inline-text-file",
            "Inline",
            Some("See the file.\nSent from my phone"),
            None,
            &[("notes.txt", "text/plain", b"notes")],
        ),
        (
            "quoted-and-commented-content-type",
            "Comments",
            Some("Größe"),
            None,
            &[("a.csv", "text/csv", b"\xff\xfe")],
        ),
        ("undeclared-latin1", "Latin", Some("Größe € 5"), None, &[]),
        ("us-ascii-that-is-utf8", "Ascii", Some("Größe"), None, &[]),
        (
            "declared-base64-but-plain",
            "Plain",
            Some("This is not base64, whatever its header says."),
            None,
            &[],
        ),
        (
            "uuencode-in-text",
            "UU",
            Some("File:\n\nbegin 644 a.txt\n#0V%T\n`\nend"),
            None,
            &[],
        ),
        ("mbox-line", "Mbox", Some("x"), None, &[]),
        ("raw-latin1-subject", "Größe", Some("x"), None, &[]),
        ("raw-koi8r-subject", "Привет", Some("Привет"), None, &[]),
    ];
    for (name, subject, text, html, files) in samples {
        let right = Read {
            subject: (*subject).to_owned(),
            ..expected(*text, *html, files)
        };
        assert_eq!(read(name), right, "{name}");
    }
    let utf8 = read("raw-utf8-subject");
    assert_eq!(
        (utf8.from.as_str(), utf8.subject.as_str()),
        ("Zoë <alice@example.com>", "Größe")
    );
}

#[test]
fn nothing_grows_with_what_is_nested_or_repeated() {
    for line in [
        "Content-Type: message/rfc822\n\n",
        "content-type:message/global\n\n",
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\n",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
        "--b\n",
        "Content-Type: multipart/mixed; boundary=b\n",
        "a:\n",
        "\n",
    ] {
        let mut raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".to_owned();
        raw.push_str(&line.repeat(100_000));
        let mail = mail(raw.as_bytes());
        assert!(mail.attachments.len() <= 200, "{line}");
        assert_eq!(attachment(raw.as_bytes(), 1_001), None, "{line}");
    }
    // Deeper multiparts are files with their own bytes.
    let level = |at| format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n");
    let deep: String = (0..100).map(level).collect();
    let mail = mail(deep.as_bytes());
    assert_eq!(mail.attachments.len(), 1);
    assert_eq!(mail.attachments[0].media_type, "multipart/mixed");
    let file = attachment(deep.as_bytes(), 1).unwrap();
    let inner: String = (crate::mime::MAX_DEPTH + 1..100).map(level).collect();
    assert_eq!(
        String::from_utf8(file.bytes).unwrap(),
        format!("--b30\r\n{inner}")
    );
}
