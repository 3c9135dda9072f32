//! A database on another machine that becomes unreachable without closing connections: requests are
//! rejected within seconds, and succeed again when it is back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use prerequisites::needs_postgres;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::sleep,
};

use crate::support::{Browser, Program, Reply};

const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";
/// Maximum response time in seconds, independent of the database.
const TIMEOUT_SECONDS: u64 = 5;

/// A proxy between the server and its database.
struct Proxy {
    address: String,
    silent: Arc<AtomicBool>,
}

impl Proxy {
    async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let silent = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&silent);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else {
                    continue;
                };
                let ((from, to), (back, client)) = (client.into_split(), server.into_split());
                tokio::spawn(pass(from, client, Arc::clone(&shared)));
                tokio::spawn(pass(back, to, Arc::clone(&shared)));
            }
        });
        Self { address, silent }
    }
}

/// Forwards data, or discards it while the proxy is silent.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, silent: Arc<AtomicBool>) {
    let mut octets = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut octets).await {
        while silent.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(20)).await;
        }
        if to.write_all(&octets[..count]).await.is_err() {
            return;
        }
    }
}

async fn run(server: &str, sql: &str) {
    let mut connection = AnyConnection::connect(server).await.unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn in_time(reply: impl Future<Output = Reply>) -> Reply {
    let started = Instant::now();
    let reply = reply.await;
    let duration = started.elapsed();
    // A loaded machine may need a little longer.
    assert!(
        duration < Duration::from_secs(TIMEOUT_SECONDS + 2),
        "{duration:?}"
    );
    reply
}

async fn requests_are_refused_and_served_again(url: String, proxy: Proxy) {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), &[("MAILGRANT_DATABASE_URL", &url)]);
    let administrator = program.administrator().await;
    let key = administrator
        .make_key("program", &[("metrics", "on")])
        .await;
    let client = Browser::at(&program.url).with_key(&key);
    assert_eq!(client.get("/api/v1/status").await.status, 200);

    proxy.silent.store(true, Ordering::SeqCst);
    // The outage is not known yet: the first requests wait for the database, later ones do not.
    for _ in 0..2 {
        let page = in_time(administrator.get("/settings/smtp")).await;
        assert_eq!(page.status, 503);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.body.contains("unavailable"), "{page:?}");
        let answer = in_time(client.get("/api/v1/status")).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        for reply in [page, answer] {
            assert!(!reply.header("retry-after").is_empty(), "{reply:?}");
        }
    }
    let anonymous = Browser::at(&program.url);
    assert_eq!(in_time(anonymous.get("/readyz")).await.status, 503);
    assert_eq!(anonymous.get("/healthz").await.status, 200);

    proxy.silent.store(false, Ordering::SeqCst);
    let until = Instant::now() + Duration::from_secs(30);
    while client.get("/api/v1/status").await.status != 200 {
        assert!(Instant::now() < until, "{}", program.log());
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(administrator.get("/settings/smtp").await.status, 200);
    assert!(program.stop());
}

#[needs_postgres]
#[tokio::test(flavor = "multi_thread")]
async fn requests_are_refused_in_time_while_the_database_is_silent_and_served_again_after_it() {
    let server = std::env::var(POSTGRES).expect(POSTGRES);
    sqlx::any::install_default_drivers();
    let name = format!("mailgrant_away_{}", std::process::id());
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let (head, _) = server.rsplit_once('/').unwrap();
    let (scheme, authority) = head.split_once("://").unwrap();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let proxy = Proxy::before(host.to_owned()).await;
    let url = format!("{scheme}://{user}@{}/{name}", proxy.address);
    let outcome = tokio::spawn(requests_are_refused_and_served_again(url, proxy)).await;
    run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    outcome.unwrap();
}
