//! Reports about undelivered mail in the forms that mail servers send, and mail that is no report.
//!
//! `coverage/reports.txt` has one block per report, with its source and the right result;
//! `coverage/given` has whole messages. `cargo xtask bench coverage` prints the line that this test
//! prints.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{fs, path::Path};

use message::DeliveryStatus;

const SET: &str = "delivery reports";

/// A report, and what is right about it.
struct Report {
    name: String,
    failed: String,
    about: Option<String>,
    raw: Vec<u8>,
}

impl Report {
    fn all() -> Vec<Self> {
        let blocks = include_str!("coverage/reports.txt").split("\n== ").skip(1);
        let mut all: Vec<_> = blocks.map(Self::read).collect();
        all.extend(given());
        all
    }

    fn read(block: &str) -> Self {
        let (head, raw) = block.split_once("message:\n").unwrap();
        let (name, _) = head.split_once('\n').unwrap();
        let value = |key: &str| {
            let value = head.lines().find_map(|line| line.strip_prefix(key));
            value.map(|value| value.trim().to_owned())
        };
        assert!(value("source:").is_some(), "{name} has no source");
        Self {
            name: name.to_owned(),
            failed: value("failed:").unwrap(),
            about: value("about:"),
            raw: raw.replace('\n', "\r\n").into_bytes(),
        }
    }

    /// Returns the failed recipients, if the message is found that the report is about.
    fn result(&self) -> String {
        let Some(read) = DeliveryStatus::read(&self.raw) else {
            return "none".to_owned();
        };
        let all: Vec<_> = [&read.message_ids[..], &read.provider_ids[..]].concat();
        let is_found = self.about.as_ref().is_none_or(|about| all.contains(about));
        if !is_found {
            return format!("about {all:?}");
        }
        failed(&read)
    }
}

fn failed(read: &DeliveryStatus) -> String {
    let failed = read.failed.iter().flat_map(|one| &one.addresses);
    let failed: Vec<_> = failed.map(ToString::to_string).collect();
    failed.join(" ")
}

/// Reads the whole messages. The message that each is about is the one with our domain.
fn given() -> Vec<Report> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/coverage/given");
    let files = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|one| one == "eml"));
    let reports = files.map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let raw = fs::read(&path).unwrap();
        let about = match name.as_str() {
            "automatic_reply" => None,
            "amazon_id" => Some("0102019aaaaa-1111-2222-3333-444444444444-000000".to_owned()),
            "message_in_base64" => Some("<7c380a1150b7059fe496f49f434de800@rig.test>".to_owned()),
            _ => {
                let text = String::from_utf8_lossy(&raw).into_owned();
                let end = text.find("@rig.test>").unwrap();
                let start = text[..end].rfind('<').unwrap();
                let end = end + "@rig.test>".len();
                let own = Some(text[start..end].to_owned());
                own.filter(|id| id != "<alice@rig.test>").or_else(|| {
                    let id = text.split("Message-ID: ").nth(1).unwrap();
                    Some(id.lines().next().unwrap().to_owned())
                })
            }
        };
        let failed = match name.as_str() {
            "automatic_reply" => "none",
            "other_address" => "bob@other.test",
            "address_in_upper_case" => "BOB@x.test",
            _ => "bob@x.test",
        };
        Report {
            failed: failed.to_owned(),
            name,
            about,
            raw,
        }
    });
    reports.collect()
}

#[test]
fn reports_in_the_forms_in_use_are_read() {
    let reports = Report::all();
    let mut right = 0;
    for report in &reports {
        let got = report.result();
        if got == report.failed {
            right += 1;
        } else {
            println!(
                "coverage miss: {SET}: {}: {} / {got}",
                report.name, report.failed
            );
        }
    }
    let total = reports.len();
    println!("coverage: {SET}: {right} of {total}");
    assert!(total >= 60, "{total}");
    assert!(right * 100 >= total * 95, "{right} of {total}");
}

#[test]
fn every_kind_of_report_is_fetched() {
    for report in Report::all() {
        let end = report.raw.windows(4).position(|four| four == b"\r\n\r\n");
        let header = &report.raw[..end.unwrap_or(report.raw.len())];
        if report.failed != "none" {
            assert!(DeliveryStatus::may_be(header), "{}", report.name);
        }
    }
}

/// The labels of a public collection that is not part of the project: name of a file, number of
/// failed recipients, and whether the report names the message. `docs/development/coverage.md` says
/// where it is, how it was labeled, and what the result was.
const COLLECTION: &str = include_str!("coverage/collection.tsv");

#[test]
#[ignore = "reads the collection in the directory that MAILGRANT_REPORTS names"]
fn reports_of_a_public_collection_are_read() {
    let directory = std::env::var("MAILGRANT_REPORTS").unwrap();
    let labels = COLLECTION.lines().filter(|line| !line.starts_with('#'));
    let (mut right, mut total) = (0, 0);
    for label in labels {
        let columns: Vec<_> = label.split('\t').collect();
        let [name, failed, names_message] = columns[..] else {
            panic!("not three columns: {label}");
        };
        let raw = fs::read(Path::new(&directory).join(format!("{name}.eml"))).unwrap();
        let read = DeliveryStatus::read(&raw);
        let count = read.as_ref().map_or(0, |read| read.failed.len());
        let is_named =
            |read: &DeliveryStatus| !read.message_ids.is_empty() || !read.provider_ids.is_empty();
        // A report without a failure is not read further.
        let is_named = read.as_ref().map_or(names_message == "yes", is_named);
        let has_addresses = read
            .iter()
            .flat_map(|read| &read.failed)
            .all(|failed| !failed.addresses.is_empty());
        total += 1;
        let named = if is_named { "yes" } else { "no" };
        if (count.to_string().as_str(), named, has_addresses) == (failed, names_message, true) {
            right += 1;
        } else {
            println!(
                "coverage miss: {SET} of a public collection: {label} / {count} {named} {has_addresses}"
            );
        }
    }
    println!("coverage: {SET} of a public collection: {right} of {total}");
    assert!(total >= 321, "{total}");
    assert!(right * 321 >= total * 315, "{right} of {total}");
}

/// For other collections.
#[test]
#[ignore = "reads the directory that MAILGRANT_REPORTS names"]
fn prints_what_the_reports_in_a_directory_say() {
    let mut directories = vec![std::env::var("MAILGRANT_REPORTS").unwrap().into()];
    while let Some(directory) = directories.pop() {
        let directory: std::path::PathBuf = directory;
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let raw = fs::read(&path).unwrap();
            let end = raw
                .windows(2)
                .position(|two| two == b"\n\n" || two == b"\n\r");
            let fetched = DeliveryStatus::may_be(&raw[..end.unwrap_or(raw.len())]);
            let read = DeliveryStatus::read(&raw);
            let (ids, failed) = read.map_or((String::new(), "none".to_owned()), |read| {
                (read.message_ids.join(" "), failed(&read))
            });
            println!("report\t{}\t{fetched}\t{ids}\t{failed}", path.display());
        }
    }
}
