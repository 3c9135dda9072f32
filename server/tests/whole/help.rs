//! The steps at providers.

use crate::support::Server;

#[tokio::test]
async fn steps_at_providers_name_the_redirect_url_to_users_only() {
    let server = Server::start().await;
    let redirect_url = "/oauth/callback";
    for (path, expected) in [
        ("/help/google", "https://mail.google.com/"),
        ("/help/microsoft", "SMTP.Send"),
    ] {
        let page = server.administrator().get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(expected) && page.body.contains(redirect_url));
        let page = server.anonymous().get(path).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(expected) && page.body.contains("Sign in to see it here."));
        assert!(!page.body.contains(redirect_url));
    }
}
