//! Tells the service manager that the server is ready, alive, or stopping, as `sd_notify(3)`
//! describes.

use std::{
    env,
    ffi::OsStr,
    io,
    os::{
        linux::net::SocketAddrExt as _,
        unix::{ffi::OsStrExt as _, net::SocketAddr, net::UnixDatagram},
    },
    process,
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

/// The service manager that started the process, if it wants to be notified.
#[derive(Debug, Default)]
pub struct ServiceManager {
    socket: Option<UnixDatagram>,
    /// The time without a sign of life after which the process is killed.
    watchdog: Option<Duration>,
}

impl ServiceManager {
    /// Returns the service manager that the environment names: the socket in `NOTIFY_SOCKET`, and
    /// the time in `WATCHDOG_USEC` unless `WATCHDOG_PID` is another process.
    pub fn of_environment() -> Self {
        let socket = env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty());
        let socket = socket.and_then(|name| {
            let connected = connect(&name);
            connected
                .inspect_err(|error| {
                    let error: &dyn std::error::Error = error;
                    tracing::warn!(error, "the service manager cannot be notified");
                })
                .ok()
        });
        let number = |name| env::var(name).ok().and_then(|text| text.parse().ok());
        let is_for_us =
            number("WATCHDOG_PID").is_none_or(|pid: u64| pid == u64::from(process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|time| is_for_us && *time > 0);
        Self {
            socket,
            watchdog: watchdog.map(Duration::from_micros),
        }
    }

    /// Reports that the server accepts connections.
    pub fn ready(&self) {
        self.notify("READY=1");
    }

    /// Reports that the server is stopping.
    pub fn stopping(&self) {
        self.notify("STOPPING=1");
    }

    /// Reports signs of life in an endless loop, at half the interval that the service manager
    /// expects, while `is_alive` returns true.
    pub async fn keep_alive(&self, is_alive: impl Fn() -> bool) {
        let Some(watchdog) = self.watchdog else {
            return std::future::pending().await;
        };
        let mut ticks = interval(watchdog / 2);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if is_alive() {
                self.notify("WATCHDOG=1");
            }
        }
    }

    fn notify(&self, state: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = socket.send(state.as_bytes()) {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, state, "the service manager was not notified");
        }
    }
}

/// Connects to a socket: a path, or a name in the abstract namespace after `@`.
fn connect(name: &OsStr) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    // A service manager that does not read must not stop the server.
    socket.set_nonblocking(true)?;
    match name.as_bytes().split_first() {
        Some((b'@', name)) => socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?,
        _ => socket.connect(name)?,
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::net::UnixDatagram,
        time::{Duration, Instant},
    };

    use super::*;

    fn received(socket: &UnixDatagram) -> String {
        let mut state = [0; 64];
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let length = socket.recv(&mut state).unwrap();
        String::from_utf8_lossy(&state[..length]).into_owned()
    }

    #[test]
    fn a_socket_is_a_path_or_an_abstract_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let abstract_name = format!("mailgrant-{}", process::id());
        let address = SocketAddr::from_abstract_name(&abstract_name).unwrap();
        for (socket, name) in [
            (
                UnixDatagram::bind(&path).unwrap(),
                path.clone().into_os_string(),
            ),
            (
                UnixDatagram::bind_addr(&address).unwrap(),
                format!("@{abstract_name}").into(),
            ),
        ] {
            let manager = ServiceManager {
                socket: Some(connect(&name).unwrap()),
                watchdog: None,
            };
            manager.ready();
            assert_eq!(received(&socket), "READY=1");
            manager.stopping();
            assert_eq!(received(&socket), "STOPPING=1");
        }
    }

    #[tokio::test]
    async fn signs_of_life_end_when_the_server_is_stuck() {
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        let manager = ServiceManager {
            socket: Some(ours),
            watchdog: Some(Duration::from_millis(20)),
        };
        let begin = Instant::now();
        let is_alive = || begin.elapsed() < Duration::from_millis(100);
        let kept = manager.keep_alive(is_alive);
        let ended = tokio::time::timeout(Duration::from_millis(300), kept).await;
        assert!(ended.is_err());
        theirs.set_nonblocking(true).unwrap();
        let mut signs = 0;
        let mut state = [0; 64];
        while let Ok(length) = theirs.recv(&mut state) {
            assert_eq!(&state[..length], b"WATCHDOG=1");
            signs += 1;
        }
        // At most one per 10 ms while it was alive.
        assert!((1..=11).contains(&signs), "{signs}");
    }
}
