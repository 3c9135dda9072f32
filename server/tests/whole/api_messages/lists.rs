//! Lists of messages.

use serde_json::json;

use super::{MESSAGES, World, errors, message, submit};

#[tokio::test]
async fn goes_from_page_to_page_without_leaving_any_out() {
    let world = World::start().await;
    let mut sent = Vec::new();
    for _ in 0..5 {
        let reply = submit(&world.program, &message()).await.json();
        sent.insert(0, reply["id"].as_str().unwrap().to_owned());
    }
    let mut found = Vec::new();
    let mut path = format!("{MESSAGES}?limit=2");
    loop {
        let page = world.program.get(&path).await.json();
        for message in page["messages"].as_array().unwrap() {
            assert!(message.get("attempts").is_none());
            found.push(message["id"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("{MESSAGES}?limit=2&cursor={next}");
    }
    assert_eq!(found, sent);
}

#[tokio::test]
async fn filters_by_state_text_and_time() {
    let world = World::start().await;
    let mut other = message();
    other["subject"] = json!("Another 100%_!");
    let cancelled = submit(&world.program, &message()).await.json();
    submit(&world.program, &other).await;
    let path = format!("{}/cancel", cancelled["href"].as_str().unwrap());
    world.program.fetch(&path, String::new()).await;
    for (query, count) in [
        ("state=waiting", 1),
        ("state=waiting,cancelled", 2),
        ("state=waiting&state=cancelled", 2),
        ("state=failed", 0),
        ("search=anOTher", 1),
        ("search=100%25_%21", 1),
        ("search=bob@example.com", 2),
        ("search=%25", 1),
        ("since=2026-01-01", 2),
        ("until=2026-01-01T00:00:00%2B01:00", 0),
        ("data_center=default", 2),
        ("data_center=other", 0),
    ] {
        let list = world
            .program
            .get(&format!("{MESSAGES}?{query}"))
            .await
            .json();
        assert_eq!(
            list["messages"].as_array().map(Vec::len),
            Some(count),
            "{query} {list}"
        );
    }
}

#[tokio::test]
async fn a_wrong_filter_is_named() {
    let world = World::start().await;
    for (query, name, code) in [
        ("state=gone", "state", "unknown_choice"),
        ("limit=0", "limit", "not_a_number"),
        ("limit=201", "limit", "not_a_number"),
        ("limit=x", "limit", "not_a_number"),
        ("since=yesterday", "since", "not_a_time"),
        ("cursor=%00", "cursor", "unknown_choice"),
        ("search=%00", "search", "control_character"),
        ("data_center=A", "data_center", "unknown_data_center"),
        ("colour=blue", "colour", "unknown_choice"),
    ] {
        let reply = world.program.get(&format!("{MESSAGES}?{query}")).await;
        assert_eq!(reply.status, 400, "{query} {reply:?}");
        assert_eq!(errors(&reply), [(name.to_owned(), code.to_owned())]);
    }
}
