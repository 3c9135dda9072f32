//! The servers under test.

use std::{collections::HashMap, path::Path};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::{chance::Chance, programs::Addresses};
use crate::support::Program;

/// What they have in common, and what happened to them.
pub struct Servers<'a> {
    pub url: &'a str,
    pub settings: Vec<(&'a str, &'a str)>,
    pub directory: &'a Path,
    pub running: Vec<Program>,
    pub addresses: Addresses,
    /// How often a message was a killed server's when it was killed: it may have handed it over and not have written it down.
    pub unfinished: HashMap<String, usize>,
    pub kills: usize,
}

impl<'a> Servers<'a> {
    pub fn new(url: &'a str, settings: Vec<(&'a str, &'a str)>, directory: &'a Path) -> Self {
        Self {
            url,
            settings,
            directory,
            running: Vec::new(),
            addresses: Addresses::default(),
            unfinished: HashMap::new(),
            kills: 0,
        }
    }

    pub fn start(&mut self) {
        let (directory, settings) = (self.directory, &self.settings);
        let program = tokio::task::block_in_place(|| Program::start(directory, settings));
        self.addresses.add(&program.url);
        self.running.push(program);
    }

    /// Kills one and starts another in its place, while programs go on asking the dead one.
    pub async fn kill_one(&mut self, chance: &mut Chance) {
        let program = self.running.swap_remove(chance.one_of(self.running.len()));
        let (name, url) = (name_of(&program), program.url.clone());
        program.kill();
        let sql = format!(
            "SELECT message_id FROM messages WHERE state = 'sending' AND lease_owner LIKE '{name}.%'"
        );
        for message in self.message_ids(sql).await {
            *self.unfinished.entry(message).or_default() += 1;
        }
        self.kills += 1;
        self.start();
        self.addresses.remove(&url);
    }

    /// How many messages there are in the database.
    pub async fn messages(&self) -> usize {
        let all = self.message_ids("SELECT message_id FROM messages".into());
        all.await.len()
    }

    async fn message_ids(&self, sql: String) -> Vec<String> {
        let mut connection = AnyConnection::connect(self.url).await.unwrap();
        let found = sqlx::query_scalar(AssertSqlSafe(sql));
        let found = found.fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        found
    }
}

/// The name under which a server takes messages, as it says in its log.
fn name_of(program: &Program) -> String {
    let log = program.log();
    let (_, name) = log.rsplit_once("server=").unwrap();
    name.split_whitespace().next().unwrap().to_owned()
}
