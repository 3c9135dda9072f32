//! Reading mail: folders, lists, search, messages, attachments, and notification of new mail.

use std::{collections::BTreeSet, num::NonZeroU32, time::Duration};

use domain::{
    DataCenterId, FindingCode, FolderName, FolderUse, MailId, MailPage, MailQuery, MailSearch,
    PagePosition, SearchIn, UnixTime,
};
use mail::MailboxError;
use sandbox::{Faults, ImapFault};

use crate::{
    doctor::with_mailbox,
    support::{ALICE, BOB, World},
};

const INBOX: &str = "INBOX";

/// Creates a world with Alice's mailbox. Large mail takes time while other tests run.
pub async fn world() -> World {
    let world = World::with(|options| {
        options.timeouts.reply *= 30;
        options.timeouts.check *= 12;
    })
    .await;
    world.save(&with_mailbox(&world, world.basic_form())).await;
    world
}

pub fn home() -> DataCenterId {
    DataCenterId::default()
}

pub fn inbox() -> MailQuery {
    MailQuery::newest(FolderName::default())
}

fn mail(number: u32, subject: &str) -> String {
    format!(
        "From: Bob {number} <bob@sandbox.test>\r\nTo: {ALICE}\r\nSubject: {subject}\r\n\
         Date: Mon, 23 Nov 2026 20:15:00 +0100\r\nMessage-ID: <{number}@sandbox.test>\r\n\r\nHello {number}\r\n"
    )
}

/// Delivers `count` messages to Alice, with some to Bob in between, so sequence numbers and UIDs
/// differ.
pub fn fill(world: &World, count: u32) -> Vec<u32> {
    let control = world.control();
    let put = (1..=count).map(|number| {
        if number % 3 == 0 {
            control.deliver(BOB, INBOX, mail(number, "not for Alice"));
        }
        control.deliver(ALICE, INBOX, mail(number, &format!("Number {number}")))
    });
    put.collect()
}

async fn page(world: &World, query: &MailQuery) -> MailPage {
    world.mailer.mailboxes.page(&home(), query).await.unwrap()
}

fn uids(page: &MailPage) -> Vec<u32> {
    page.mails.iter().map(|mail| mail.id.uid.get()).collect()
}

fn limited(limit: u32, place: PagePosition) -> MailQuery {
    MailQuery {
        limit: NonZeroU32::new(limit).unwrap(),
        place,
        ..inbox()
    }
}

