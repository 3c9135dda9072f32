//! The servers under test.

use std::{collections::HashMap, path::Path, time::Duration};

use super::{
    clients::{Address, Addresses},
    clock::FakeClock,
    database::SoakDatabase,
    random::Random,
    smtp::Waiting,
};
use crate::support::Program;

/// A running server and its clock.
pub struct Running {
    pub program: Program,
    /// `None` where libfaketime is not installed.
    pub clock: Option<FakeClock>,
}

/// Servers that share a database.
pub struct Servers<'a> {
    pub database: &'a SoakDatabase,
    settings: Vec<(String, String)>,
    directory: &'a Path,
    pub running: Vec<Running>,
    pub addresses: Addresses,
    /// Programs that wait for the reply to a message.
    pub waiting: Waiting,
    /// For each Message-ID, the number of times that the server sending it was killed, or frozen
    /// beyond its lease: the mail server may have accepted the message, but no server could record
    /// that in time.
    pub interrupted: HashMap<String, usize>,
    pub kills: usize,
    started: usize,
}

impl<'a> Servers<'a> {
    pub fn new(
        database: &'a SoakDatabase,
        settings: Vec<(String, String)>,
        directory: &'a Path,
    ) -> Self {
        Self {
            database,
            settings,
            directory,
            running: Vec::new(),
            addresses: Addresses::default(),
            waiting: Waiting::default(),
            interrupted: HashMap::new(),
            kills: 0,
            started: 0,
        }
    }

    /// Returns the environment of the next server, with a separate clock.
    fn next_environment(&mut self) -> (Vec<(String, String)>, Option<FakeClock>) {
        self.started += 1;
        let clock = FakeClock::new(self.directory, self.started).ok();
        let mut settings = self.settings.clone();
        settings.extend(clock.iter().flat_map(FakeClock::environment));
        (settings, clock)
    }

    /// Starts another server.
    pub fn start(&mut self) {
        let (settings, clock) = self.next_environment();
        let settings = borrowed(&settings);
        let directory = self.directory;
        let program = tokio::task::block_in_place(|| Program::start(directory, &settings));
        self.addresses.add(Address {
            url: program.url.clone(),
            smtp: program.smtp_listener("plain").to_string(),
        });
        self.running.push(Running { program, clock });
    }

    /// Runs a server that is expected to give up, and returns its output.
    pub fn start_in_vain(&mut self) -> String {
        let (settings, _) = self.next_environment();
        let mut settings = borrowed(&settings);
        settings.push(("MAILGRANT_LISTEN", "127.0.0.1:0"));
        let directory = self.directory;
        let output = tokio::task::block_in_place(|| Program::output(directory, &[], &settings));
        assert!(!output.status.success(), "{output:?}");
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Removes a random server from the list; programs still know its address.
    pub fn take_one(&mut self, random: &mut Random) -> Running {
        let index = random.index(self.running.len());
        self.running.swap_remove(index)
    }

    /// Kills a server that was removed from the list.
    pub async fn kill(&mut self, running: Running) {
        let (name, url) = (name_of(&running.program).await, running.program.url.clone());
        running.program.kill();
        self.note_interrupted(&name).await;
        self.kills += 1;
        self.addresses.remove(&url);
    }

    /// Records the messages that a server was sending when it was killed or frozen.
    pub async fn note_interrupted(&mut self, name: &str) {
        let sql = format!(
            "SELECT message_id FROM messages WHERE state = 'sending' AND lease_owner LIKE '{name}.%'"
        );
        for message in self.database.texts(sql).await {
            *self.interrupted.entry(message).or_default() += 1;
        }
    }

    /// Returns the Message-IDs in the database.
    pub async fn message_ids(&self) -> Vec<String> {
        let sql = "SELECT message_id FROM messages";
        self.database.texts(sql.to_owned()).await
    }
}

fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    let pairs = settings.iter();
    pairs.map(|(name, value)| (&**name, &**value)).collect()
}

/// Returns the name under which a server claims messages, from its log. A server logs it before it
/// claims anything, and after it has begun to listen, so a busy machine may need a moment. Alerts
/// also name a server, which can be another one.
pub async fn name_of(program: &Program) -> String {
    for _ in 0..200 {
        let log = program.log();
        let name = log
            .rsplit_once("delivery started server=")
            .map(|(_, name)| name);
        if let Some(name) = name.and_then(|name| name.split_whitespace().next()) {
            return name.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no name in the log:\n{}", program.log());
}
