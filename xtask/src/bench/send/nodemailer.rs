//! nodemailer's connection pool, which JavaScript programs use.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::sink::{Sink, number};
use crate::process::{capture, run};
use crate::workspace::Workspace;

/// Sends over a pool, as a program that uses nodemailer does. Nagle's algorithm is turned off: with
/// nodemailer's default, each message waits 40 ms for a delayed acknowledgment, which would
/// dominate the result.
const POOL: &str = r#"import nodemailer from "nodemailer";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
const [port, connections, count, ca] = process.argv.slice(2);
const secure = ca && {
  requireTLS: true,
  tls: { ca: readFileSync(ca) },
  auth: { type: "OAuth2", user: "bench@example.com", accessToken: "bench-access-token" },
};
const transport = nodemailer.createTransport({
  host: "127.0.0.1", port: Number(port), pool: true, maxConnections: Number(connections), maxMessages: Infinity,
  ...(secure || { ignoreTLS: true }),
});
transport.getSocket = (options, done) => {
  const connection = connect({ host: options.host, port: options.port, noDelay: true });
  connection.once("connect", () => done(null, { connection }));
};
const text = ("x".repeat(70) + "\r\n").repeat(138);
const message = { from: "bench@example.com", to: "bench@example.com", subject: "bench", text };
const since = process.hrtime.bigint();
await Promise.all(Array.from({ length: Number(count) }, () => transport.sendMail(message)));
console.log(Math.round(Number(count) / (Number(process.hrtime.bigint() - since) / 1e9)));
transport.close();
"#;

/// nodemailer, installed from npm.
pub struct Nodemailer {
    folder: PathBuf,
}

impl Nodemailer {
    /// Installs it below `target`.
    pub fn install(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("bench");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("pool.mjs"), POOL)?;
        if !folder.join("node_modules/nodemailer").exists() {
            let mut npm = workspace.command("npm");
            npm.current_dir(&folder);
            npm.args(["install", "--no-audit", "--no-fund", "--prefix", "."]);
            run(npm.arg("nodemailer@7"))?;
        }
        Ok(Self { folder })
    }

    /// Returns messages per second.
    pub fn pool(&self, sink: &Sink, connections: usize, messages: usize) -> Result<f64> {
        let mut command = Command::new("node");
        command.current_dir(&self.folder);
        command.args(["pool.mjs", &sink.port()]);
        command.args([connections.to_string(), messages.to_string()]);
        command.args(sink.certificate());
        number(&capture(&mut command)?)
    }
}
