//! `/api/v1/mailbox`, for programs.

use serde_json::Value;

use crate::{
    mailbox::{put, world},
    support::{Browser, Server},
};

const MESSAGES: &str = "/api/v1/mailbox/messages";

async fn reader(server: &Server) -> Browser {
    let administrator = server.administrator();
    let key = administrator.make_key("reader", &[("mailbox", "on")]).await;
    server.anonymous().with_key(&key)
}

async fn json(reader: &Browser, path: &str) -> Value {
    let reply = reader.get(path).await;
    assert_eq!(reply.status, 200, "{path} {reply:?}");
    reply.json()
}

fn ids(list: &Value) -> Vec<&str> {
    let messages = list["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn lists_searches_and_goes_on_where_it_was() {
    let (provider, server) = world().await;
    let put: Vec<_> = (1..=5)
        .map(|number| {
            put(
                &provider,
                &format!("From: a@b.c\r\nSubject: Number {number}\r\n\r\nx"),
            )
        })
        .collect();
    let reader = reader(&server).await;
    let list = json(&reader, &format!("{MESSAGES}?limit=2")).await;
    assert_eq!(ids(&list), [&put[4], &put[3]]);
    assert_eq!(
        (&list["total"], &list["folder"]),
        (&5.into(), &"INBOX".into())
    );
    assert_eq!(list["newest"], *put[4]);
    let first = &list["messages"][0];
    assert_eq!(
        (&first["subject"], &first["from"]),
        (&"Number 5".into(), &"a@b.c".into())
    );
    assert_eq!(first["seen"], false);
    let next = list["next"].as_str().unwrap();
    let older = json(&reader, &format!("{MESSAGES}?limit=2&before={next}")).await;
    assert_eq!(ids(&older), [&put[2], &put[1]]);
    let newer = json(&reader, &format!("{MESSAGES}?limit=2&after={}", put[0])).await;
    assert_eq!(ids(&newer), [&put[1], &put[2]]);
    assert_eq!(newer["next"], *put[2]);
    let found = json(
        &reader,
        &format!("{MESSAGES}?search=number+3&within=subject"),
    )
    .await;
    assert_eq!(ids(&found), [&put[2]]);
    for (since, count) in [("2020-01-01", 5), ("2099-01-01T00:00:00Z", 0)] {
        let found = json(&reader, &format!("{MESSAGES}?since={since}")).await;
        assert_eq!(ids(&found).len(), count, "{since}");
    }
    let folders = json(&reader, "/api/v1/mailbox/folders").await;
    assert_eq!(folders["folders"][0]["name"], "INBOX");
    assert_eq!(folders["folders"][1]["shown"], "Entwürfe");
}

#[tokio::test]
async fn gives_a_message_its_files_and_its_source() {
    let (provider, server) = world().await;
    let raw = "Subject: Files\r\nMessage-ID: <a@b>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
               --b\r\n\r\nWords\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\
               Content-Disposition: attachment\r\n\r\n1,2\r\n--b--\r\n";
    let id = put(&provider, raw);
    let reader = reader(&server).await;
    let uid = id.split('.').next_back().unwrap();
    for path in [format!("{MESSAGES}/{id}"), format!("{MESSAGES}/{uid}")] {
        let message = json(&reader, &path).await;
        assert_eq!(
            (&message["id"], &message["text"]),
            (&id.as_str().into(), &"Words".into())
        );
        assert_eq!(message["message_id"], "a@b");
        assert_eq!(message["headers"][0]["name"], "Subject");
        assert_eq!(message["attachments"][0]["name"], "a.csv");
        assert_eq!(message["truncated"], false);
    }
    let file = reader.get(&format!("{MESSAGES}/{id}/attachments/1")).await;
    assert_eq!(
        (file.header("content-type"), &*file.body),
        ("text/csv", "1,2")
    );
    let source = reader.get(&format!("{MESSAGES}/{id}/source")).await;
    assert_eq!(
        (source.header("content-type"), &*source.body),
        ("message/rfc822", raw)
    );
}

#[tokio::test]
async fn a_file_is_byte_for_byte_the_attached_one() {
    let (provider, server) = world().await;
    // "Größe" in Latin-1, and in UTF-16 with a byte order mark; neither declares its charset.
    let raw = "Subject: Files\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
               --b\r\n\r\nWords\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\
               Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\nR3L23w==\r\n\
               --b\r\nContent-Type: text/plain; name=b.txt\r\nContent-Transfer-Encoding: quoted-printable\r\n\
               Content-Disposition: attachment\r\n\r\n=FF=FEG=00r=00=F6=00=\r\n=DF=00\r\n--b--\r\n";
    let id = put(&provider, raw);
    let reader = reader(&server).await;
    let operator = server.operator().await;
    let files = [&b"Gr\xf6\xdf"[..], b"\xff\xfeG\0r\0\xf6\0\xdf\0"];
    for (number, bytes) in (1..).zip(files) {
        let page = format!("/mailbox/message/attachment?mail={id}&attachment={number}");
        let by_page = operator.get(&page).await;
        assert_eq!((by_page.status.as_u16(), &*by_page.bytes), (200, bytes));
        let path = format!("{MESSAGES}/{id}/attachments/{number}");
        let by_api = reader.get(&path).await;
        assert_eq!((by_api.status.as_u16(), &*by_api.bytes), (200, bytes));
    }
    let message = json(&reader, &format!("{MESSAGES}/{id}")).await;
    assert_eq!(message["attachments"][0]["size"], 4);
    assert_eq!(message["attachments"][1]["size"], 10);
}

#[tokio::test]
async fn refusals_are_problems_that_name_the_parameter() {
    let (provider, server) = world().await;
    let id = put(&provider, "Subject: a\r\n\r\nb");
    let reader = reader(&server).await;
    for (path, status, parameter) in [
        ("?limit=0", 422, "limit"),
        ("?limit=201", 422, "limit"),
        ("?limit=x", 422, "limit"),
        ("?since=now", 422, "since"),
        ("?within=body", 422, "within"),
        ("?before=1", 422, "before"),
        ("?after=1.x", 422, "after"),
        ("?before=1.1&after=1.1", 422, "after"),
        ("?folder=a%0d%0ab", 422, "folder"),
        ("?folder=None", 404, "folder"),
        ("?data_center=none", 404, "data_center"),
        ("?data_center=%2e%2e/", 404, "data_center"),
        ("?before=7.1", 410, ""),
        ("/x", 404, ""),
        ("/999", 404, ""),
        ("/7.1", 410, ""),
        ("/1.1/attachments/x", 404, ""),
        ("/1/attachments/1", 404, ""),
    ] {
        let reply = reader.get(&format!("{MESSAGES}{path}")).await;
        assert_eq!(reply.status, status, "{path} {reply:?}");
        assert_eq!(
            reply.header("content-type"),
            "application/problem+json",
            "{path}"
        );
        let problem = reply.json();
        assert_eq!(problem["status"], status, "{path}");
        let named = problem["errors"][0]["parameter"]
            .as_str()
            .unwrap_or_default();
        assert_eq!(named, parameter, "{path} {problem}");
    }
    provider.control().set(sandbox::Faults {
        imap: Some(sandbox::ImapFault::HugeLiteral),
        ..sandbox::Faults::default()
    });
    let reply = reader.get(&format!("{MESSAGES}/{id}")).await;
    assert_eq!(reply.status, 502, "{reply:?}");
    assert_eq!(reply.json()["finding"], "imap_answer_unreadable");
}

#[tokio::test]
async fn a_key_of_one_data_center_reads_no_other_mailbox() {
    let (provider, server) = world().await;
    put(&provider, "Subject: a\r\n\r\nb");
    let administrator = server.administrator();
    let added = administrator
        .fetch("/api/add_data_center", "name=Second".into())
        .await;
    let id = added.json()["id"].as_str().unwrap().to_owned();
    let fields = [("mailbox", "on"), ("data_center", &*id)];
    let key = administrator.make_key("second", &fields).await;
    let second = server.anonymous().with_key(&key);
    // Its own data center has no email box, and the other one is not visible.
    assert_eq!(second.get(MESSAGES).await.status, 409);
    let other = second.get(&format!("{MESSAGES}?data_center=default")).await;
    assert_eq!(other.status, 404);
    assert!(!other.body.contains("Subject"));
}
