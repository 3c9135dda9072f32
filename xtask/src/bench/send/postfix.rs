//! Postfix, which queues messages and relays them to the sink.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::process::geteuid;
use tempfile::TempDir;

use super::sink::{self, Sink, wait_for};
use crate::http::free_port;
use crate::process::{capture, pause, run};

const TIMEOUT: Duration = Duration::from_mins(5);
const SERVICES: &str = "pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
tlsmgr unix - - n 1000? 1 tlsmgr
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// A separate Postfix instance. It needs root, as every Postfix does.
pub struct Postfix {
    folder: TempDir,
    port: u16,
}

impl Postfix {
    /// Starts an instance that relays everything to the sink.
    pub fn start(sink: &Sink) -> Result<Self> {
        if !geteuid().is_root() {
            bail!("Postfix has to be started by root");
        }
        let folder = tempfile::Builder::new()
            .prefix("mailgrant-postfix")
            .tempdir()?;
        let place = folder.path().display();
        let port = free_port()?;
        for part in ["etc", "spool", "data"] {
            fs::create_dir(folder.path().join(part))?;
        }
        run(Command::new("chmod").arg("755").arg(folder.path()))?;
        run(Command::new("chown")
            .arg("postfix")
            .arg(folder.path().join("data")))?;
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {place}/spool\ndata_directory = {place}/data\n\
             command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
             setgid_group = postdrop\nmaillog_file = {place}/log\nmaillog_file_prefixes = {place}\n\
             meta_directory = /etc/postfix\nshlib_directory = /usr/lib/postfix\nmyhostname = bench.test\nmydestination =\n\
             local_recipient_maps =\nalias_maps =\nalias_database =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
             mynetworks = 127.0.0.0/8\nrelayhost = [127.0.0.1]:{}\ndisable_dns_lookups = yes\nsmtp_host_lookup = native\n\
             smtpd_peername_lookup = no\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
             smtpd_tls_security_level = none\nbiff = no\n{}",
            sink.port(),
            tls(sink, folder.path())
        );
        fs::write(folder.path().join("etc/main.cf"), main)?;
        let services = format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}");
        fs::write(folder.path().join("etc/master.cf"), services)?;
        let postfix = Self { folder, port };
        run(postfix.command("postfix").arg("start"))?;
        wait_for(port)?;
        Ok(postfix)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(Path::new("/usr/sbin").join(program));
        command.arg("-c").arg(self.folder.path().join("etc"));
        command
    }

    /// Returns messages per second that are accepted into the queue, where they stay.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub fn accept(&self, connections: usize, messages: usize) -> Result<f64> {
        self.configure(&[
            // Would delay clients when messages arrive faster than they leave.
            "in_flow_delay = 0",
            "smtpd_recipient_restrictions = check_client_access static:hold",
        ])?;
        // The first connection starts the processes.
        sink::source(&self.address(), connections, connections)?;
        let started = Instant::now();
        sink::source(&self.address(), connections, messages)?;
        let rate = messages as f64 / started.elapsed().as_secs_f64();
        run(self.command("postsuper").args(["-d", "ALL", "hold"]))?;
        Ok(rate)
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn configure(&self, settings: &[&str]) -> Result<()> {
        run(self.command("postconf").arg("-e").args(settings))?;
        run(self.command("postfix").arg("reload"))
    }

    /// Returns messages per second from a client through the queue to the sink.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub fn queue(&self, connections: usize, messages: usize) -> Result<f64> {
        let limit = format!("default_destination_concurrency_limit = {connections}");
        self.configure(&[
            &limit,
            "smtpd_recipient_restrictions = check_client_access static:dunno",
        ])?;
        let started = Instant::now();
        sink::source(&self.address(), connections, messages)?;
        while !capture(self.command("postqueue").arg("-p"))?.contains("queue is empty") {
            if started.elapsed() > TIMEOUT {
                bail!("the queue of Postfix does not become empty");
            }
            pause()?;
        }
        Ok(messages as f64 / started.elapsed().as_secs_f64())
    }
}

/// Returns the TLS settings. Postfix resumes TLS sessions. Its TLS proxy could keep connections
/// open, but would wait 40 ms for each message. It does not verify the certificate, because it
/// cannot match IP addresses, and does not sign in, because it lacks XOAUTH2. Both saves work that
/// the others do.
fn tls(sink: &Sink, place: &Path) -> String {
    if sink.certificate().is_none() {
        return "smtp_tls_security_level = none\n".to_owned();
    }
    let sessions = place.join("data/sessions");
    format!(
        "smtp_tls_security_level = encrypt\nsmtp_tls_session_cache_database = btree:{}\n",
        sessions.display()
    )
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Not through `run`, which refuses to work after Ctrl-C.
        if let Err(error) = self.command("postfix").arg("stop").status() {
            eprintln!("Postfix does not stop: {error}");
        }
    }
}
