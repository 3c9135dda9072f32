//! The export of the audit log as JSON lines.

use domain::UnixTime;
use serde_json::Value;

use crate::support::{Reply, Server};

fn lines(reply: &Reply) -> Vec<Value> {
    reply
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn holds_every_entry_in_order_and_itself() {
    let server = Server::start().await;
    let administrator = server.administrator();
    // More entries than one batch.
    for number in 0..600 {
        let body = format!("data_center=default&name=Name+{number}");
        let reply = administrator.fetch("/api/rename_data_center", body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let reply = administrator.get("/activity/export").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename=\"mailgrant-activity.jsonl\""
    );
    let lines = lines(&reply);
    assert!(lines.len() > 600, "{}", lines.len());
    for (sequence, line) in (1..).zip(&lines) {
        assert_eq!(line["sequence"], sequence);
        let at = line["at"].as_str().unwrap();
        assert!(at.ends_with('Z') && UnixTime::parse(at).is_some(), "{at}");
    }
    assert_eq!(lines[0]["action"], "setup_finished");
    assert_eq!(lines.last().unwrap()["action"], "activity_exported");
}

#[tokio::test]
async fn contains_the_filtered_entries_and_the_audit_records_the_filter() {
    let server = Server::start().await;
    let viewer = server.viewer().await;
    let path = "/activity/export?who=admin&action=account_added&from=2020-01-01";
    let reply = viewer.get(path).await;
    let found = lines(&reply);
    assert_eq!(found.len(), 1, "{reply:?}");
    assert_eq!(found[0]["subject"], "viewer");

    let all = lines(&server.administrator().get("/activity/export").await);
    let noted = all
        .iter()
        .find(|line| line["action"] == "activity_exported")
        .unwrap();
    assert_eq!(noted["actor"]["who"]["name"], "viewer");
    assert_eq!(noted["changes"][0]["field"], "who");
    assert_eq!(noted["changes"][0]["new"], "admin");
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_refused() {
    let server = Server::start().await;
    for query in ["from=yesterday", "action=none", "to=2026-02-30"] {
        let reply = server
            .administrator()
            .get(&format!("/activity/export?{query}"))
            .await;
        assert_eq!(reply.status, 400, "{query}");
    }
}
