//! Faults that occur while the servers run.

use std::{
    fmt,
    time::{Duration, Instant},
};

use super::{
    random::Random,
    servers::{Servers, name_of},
};

/// The lease in this test, in seconds.
pub const LEASE: u64 = 10;
/// Environment variable that leaves out all faults but `kill -9`.
const ONLY_KILLS: &str = "MAILGRANT_SOAK_ONLY_KILLS";
/// Maximum time until a server that cannot write reports it and exits.
const GIVES_UP_WITHIN: Duration = Duration::from_secs(10);
/// Maximum time until a server that is asked to stop has exited.
const STOPS_WITHIN: Duration = Duration::from_secs(15);

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    Kill,
    Stop,
    FreezeShortly,
    FreezeBeyondTheLease,
    ClockForward,
    ClockBackward,
    FullDisk,
    FullDatabase,
    ReadOnly,
    CutDatabase,
}

impl fmt::Display for Disturbance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kill => "kill -9",
            Self::Stop => "stop by SIGTERM",
            Self::FreezeShortly => "freeze for less than the lease",
            Self::FreezeBeyondTheLease => "freeze for longer than the lease",
            Self::ClockForward => "clock jumps forward",
            Self::ClockBackward => "clock jumps backward",
            Self::FullDisk => "full disk",
            Self::FullDatabase => "full database (max_page_count)",
            Self::ReadOnly => "read-only database",
            Self::CutDatabase => "connections to the database are cut",
        })
    }
}

impl Disturbance {
    const ALL: [Self; 10] = [
        Self::Kill,
        Self::Stop,
        Self::FreezeShortly,
        Self::FreezeBeyondTheLease,
        Self::ClockForward,
        Self::ClockBackward,
        Self::FullDisk,
        Self::FullDatabase,
        Self::ReadOnly,
        Self::CutDatabase,
    ];

    /// Returns the faults that are possible on this machine. Prints the others with the reason.
    pub fn possible(what: &str, servers: &Servers<'_>) -> Vec<Self> {
        let mut possible = Vec::new();
        let is_postgres = servers.database.is_postgres();
        let applicable = |one: &Self| match one {
            Self::CutDatabase => is_postgres,
            Self::FullDatabase => !is_postgres,
            _ => true,
        };
        let only_kills = std::env::var_os(ONLY_KILLS).is_some();
        let is_wanted = |one: &Self| !only_kills || *one == Self::Kill;
        for one in Self::ALL.into_iter().filter(applicable).filter(is_wanted) {
            match one.reason_against(servers) {
                None => possible.push(one),
                Some(reason) => println!("{what}: ignored: {one}: {reason}"),
            }
        }
        possible
    }

    fn reason_against(self, servers: &Servers<'_>) -> Option<String> {
        let database = servers.database;
        match self {
            Self::ClockForward | Self::ClockBackward => {
                let has_clocks = servers.running.iter().all(|one| one.clock.is_some());
                (!has_clocks).then(|| "libfaketime is not installed".to_owned())
            }
            Self::FullDisk => database.disk.as_ref().err().cloned(),
            Self::ReadOnly if !database.is_postgres() => database.disk.as_ref().err().cloned(),
            _ => None,
        }
    }

    /// Causes the fault and reverts it.
    pub async fn strike(self, servers: &mut Servers<'_>, random: &mut Random) {
        match self {
            Self::Kill => {
                // Most is lost between the end of a message and its reply.
                servers.waiting.any().await;
                let victim = servers.take_one(random);
                servers.kill(victim).await;
                servers.start();
            }
            Self::Stop => {
                let victim = servers.take_one(random);
                servers.addresses.remove(&victim.program.url);
                let requested = Instant::now();
                let log = victim.program.log();
                let stopped = tokio::task::block_in_place(|| victim.program.stop());
                assert!(stopped, "{log}");
                assert!(
                    requested.elapsed() < STOPS_WITHIN,
                    "{:?}",
                    requested.elapsed()
                );
                servers.start();
            }
            Self::FreezeShortly => freeze(servers, random, random_below_lease).await,
            Self::FreezeBeyondTheLease => freeze(servers, random, random_beyond_lease).await,
            Self::ClockForward => jump(servers, random, &[60, 600, 7_200]).await,
            Self::ClockBackward => jump(servers, random, &[-60, -600, -7_200]).await,
            Self::FullDisk => {
                let Ok(disk) = &servers.database.disk else {
                    return;
                };
                disk.fill();
                tokio::time::sleep(random.millis(3_000, 6_000)).await;
                disk.free();
            }
            Self::FullDatabase => {
                servers.database.fill_pages().await;
                tokio::time::sleep(random.millis(3_000, 6_000)).await;
                servers.database.free_pages().await;
            }
            Self::ReadOnly => read_only(servers, random).await,
            Self::CutDatabase => {
                for _ in 0..5 {
                    servers.database.cut().await;
                    tokio::time::sleep(random.millis(50, 500)).await;
                }
            }
        }
    }
}

fn random_below_lease(random: &mut Random) -> Duration {
    random.millis(1_000, LEASE * 1_000 / 2)
}

fn random_beyond_lease(random: &mut Random) -> Duration {
    random.millis(LEASE * 1_000 + 2_000, LEASE * 1_000 + 5_000)
}

/// Stops a server with SIGSTOP, as when a machine sleeps, and resumes it.
async fn freeze(
    servers: &mut Servers<'_>,
    random: &mut Random,
    duration: fn(&mut Random) -> Duration,
) {
    let duration = duration(random);
    let victim = servers.take_one(random);
    victim.program.signal("STOP");
    // Another server may claim the messages that this one was sending and send them a second time.
    // A single server has no one to claim them.
    if !servers.running.is_empty() && duration > Duration::from_secs(LEASE) {
        let name = name_of(&victim.program).await;
        servers.note_interrupted(&name).await;
    }
    tokio::time::sleep(duration).await;
    victim.program.signal("CONT");
    servers.running.push(victim);
}

async fn jump(servers: &mut Servers<'_>, random: &mut Random, jumps: &[i64]) {
    let index = random.index(servers.running.len());
    let seconds = jumps[random.index(jumps.len())];
    if let Some(clock) = &servers.running[index].clock {
        clock.set(seconds);
        tokio::time::sleep(random.millis(4_000, 8_000)).await;
        clock.set(0);
    }
}

async fn read_only(servers: &mut Servers<'_>, random: &mut Random) {
    if servers.database.is_postgres() {
        servers.database.set_read_only(true).await;
        tokio::time::sleep(random.millis(2_000, 5_000)).await;
        servers.database.set_read_only(false).await;
        return;
    }
    let Ok(disk) = &servers.database.disk else {
        return;
    };
    // A file system cannot become read-only while a file is open for writing.
    for _ in 0..servers.running.len() {
        let victim = servers.take_one(random);
        servers.kill(victim).await;
    }
    disk.set_read_only(true);
    let requested = Instant::now();
    let output = servers.start_in_vain();
    assert!(
        requested.elapsed() < GIVES_UP_WITHIN,
        "{:?}",
        requested.elapsed()
    );
    assert!(output.contains("read-only"), "{output}");
    disk.set_read_only(false);
    servers.start();
}
