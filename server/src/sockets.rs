//! Sockets that systemd or another program has opened for the server (socket activation,
//! `sd_listen_fds(3)`).

use std::{
    env, io,
    net::{SocketAddr, TcpListener},
    process,
};

use listenfd::ListenFd;

/// Listening sockets from the environment, each with its name.
#[derive(Debug, Default)]
pub struct InheritedSockets {
    sockets: Vec<Inherited>,
    /// Names and errors of descriptors that are no TCP listeners. They are logged later, because
    /// logging starts after the sockets are taken.
    others: Vec<(String, io::Error)>,
}

#[derive(Debug)]
struct Inherited {
    name: String,
    address: SocketAddr,
    socket: TcpListener,
}

impl InheritedSockets {
    /// Takes the sockets that `LISTEN_FDS` announces for this process, with their names in
    /// `LISTEN_FDNAMES`. Must be called before other threads start, because it removes the
    /// variables.
    pub fn of_environment() -> Self {
        let own = process::id().to_string();
        if env::var("LISTEN_PID").is_ok_and(|process| process == own) {
            let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
            Self::of(ListenFd::from_env(), &names)
        } else {
            Self::default()
        }
    }

    fn of(mut descriptors: ListenFd, names: &str) -> Self {
        let mut inherited = Self::default();
        let mut names = names.split(':');
        for at in 0..descriptors.len() {
            let name = names.next().unwrap_or("unknown").to_owned();
            let taken = descriptors.take_tcp_listener(at).and_then(|socket| {
                let address = socket.as_ref().map(TcpListener::local_addr).transpose()?;
                Ok(socket.zip(address))
            });
            match taken {
                Ok(None) => {}
                Ok(Some((socket, address))) => inherited.sockets.push(Inherited {
                    name,
                    address,
                    socket,
                }),
                Err(error) => inherited.others.push((name, error)),
            }
        }
        inherited
    }

    /// Takes the socket that listens on this address.
    pub(crate) fn take(&mut self, address: SocketAddr) -> Option<TcpListener> {
        let at = self.sockets.iter().position(|one| one.address == address)?;
        Some(self.sockets.swap_remove(at).socket)
    }

    /// Warns about sockets whose address no listener has, and closes them.
    pub(crate) fn close_others(self) {
        for (name, error) in self.others {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(name, error, "inherited descriptor is not a TCP listener");
        }
        for Inherited { name, address, .. } in self.sockets {
            tracing::warn!(
                name,
                %address,
                "inherited socket is not used, because no configured listener has its address"
            );
        }
    }
}
