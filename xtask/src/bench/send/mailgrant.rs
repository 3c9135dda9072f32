//! Mailgrant: the release, and the example of `mail` that acts as its clients and mail servers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::sink::{Sink, number};
use crate::bench::server::Server;
use crate::bench::{self, memory};
use crate::http::free_port;
use crate::process::{capture, run};
use crate::workspace::Workspace;

/// Result of 1,000 concurrent calls.
pub struct ConcurrentCalls {
    /// Time until the last call was answered.
    pub milliseconds: f64,
    /// Peak memory of the server in kB.
    pub peak_memory: u64,
}

/// The built programs.
pub struct Mailgrant {
    binary: PathBuf,
    player: PathBuf,
}

impl Mailgrant {
    /// Builds the example. The server is built already.
    pub fn build(workspace: &Workspace, binary: PathBuf) -> Result<Self> {
        let player = bench::player(workspace, "outbox_bench")?;
        Ok(Self { binary, player })
    }

    /// Returns a command that runs the example.
    pub fn player(&self) -> Command {
        Command::new(&self.player)
    }

    fn player_on(&self, data: &Path, database: Option<&str>) -> Command {
        let mut command = self.player();
        command.env("MAILGRANT_DATA_DIRECTORY", data);
        command.env_remove("MAILGRANT_DATABASE_URL");
        command.envs(database.map(|url| ("MAILGRANT_DATABASE_URL", url)));
        command
    }

    /// Returns a data directory with settings for the mail server at this port. A database of
    /// PostgreSQL is emptied before.
    fn prepared(
        &self,
        port: &str,
        certificate: Option<&PathBuf>,
        database: Option<&str>,
    ) -> Result<TempDir> {
        if let Some(url) = database {
            empty(url)?;
        }
        let data = tempfile::tempdir()?;
        let mut command = self.player_on(data.path(), database);
        run(command.args(["prepare", port]).args(certificate))?;
        Ok(data)
    }

    /// Returns messages per second of the SMTP client alone.
    pub fn direct(&self, sink: &Sink, connections: usize, messages: usize) -> Result<f64> {
        let data = self.prepared(&sink.port(), sink.certificate(), None)?;
        let mut command = self.player_on(data.path(), None);
        command.args(["direct", &connections.to_string(), &messages.to_string()]);
        number(&capture(command.args(sink.certificate()))?)
    }

    /// Returns messages per second from the API calls to the mail server, with durable storage.
    pub fn queue(
        &self,
        sink: &Sink,
        connections: usize,
        messages: usize,
        database: Option<&str>,
    ) -> Result<f64> {
        let server = self.server(&sink.port(), sink.certificate(), connections, database)?;
        let key = server.api_key(&self.binary, &of(database))?;
        let mut command = self.player_on(server.data(), database);
        command.args(["post", &server.url, &key, &messages.to_string()]);
        number(&capture(&mut command)?)
    }

    /// Starts a server with settings for the mail server at this port.
    fn server(
        &self,
        port: &str,
        certificate: Option<&PathBuf>,
        connections: usize,
        database: Option<&str>,
    ) -> Result<Server> {
        let connections = connections.to_string();
        let certificate_path = certificate.map(|path| path.display().to_string());
        let mut settings = vec![("MAILGRANT_CONNECTIONS", connections.as_str())];
        settings.extend(of(database));
        settings.extend(
            certificate_path
                .iter()
                .map(|path| ("MAILGRANT_EXTRA_ROOTS", path.as_str())),
        );
        let data = self.prepared(port, certificate, database)?;
        let server = Server::start_in(&self.binary, data, &settings)?;
        server.sign_up()?;
        Ok(server)
    }

    /// Starts a server that accepts mail over SMTP from this machine, and sends it to the mail
    /// server at this port. Returns it with the address.
    pub fn submission(
        &self,
        port: &str,
        connections: usize,
        database: Option<&str>,
    ) -> Result<(Server, String)> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let listener = format!("{address} plain");
        let connections = connections.to_string();
        let mut settings = vec![
            ("MAILGRANT_CONNECTIONS", connections.as_str()),
            ("MAILGRANT_SMTP_LISTENERS", listener.as_str()),
        ];
        settings.extend(of(database));
        let data = self.prepared(port, None, database)?;
        let server = Server::start_in(&self.binary, data, &settings)?;
        server.sender(&self.binary, &settings)?;
        Ok((server, address))
    }

    /// Waits until this many messages are delivered in all.
    pub fn wait_until_delivered(
        &self,
        server: &Server,
        messages: usize,
        database: Option<&str>,
    ) -> Result<()> {
        let mut command = self.player_on(server.data(), database);
        run(command.args(["wait", &messages.to_string()]))
    }

    /// Measures 1,000 concurrent calls on SQLite.
    pub fn crowd(&self, sink: &Sink) -> Result<ConcurrentCalls> {
        let server = self.server(&sink.port(), sink.certificate(), 4, None)?;
        let key = server.api_key(&self.binary, &[])?;
        let mut command = self.player_on(server.data(), None);
        let milliseconds = number(&capture(command.args(["crowd", &server.url, &key]))?)?;
        let peak_memory = memory::peak(server.process.id())?;
        Ok(ConcurrentCalls {
            milliseconds,
            peak_memory,
        })
    }

    /// Returns the milliseconds of enqueuing, claiming, and reading the first page, with a thousand
    /// messages in the database and with many.
    pub fn scale(&self, many: usize, database: Option<&str>) -> Result<(Vec<f64>, Vec<f64>)> {
        let measure = |messages: usize| -> Result<Vec<f64>> {
            let data = tempfile::tempdir()?;
            if let Some(url) = database {
                empty(url)?;
            }
            let player = || self.player_on(data.path(), database);
            run(player().args(["fill", &messages.to_string()]))?;
            let times = capture(player().arg("scale"))?;
            times.split_whitespace().map(number).collect()
        };
        Ok((measure(1_000)?, measure(many)?))
    }
}

/// Returns the setting for this database.
fn of(database: Option<&str>) -> Vec<(&str, &str)> {
    let url = database.map(|url| ("MAILGRANT_DATABASE_URL", url));
    url.into_iter().collect()
}

/// Deletes everything in a PostgreSQL database.
fn empty(url: &str) -> Result<()> {
    let programs = crate::postgres::programs().context("PostgreSQL is not installed")?;
    let mut psql = Command::new(programs.join("psql"));
    psql.args([url, "--quiet", "--command"]);
    psql.env("PGOPTIONS", "--client-min-messages=warning");
    run(psql.arg("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
}
