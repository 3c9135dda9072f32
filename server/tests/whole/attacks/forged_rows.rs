//! Attack: gain access by writing to the database without knowing the key.

use crate::support::{Database, SESSION, Server};

/// A page for administrators only, and one for every signed-in user.
const ADMINISTRATORS: &str = "/access";
const ANYBODY: &str = "/settings/smtp";

/// Returns the status of a page for a browser that only has this cookie.
async fn status(server: &Server, cookie: &str, page: &str) -> u16 {
    let browser = server.anonymous();
    browser.plant(SESSION, cookie);
    browser.get(page).await.status.as_u16()
}

#[tokio::test]
async fn a_forged_row_of_a_session_or_account_gives_no_access() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let viewer = administrator.add_person("viewer", "viewer").await;
    let [admins, viewers] =
        [&administrator, &viewer].map(|browser| browser.cookie(SESSION).unwrap());
    let mut database = server.database().await;
    database
        .run("CREATE TABLE copy_of_sessions AS SELECT * FROM sessions")
        .await;
    let of_viewer = "account = (SELECT id FROM accounts WHERE name = 'viewer')";
    let administrators = "(SELECT id FROM accounts WHERE name = 'admin')";
    assert_eq!(status(&server, &admins, ADMINISTRATORS).await, 200);
    assert_eq!(status(&server, &viewers, ANYBODY).await, 200);
    assert_ne!(status(&server, &viewers, ADMINISTRATORS).await, 200);

    // The attacker knows the cookie of a session and assigns it to the administrator.
    database
        .run(&format!(
            "UPDATE sessions SET account = {administrators} WHERE {of_viewer}"
        ))
        .await;
    assert_eq!(status(&server, &viewers, ADMINISTRATORS).await, 303);
    // Inserts a new row with that cookie instead.
    database
        .run(&format!(
            "DELETE FROM sessions WHERE token_hash =
                 (SELECT token_hash FROM copy_of_sessions WHERE {of_viewer})"
        ))
        .await;
    database
        .run(&format!(
            "INSERT INTO sessions (id, token_hash, account, created_at, seen_at, address, agent, mac)
             SELECT 'forged', token_hash, {administrators}, created_at, seen_at, address, agent, mac
             FROM copy_of_sessions WHERE {of_viewer}"
        ))
        .await;
    for page in [ADMINISTRATORS, ANYBODY] {
        assert_eq!(status(&server, &viewers, page).await, 303);
    }
    // The original row is valid again.
    put_back(&mut database).await;
    assert_eq!(status(&server, &viewers, ANYBODY).await, 200);
    assert_eq!(status(&server, &admins, ADMINISTRATORS).await, 200);

    // Changing the role to a higher one ends the session's access.
    for (role, expected) in [("administrator", 303), ("viewer", 200)] {
        database
            .run(&format!(
                "UPDATE accounts SET role = '{role}' WHERE name = 'viewer'"
            ))
            .await;
        assert_eq!(status(&server, &viewers, ANYBODY).await, expected, "{role}");
    }

    // An ended session stays ended.
    viewer.submit("/logout", "").await;
    put_back(&mut database).await;
    assert_eq!(status(&server, &admins, ANYBODY).await, 200);
    assert_eq!(status(&server, &viewers, ANYBODY).await, 303);
}

async fn put_back(database: &mut Database) {
    database.run("DELETE FROM sessions").await;
    database
        .run("INSERT INTO sessions SELECT * FROM copy_of_sessions")
        .await;
}
