//! `cargo xtask bench streams`: the server's processor time while pages are open.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::server::Server;
use crate::binaries;
use crate::first_account;
use crate::http::{agent, free_port};
use crate::process::{check_interrupt, pause, run};
use crate::site;
use crate::workspace::Workspace;

/// The maximum number of streams that the server allows per session.
const STREAMS_OF_SESSION: usize = 32;
/// Clock ticks per second in `/proc` (`USER_HZ`), the same on every Linux.
const TICKS: f64 = 100.0;
/// Time until all streams have received their initial data.
const SETTLE: Duration = Duration::from_secs(5);
/// Timeout of a read.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Options of `cargo xtask bench streams`.
#[derive(Args)]
pub struct Options {
    /// Open pages
    #[arg(long, default_value_t = 1_000)]
    streams: usize,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

/// Builds the release, opens pages, and prints a table in Markdown.
pub fn streams(workspace: &Workspace, options: &Options) -> Result<()> {
    site::build(workspace)?;
    let binary = binaries::build(workspace, true)?.mailgrant;
    let settings = [
        ("MAILGRANT_CONNECTIONS_PER_ADDRESS", "0"),
        ("MAILGRANT_STREAMS_PER_ADDRESS", "0"),
        ("MAILGRANT_LOG", "warn"),
    ];
    let data = tempfile::tempdir()?;
    prepare(workspace, data.path())?;
    let server = Server::start_in(&binary, data, &settings)?;
    let first = server.sign_up()?;
    let key = server.api_key(&binary, &settings)?;
    let sessions = options.streams.div_ceil(STREAMS_OF_SESSION);
    let mut cookies = vec![first];
    while cookies.len() < sessions {
        cookies.push(first_account::sign_in(&server.url)?);
    }

    let (received, stopping) = (AtomicU64::new(0), AtomicBool::new(false));
    let measured = thread::scope(|scope| {
        let measured = (|| -> Result<(f64, f64, u64)> {
            let readers = 8;
            let mut open: Vec<Vec<TcpStream>> = (0..readers).map(|_| Vec::new()).collect();
            for number in 0..options.streams {
                check_interrupt()?;
                let cookie = &cookies[number / STREAMS_OF_SESSION];
                open[number % readers].push(listen(&server.url, cookie)?);
            }
            for streams in open {
                let (received, stopping) = (&received, &stopping);
                scope.spawn(move || read_all(streams, received, stopping));
            }
            let process = server.process.id();
            wait(SETTLE)?;
            let idle = processor(process, options.seconds, || Ok(()))?;
            let before = received.load(Ordering::Relaxed);
            let busy = processor(process, options.seconds, || submit(&server.url, &key))?;
            Ok((idle, busy, received.load(Ordering::Relaxed) - before))
        })();
        stopping.store(true, Ordering::Relaxed);
        measured
    });
    let (idle, busy, octets) = measured?;
    println!(
        "| {} open pages, release build | measured | target |",
        options.streams
    );
    println!("|---|---:|---:|");
    println!("| no events: share of one core | {idle:.1} % | ≤ 10 % |");
    println!("| one new message per second: share of one core | {busy:.1} % | |");
    let each = octets / options.streams as u64 / options.seconds.max(1);
    println!("| data sent to each page | {each} bytes/s | |");
    Ok(())
}

/// Saves settings, without which no message is accepted. No server listens on their port, so
/// messages wait.
fn prepare(workspace: &Workspace, data: &Path) -> Result<()> {
    let mut player = Command::new(super::player(workspace, "outbox_bench")?);
    player.args(["prepare", &free_port()?.to_string()]);
    player.env("MAILGRANT_DATA_DIRECTORY", data);
    player.env_remove("MAILGRANT_DATABASE_URL");
    run(&mut player)
}

/// Opens a stream of the list of messages.
fn listen(server: &str, cookie: &str) -> Result<TcpStream> {
    let address = server.strip_prefix("http://").context("not a URL")?;
    let mut stream = TcpStream::connect(address)?;
    let request = format!(
        "GET /events/messages HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut head = [0; 16 * 1024];
    let read = stream.read(&mut head)?;
    if !head[..read].starts_with(b"HTTP/1.1 200") {
        bail!(
            "a stream was refused: {}",
            String::from_utf8_lossy(&head[..read])
        );
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Reads from all streams without a thread for each.
fn read_all(mut streams: Vec<TcpStream>, received: &AtomicU64, stopping: &AtomicBool) {
    let mut buffer = vec![0; 64 * 1024];
    while !stopping.load(Ordering::Relaxed) {
        for stream in &mut streams {
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                received.fetch_add(read as u64, Ordering::Relaxed);
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Returns the processor time of a process over some seconds, in percent of one core. Calls a
/// function once per second.
fn processor(
    process: u32,
    seconds: u64,
    mut each_second: impl FnMut() -> Result<()>,
) -> Result<f64> {
    let (began, before) = (Instant::now(), ticks(process)?);
    for _ in 0..seconds {
        each_second()?;
        wait(Duration::from_secs(1))?;
    }
    let ticks = ticks(process)?.saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 ticks")]
    let used = ticks as f64 / TICKS;
    Ok(100.0 * used / began.elapsed().as_secs_f64())
}

/// Returns the user and system time of a process in clock ticks.
fn ticks(process: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))
        .context("processor time is read from /proc")?;
    in_stat(&stat).context("no processor time in /proc")
}

fn in_stat(stat: &str) -> Option<u64> {
    // The program name may contain spaces and parentheses.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
}

fn submit(server: &str, key: &str) -> Result<()> {
    let mut answer = agent()
        .post(format!("{server}/api/v1/messages"))
        .header("Authorization", format!("Bearer {key}"))
        .content_type("message/rfc822")
        .send("To: bob@example.com\r\nSubject: An open page\r\n\r\nHello\r\n")?;
    if answer.status() != 202 {
        bail!(
            "submitting answered {}: {}",
            answer.status(),
            answer.body_mut().read_to_string().unwrap_or_default()
        );
    }
    Ok(())
}

fn wait(duration: Duration) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < duration {
        pause()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::in_stat;

    #[test]
    fn adds_user_and_system_time() {
        let stat = "4711 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 70 30 0 0 20 0 9 0 100";
        assert_eq!(in_stat(stat), Some(100));
        assert_eq!(in_stat("4711 (x) S 1"), None);
    }
}
