//! `mailgrant health`: asks the running server whether it works, for health checks of containers,
//! which have no curl.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use clap::Args;
use server::Config;

use super::CommandError;

/// Time limit for connecting, and for each part of the response.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest response, in bytes.
const MAX_RESPONSE: u64 = 65_536;

/// Options of `mailgrant health`.
#[derive(Args)]
pub struct Options {
    /// Also check that the server can do its work: the database can be written, and no background
    /// task is stuck
    #[arg(long)]
    ready: bool,
}

/// Asks the server at the configured address.
///
/// # Errors
///
/// Returns an error if it does not answer, or answers that it is not healthy.
pub fn run(options: &Options, config: &Config) -> Result<String, CommandError> {
    let path = if options.ready { "/readyz" } else { "/healthz" };
    let unreachable = |source| CommandError::NoAnswer {
        address: config.listen,
        source,
    };
    let (status, body) = get(reachable(config.listen), path).map_err(unreachable)?;
    if status == "200" {
        Ok(body)
    } else {
        Err(CommandError::NotHealthy {
            status,
            reason: body.trim().to_owned(),
        })
    }
}

/// Returns the address at which this machine reaches a server that listens on `listen`.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Returns the status and the body of a response. The server answers requests for localhost at all
/// of its addresses.
fn get(address: SocketAddr, path: &str) -> io::Result<(String, String)> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut response = BufReader::new(stream.take(MAX_RESPONSE));
    let mut line = String::new();
    response.read_line(&mut line)?;
    let mut words = line.split(' ');
    let status = match (words.next(), words.next()) {
        (Some("HTTP/1.1"), Some(status)) => status.to_owned(),
        _ => return Err(io::Error::other("this is not an HTTP server")),
    };
    while line.trim_end() != "" {
        line.clear();
        if response.read_line(&mut line)? == 0 {
            break;
        }
    }
    let mut body = String::new();
    response.read_to_string(&mut body)?;
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_on_all_addresses_is_asked_over_loopback() {
        for (listen, expected) in [
            ("0.0.0.0:3000", "127.0.0.1:3000"),
            ("[::]:3000", "[::1]:3000"),
            ("192.0.2.1:3000", "192.0.2.1:3000"),
        ] {
            let listen = listen.parse().unwrap();
            assert_eq!(reachable(listen).to_string(), expected);
        }
    }
}
