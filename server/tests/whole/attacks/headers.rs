//! Attack: inject response headers or a second response (CRLF injection).

use crate::support::{ADMINISTRATOR, Form, PASSWORD, Reply, Server, body};

/// Returns forms with this value in every field.
fn forms(evil: &str) -> Vec<(&'static str, String)> {
    let settings = Form::of_nothing_but(evil).body_to(evil);
    vec![
        (
            "/login",
            body(&[("name", evil), ("password", evil), ("next", evil)]),
        ),
        (
            "/login",
            body(&[
                ("name", ADMINISTRATOR),
                ("password", PASSWORD),
                ("next", evil),
            ]),
        ),
        (
            "/password",
            body(&[("token", evil), ("password", evil), ("repeated", evil)]),
        ),
        (
            "/setup",
            body(&[("token", evil), ("name", evil), ("password", evil)]),
        ),
        ("/account", body(&[("do", "end_session"), ("id", evil)])),
        (
            "/account",
            body(&[
                ("do", "change_password"),
                ("current", evil),
                ("password", evil),
            ]),
        ),
        (
            "/access",
            body(&[("do", "add_account"), ("name", evil), ("role", evil)]),
        ),
        (
            "/access",
            body(&[("do", "set_role"), ("id", evil), ("role", evil)]),
        ),
        ("/access", body(&[("do", "end_key"), ("id", evil)])),
        (
            "/access",
            body(&[
                ("do", "make_key"),
                ("name", evil),
                ("data_center", evil),
                ("expires", evil),
            ]),
        ),
        ("/api/add_data_center", body(&[("name", evil)])),
        (
            "/api/rename_data_center",
            body(&[("data_center", evil), ("name", evil)]),
        ),
        ("/api/remove_data_center", body(&[("data_center", evil)])),
        ("/api/grant_status", body(&[("data_center", evil)])),
        ("/api/authorize_again", body(&[("data_center", evil)])),
        ("/api/save_smtp_settings", settings.clone()),
        ("/api/apply_preset", settings.clone()),
        ("/api/send_test_email", settings),
    ]
}

#[tokio::test]
async fn nothing_that_is_typed_gets_into_a_header() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let evil = "x\r\nSet-Cookie: planted=1\r\n\r\n<script>planted</script>\0";
    for (path, form) in forms(evil) {
        for reply in [
            administrator.submit(path, &*form).await,
            administrator.fetch(path, form.clone()).await,
        ] {
            assert_clean(path, &reply);
        }
    }
    let encoded = body(&[("", evil)]);
    for path in [
        "/settings/smtp?data_center",
        "/settings/smtp?check",
        "/activity?who",
        "/activity/export?who",
        "/authorized/unknown?finding",
        "/login?next",
        "/oauth/callback?state",
        "/oauth/callback?iss",
        "/no/such/page?x",
    ] {
        assert_clean(path, &administrator.get(&format!("{path}{encoded}")).await);
        assert_clean(
            path,
            &server.anonymous().get(&format!("{path}{encoded}")).await,
        );
    }
    let (_, value) = encoded.split_once('=').unwrap();
    for path in [
        "/authorized/",
        "/events/authorization/",
        "/activity/export/",
        "/",
    ] {
        let path = format!("{path}{value}");
        assert_clean(&path, &administrator.get(&path).await);
        assert_clean(&path, &server.anonymous().get(&path).await);
    }
}

fn assert_clean(path: &str, reply: &Reply) {
    assert!(!reply.status.is_server_error(), "{path} {reply:?}");
    for (name, value) in &reply.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(
            name != "planted" && !value.contains("planted=1"),
            "{path} {reply:?}"
        );
        assert!(!value.chars().any(char::is_control), "{path} {reply:?}");
    }
    assert!(!reply.body.contains("<script>planted"), "{path} {reply:?}");
}
