//! The activity page.

use crate::support::Server;

#[tokio::test]
async fn data_centers_are_shown_by_name_and_found_by_name_or_id() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let added = administrator
        .fetch("/api/add_data_center", "name=Frankfurt".into())
        .await;
    assert_eq!(added.status, 200, "{added:?}");
    let renamed = "data_center=frankfurt&name=Main+office".to_owned();
    let renamed = administrator
        .fetch("/api/rename_data_center", renamed)
        .await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    administrator
        .make_key("cron", &[("send", "on"), ("data_center", "frankfurt")])
        .await;

    // Without the marks between texts, and without the isolation of untrusted text.
    let page = administrator.get("/activity").await.body;
    let page = ["<!>", "<bdi>", "</bdi>"]
        .iter()
        .fold(page, |page, mark| page.replace(mark, ""));
    let shown = "<strong title=\"frankfurt\">Main office</strong>";
    assert_eq!(page.matches(shown).count(), 2, "{page}");
    // In the entry about the key.
    assert!(page.contains("Data center: Main office"), "{page}");
    for about in ["frankfurt", "main+office", "Main+Office"] {
        let path = format!("/activity?subject={about}");
        let page = administrator.get(&path).await;
        let found = page.body.matches("data-action=\"data_center_").count();
        assert_eq!(found, 2, "{about}: {}", page.body);
        let path = format!("/activity/export?subject={about}");
        let exported = administrator.get(&path).await;
        assert_eq!(exported.body.lines().count(), 2, "{exported:?}");
        assert!(exported.body.contains("\"subject\":\"frankfurt\""));
    }
}
