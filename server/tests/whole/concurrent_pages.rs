//! Pages are rendered concurrently on several threads.

use futures::future::join_all;

use crate::support::{Browser, Server};

async fn opens(browser: Browser, path: &str, status: u16) {
    for _ in 0..25 {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path} {page:?}");
        assert!(page.body.contains("</html>"), "{path} {page:?}");
        assert!(!page.body.contains("Loading"), "{path} {page:?}");
    }
}

/// State of one request must neither leak into another one nor disappear.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_is_whole() {
    let server = Server::start().await;
    let paths = [("/settings/smtp", 200), ("/authorized/unknown", 404)];
    let browsers = paths.iter().cycle().take(16);
    join_all(
        browsers.map(|(path, status)| tokio::spawn(opens(server.administrator(), path, *status))),
    )
    .await
    .into_iter()
    .for_each(Result::unwrap);
}