/// Returns the code of the finding in an error.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, MailboxError>) -> FindingCode {
    match outcome {
        Err(MailboxError::Failed(finding)) => finding.code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_data_center_without_an_email_box_says_so() {
    let world = World::new().await;
    for _ in 0..2 {
        let off = world.mailer.mailboxes.page(&home(), &inbox()).await;
        assert!(matches!(off, Err(MailboxError::Off)), "{off:?}");
        world.save(&world.basic_form()).await;
    }
    let none = DataCenterId::parse("none").unwrap();
    let unknown = world.mailer.mailboxes.folders(&none).await;
    assert!(matches!(unknown, Err(MailboxError::Mail(_))), "{unknown:?}");
}

#[tokio::test]
async fn folders_are_listed_with_their_names_and_uses() {
    let world = world().await;
    let folders = world.mailer.mailboxes.folders(&home()).await.unwrap();
    let listed: Vec<_> = folders
        .iter()
        .map(|folder| (folder.name.as_str(), folder.shown.as_str(), folder.used_for))
        .collect();
    assert_eq!(
        listed,
        [
            ("INBOX", "INBOX", Some(FolderUse::Inbox)),
            ("Entw&APw-rfe", "Entwürfe", Some(FolderUse::Drafts)),
            ("Sent", "Sent", Some(FolderUse::Sent)),
            ("Archive/2026", "Archive/2026", Some(FolderUse::Archive)),
            ("Junk", "Junk", Some(FolderUse::Junk)),
            ("Trash", "Trash", Some(FolderUse::Trash)),
        ]
    );
}

#[tokio::test]
async fn a_list_begins_with_the_newest_mail_and_shows_sender_subject_and_date() {
    let world = world().await;
    let put = fill(&world, 3);
    let raw = "From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n folded\r\n\r\nx";
    let last = world.control().deliver(ALICE, INBOX, raw);
    let page = page(&world, &inbox()).await;
    assert_eq!((page.total, page.uid_validity), (4, 1));
    assert_eq!(uids(&page), [last, put[2], put[1], put[0]]);
    assert_eq!(page.next, None);
    assert_eq!(page.newest, Some(page.mails[0].id));
    let first = &page.mails[0];
    assert_eq!(first.from, "Jürgen <j@example.com>");
    assert_eq!(first.subject, "Grüße folded");
    assert_eq!(first.sent_at, None);
    assert!(first.received_at.is_some() && !first.seen);
    assert_eq!(page.mails[3].sent_at, Some(UnixTime(1_795_461_300)));
    assert_eq!(usize::try_from(first.size).unwrap(), raw.len());
}

#[tokio::test]
async fn pages_meet_without_a_gap_also_when_mail_comes_and_goes_between_them() {
    let world = world().await;
    let put = fill(&world, 25);
    let newest = page(&world, &limited(10, PagePosition::Newest)).await;
    assert_eq!(
        uids(&newest),
        put[15..].iter().rev().copied().collect::<Vec<_>>()
    );
    // A displayed message is removed, the one where the next page starts, and new mail arrives.
    world.control().remove_mail(ALICE, put[15]);
    world.control().remove_mail(ALICE, put[3]);
    world.control().deliver(ALICE, INBOX, mail(99, "new"));
    let next = newest.next.unwrap();
    let second = page(&world, &limited(10, PagePosition::Before(next))).await;
    assert_eq!(
        uids(&second),
        put[5..15].iter().rev().copied().collect::<Vec<_>>()
    );
    let third = page(
        &world,
        &limited(10, PagePosition::Before(second.next.unwrap())),
    )
    .await;
    assert_eq!(uids(&third), [put[4], put[2], put[1], put[0]]);
    assert_eq!(third.next, None);
}

#[tokio::test]
async fn mail_after_a_position_is_listed_in_order() {
    let world = world().await;
    let put = fill(&world, 7);
    let id = |uid| MailId {
        uid_validity: 1,
        uid: NonZeroU32::new(uid).unwrap(),
    };
    world.control().remove_mail(ALICE, put[2]);
    let page_after = async |uid| page(&world, &limited(3, PagePosition::After(id(uid)))).await;
    let after = page_after(put[2]).await;
    assert_eq!(uids(&after), put[3..6]);
    let rest = page_after(after.next.unwrap().uid.get()).await;
    assert_eq!((uids(&rest), rest.next), (put[6..].to_vec(), None));
    let none = page_after(put[6]).await;
    assert_eq!((uids(&none), none.newest), (vec![], Some(id(put[6]))));
    assert!(uids(&page_after(u32::MAX).await).is_empty());
}

/// Returns the commands that the server received, with numbers and UIDs replaced by `N`.
fn requests(world: &World, since: usize) -> Vec<String> {
    let requested = world.control().imap_commands().into_iter().skip(since);
    let without_numbers = requested.map(|command| {
        let (mut text, mut digits) = (String::new(), false);
        for character in command.chars() {
            if character.is_ascii_digit() {
                if !digits {
                    text.push('N');
                }
                digits = true;
            } else {
                digits = false;
                text.push(character);
            }
        }
        text
    });
    without_numbers.collect()
}

#[tokio::test]
async fn a_mailbox_with_100_000_mails_needs_as_many_requests_as_one_with_100() {
    let mut all = Vec::new();
    for size in [100, 100_000] {
        let world = world().await;
        for number in 1..=size {
            world.control().deliver(ALICE, INBOX, mail(number, "x"));
        }
        page(&world, &inbox()).await;
        let before = world.control().imap_commands().len();
        let newest = page(&world, &inbox()).await;
        let next = page(
            &world,
            &limited(50, PagePosition::Before(newest.next.unwrap())),
        )
        .await;
        let after = PagePosition::After(next.mails[0].id);
        assert_eq!(page(&world, &limited(50, after)).await.mails.len(), 50);
        let mail = world
            .mailer
            .mailboxes
            .message(&home(), &FolderName::default(), next.mails[0].id)
            .await
            .unwrap();
        assert!(mail.text.is_some());
        assert_eq!((newest.mails.len(), next.mails.len()), (50, 50));
        all.push(requests(&world, before));
    }
    assert_eq!(all[0], all[1]);
}

#[tokio::test]
async fn nothing_changes_a_mailbox() {
    let world = world().await;
    let put = fill(&world, 3);
    let folder = FolderName::default();
    let list = page(&world, &inbox()).await;
    let id = list.mails[0].id;
    let (mailer, home) = (&world.mailer, home());
    mailer.mailboxes.folders(&home).await.unwrap();
    mailer.mailboxes.message(&home, &folder, id).await.unwrap();
    mailer.mailboxes.source(&home, &folder, id).await.unwrap();
    let words = MailSearch {
        words: "Hello".into(),
        ..MailSearch::default()
    };
    page(
        &world,
        &MailQuery {
            search: words,
            ..inbox()
        },
    )
    .await;
    let mut watch = mailer.mailboxes.watch(&home, &folder).unwrap();
    watch.changed().await.unwrap();
    // The sandbox marks mail as seen if it is fetched without PEEK.
    assert!(world.control().seen_mail(ALICE).is_empty());
    assert_eq!(put.len(), 3);
    for command in world.control().imap_commands() {
        let words: BTreeSet<_> = command.split([' ', '(']).collect();
        for changing in [
            "SELECT", "STORE", "COPY", "MOVE", "EXPUNGE", "APPEND", "CREATE", "DELETE", "RENAME",
        ] {
            assert!(!words.contains(changing), "{command}");
        }
        assert!(!command.contains("BODY["), "{command}");
    }
}

#[tokio::test]
async fn the_server_searches_the_whole_mail_the_sender_or_the_subject() {
    let world = world().await;
    let put = fill(&world, 5);
    let raw =
        "From: a@example.com\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\r\nÜber \"alles\" {5}\r\n";
    let last = world.control().deliver(ALICE, INBOX, raw);
    for (words, within, expected) in [
        ("Hello 3", SearchIn::Text, vec![put[2]]),
        ("number 4", SearchIn::Subject, vec![put[3]]),
        ("bob 2", SearchIn::From, vec![put[1]]),
        ("bob 2", SearchIn::Subject, vec![]),
        ("grüße", SearchIn::Subject, vec![last]),
        ("Über \"alles\" {5}", SearchIn::Text, vec![last]),
        ("\\\") UID 1:* (\"", SearchIn::Text, vec![]),
    ] {
        let search = MailSearch {
            words: words.into(),
            within,
            since: None,
        };
        let found = page(&world, &MailQuery { search, ..inbox() }).await;
        assert_eq!(uids(&found), expected, "{words}");
        assert_eq!(found.total, 6);
    }
}

#[tokio::test]
async fn a_search_covers_a_large_folder_in_ranges_and_pages() {
    let world = world().await;
    let mut hits = Vec::new();
    for number in 1..=5_000_u32 {
        let subject = if number % 500 == 7 { "needle" } else { "hay" };
        let uid = world.control().deliver(ALICE, INBOX, mail(number, subject));
        if subject == "needle" {
            hits.push(uid);
        }
    }
    let query = |place| MailQuery {
        search: MailSearch {
            words: "needle".into(),
            within: SearchIn::Subject,
            since: None,
        },
        ..limited(4, place)
    };
    let (mut place, mut found) = (PagePosition::Newest, Vec::new());
    loop {
        let part = page(&world, &query(place)).await;
        found.extend(uids(&part));
        match part.next {
            Some(next) => place = PagePosition::Before(next),
            None => break,
        }
    }
    found.reverse();
    assert_eq!(found, hits);
    let first = MailId {
        uid_validity: 1,
        uid: NonZeroU32::new(hits[0]).unwrap(),
    };
    let upwards = page(&world, &query(PagePosition::After(first))).await;
    assert_eq!(uids(&upwards), hits[1..5]);
}

#[tokio::test]
async fn mail_is_searched_by_its_date_of_arrival() {
    let world = world().await;
    let put = fill(&world, 2);
    let received = page(&world, &inbox()).await.mails[0].received_at.unwrap();
    for (since, expected) in [(received.plus(-60), 2), (received.plus(3_600), 0)] {
        let search = MailSearch {
            since: Some(since),
            ..MailSearch::default()
        };
        let found = page(&world, &MailQuery { search, ..inbox() }).await;
        assert_eq!(found.mails.len(), expected, "{put:?}");
    }
}

#[tokio::test]
async fn a_search_that_is_refused_is_named() {
    let world = world().await;
    fill(&world, 1);
    world.control().set(Faults {
        imap: Some(ImapFault::SearchRefused),
        ..Faults::default()
    });
    let search = MailSearch {
        words: "ü".into(),
        ..MailSearch::default()
    };
    let query = MailQuery { search, ..inbox() };
    let refused = world.mailer.mailboxes.page(&home(), &query).await;
    assert_eq!(code(refused), FindingCode::SearchRefused);
}

const WITH_FILES: &str = "From: bob@sandbox.test\r\nTo: Alice <alice@sandbox.test>\r\nCc: c@example.com\r\n\
    Subject: Files\r\nMessage-ID: <f@sandbox.test>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=\"m\"\r\n\r\n--m\r\n\
    Content-Type: multipart/alternative; boundary=\"a\"\r\n\r\n--a\r\n\r\nPlain words\r\n--a\r\n\
    Content-Type: text/html; charset=utf-8\r\n\r\n<p>Rich <b>words</b><script>alert(1)</script></p>\r\n--a--\r\n--m\r\n\
    Content-Type: application/pdf; name=\"../in voice.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\
    Content-Disposition: attachment\r\n\r\nJVBERi0A\r\n--m\r\n\
    Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nInner words\r\n--m--\r\n";

#[tokio::test]
async fn a_mail_has_texts_headers_and_attachments() {
    let world = world().await;
    world.control().deliver(ALICE, INBOX, WITH_FILES);
    let (mailer, folder) = (&world.mailer, FolderName::default());
    let id = page(&world, &inbox()).await.mails[0].id;
    let mail = mailer
        .mailboxes
        .message(&home(), &folder, id)
        .await
        .unwrap();
    assert_eq!(mail.summary.subject, "Files");
    assert_eq!(
        (mail.to.as_str(), mail.cc.as_str()),
        ("Alice <alice@sandbox.test>", "c@example.com")
    );
    assert_eq!(mail.message_id, "f@sandbox.test");
    assert_eq!(mail.text.as_deref(), Some("Plain words"));
    assert_eq!(
        mail.html.as_deref().map(str::trim),
        Some("<p>Rich <b>words</b></p>")
    );
    assert_eq!(mail.headers[3].name, "Subject");
    assert!(!mail.cut && mail.headers_left_out == 0 && !mail.html_left_out);
    let files: Vec<_> = mail
        .attachments
        .iter()
        .map(|file| {
            (
                file.number,
                file.name.as_str(),
                file.media_type.as_str(),
                file.size,
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            (1, "in voice.pdf", "application/pdf", 6),
            (2, "", "message/rfc822", 29),
        ]
    );
    let home = home();
    let file = |number| mailer.mailboxes.attachment(&home, &folder, id, number);
    assert_eq!(file(1).await.unwrap().bytes, b"%PDF-\0");
    let inner = file(2).await.unwrap();
    assert_eq!(inner.bytes, b"Subject: inner\r\n\r\nInner words");
    for number in [0, 3] {
        let none = file(number).await;
        assert!(matches!(none, Err(MailboxError::NoAttachment)), "{none:?}");
    }
    let source = mailer.mailboxes.source(&home, &folder, id).await.unwrap();
    assert_eq!(source, WITH_FILES.as_bytes());
}

#[tokio::test]
async fn a_large_mail_is_read_in_chunks_and_its_beginning_is_shown() {
    let world = world().await;
    let head = "Subject: large\r\n\r\n";
    let raw = format!("{head}{}", "0123456789abcde\n".repeat(6 * 1024 * 1024 / 16));
    world.control().deliver(ALICE, INBOX, &raw);
    let id = page(&world, &inbox()).await.mails[0].id;
    let folder = FolderName::default();
    let mail = world
        .mailer
        .mailboxes
        .message(&home(), &folder, id)
        .await
        .unwrap();
    assert!(mail.cut);
    assert_eq!(mail.text.unwrap().chars().count(), 499_999);
    let source = world
        .mailer
        .mailboxes
        .source(&home(), &folder, id)
        .await
        .unwrap();
    assert!(source == raw.as_bytes());
}

#[tokio::test]
async fn missing_items_are_reported_as_such() {
    let world = world().await;
    let put = fill(&world, 1);
    let folder = FolderName::default();
    let id = |uid_validity, uid| MailId {
        uid_validity,
        uid: NonZeroU32::new(uid).unwrap(),
    };
    let mail = async |id| world.mailer.mailboxes.message(&home(), &folder, id).await;
    assert!(matches!(
        mail(id(1, put[0] + 1)).await,
        Err(MailboxError::NoMail)
    ));
    assert!(mail(id(1, put[0])).await.is_ok());
    for name in ["None", "Archive", "a\"b\\c"] {
        let query = MailQuery::newest(FolderName::parse(name).unwrap());
        let none = world.mailer.mailboxes.page(&home(), &query).await;
        assert!(
            matches!(none, Err(MailboxError::NoFolder)),
            "{name}: {none:?}"
        );
    }
    let query = MailQuery::newest(FolderName::parse("Entw&APw-rfe").unwrap());
    assert_eq!(page(&world, &query).await.total, 0);
}

#[tokio::test]
async fn a_folder_with_a_changed_uidvalidity_is_not_mistaken_for_the_old_one() {
    let world = world().await;
    fill(&world, 3);
    let old = page(&world, &limited(2, PagePosition::Newest)).await;
    world.control().renumber_mail();
    let folder = FolderName::default();
    let mail = world
        .mailer
        .mailboxes
        .message(&home(), &folder, old.mails[0].id)
        .await;
    assert!(
        matches!(mail, Err(MailboxError::Renumbered { uid_validity: 2 })),
        "{mail:?}"
    );
    for place in [
        PagePosition::Before(old.next.unwrap()),
        PagePosition::After(old.mails[0].id),
    ] {
        let next = world
            .mailer
            .mailboxes
            .page(&home(), &limited(2, place))
            .await;
        assert!(
            matches!(next, Err(MailboxError::Renumbered { .. })),
            "{next:?}"
        );
    }
    let new = page(&world, &inbox()).await;
    assert_eq!((new.uid_validity, new.mails.len()), (2, 3));
    assert!(
        world
            .mailer
            .mailboxes
            .message(&home(), &folder, new.mails[0].id)
            .await
            .is_ok()
    );
}

fn sign_ins(world: &World) -> usize {
    world.control().imap_attempts().len()
}

#[tokio::test]
async fn a_session_is_reused_for_the_next_page_but_not_for_other_settings() {
    let world = world().await;
    fill(&world, 1);
    for _ in 0..3 {
        page(&world, &inbox()).await;
    }
    assert_eq!(sign_ins(&world), 1);
    world.save(&with_mailbox(&world, world.basic_form())).await;
    page(&world, &inbox()).await;
    assert_eq!(sign_ins(&world), 2);
}

#[tokio::test]
async fn a_pooled_session_that_the_server_has_closed_is_replaced() {
    let world = world().await;
    fill(&world, 1);
    page(&world, &inbox()).await;
    // The next command finds the connection closed.
    world.control().close_imap();
    assert_eq!(page(&world, &inbox()).await.mails.len(), 1);
    assert_eq!(sign_ins(&world), 2);
}

#[tokio::test]
async fn concurrent_readers_share_a_few_sessions() {
    let world = world().await;
    fill(&world, 3);
    let (home, query) = (home(), inbox());
    let pages = (0..20).map(|_| world.mailer.mailboxes.page(&home, &query));
    for page in futures::future::join_all(pages).await {
        assert_eq!(page.unwrap().mails.len(), 3);
    }
    assert!(sign_ins(&world) <= 4);
}

#[tokio::test]
async fn new_mail_is_announced_by_idle_and_all_watchers_share_one_session() {
    let world = world().await;
    let folder = FolderName::default();
    let mut watches: Vec<_> = (0..3)
        .map(|_| world.mailer.mailboxes.watch(&home(), &folder).unwrap())
        .collect();
    for watch in &mut watches {
        watch.wait_for(|watch| watch.changes == 1).await.unwrap();
    }
    // Waits until IDLE is active.
    while !world
        .control()
        .imap_commands()
        .iter()
        .any(|command| command == "IDLE")
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    fill(&world, 1);
    for watch in &mut watches {
        let reported = watch.wait_for(|watch| watch.changes > 1);
        tokio::time::timeout(Duration::from_secs(20), reported)
            .await
            .unwrap()
            .unwrap();
    }
    assert_eq!(sign_ins(&world), 1);
}

#[tokio::test]
async fn a_watch_that_fails_says_why() {
    let world = world().await;
    world.control().set(Faults {
        imap: Some(ImapFault::Limit),
        ..Faults::default()
    });
    let mut watch = world
        .mailer
        .mailboxes
        .watch(&home(), &FolderName::default())
        .unwrap();
    let reported = watch
        .wait_for(|watch| watch.trouble.is_some())
        .await
        .unwrap()
        .clone();
    assert_eq!(
        reported.trouble.unwrap().code,
        FindingCode::TooManyConnections
    );
}

#[tokio::test]
async fn only_some_folders_are_watched_at_once() {
    let world = world().await;
    let name = |number| FolderName::parse(&format!("Folder {number}")).unwrap();
    let watches: Vec<_> = (0..6)
        .map(|number| world.mailer.mailboxes.watch(&home(), &name(number)))
        .collect();
    assert_eq!(watches.iter().flatten().count(), 4);
    drop(watches);
    assert!(world.mailer.mailboxes.watch(&home(), &name(9)).is_some());
}
