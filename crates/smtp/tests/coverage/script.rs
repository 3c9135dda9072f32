//! A server that answers as a script says, and like any other server where it says nothing.

use std::collections::HashMap;

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::{Duration, sleep},
};

/// Answers of a server.
#[derive(Clone)]
pub(crate) struct Script(HashMap<String, String>);

impl Script {
    /// Reads a script: `stage=answer` separated by ` || `.
    ///
    /// Stages are `greeting`, the verbs in lower case, `auth1` and `auth2` for the lines that
    /// follow AUTH, and `message` for the end of a message. A stage with a number, such as `rcpt2`,
    /// is that time of it; `ehlo!name` is for a client with another name.
    ///
    /// Answers: `\n` is a line break, a byte may be written `\xEE`, and the last line is ended.
    /// `<silence>` waits forever, `<close>` closes the connection, `<slow>` sends byte after byte,
    /// `<lf>` ends lines with a bare line feed, and `<open>` does not end the last line. `<early>`
    /// answers DATA, and closes the connection without reading the message.
    pub(crate) fn parse(text: &str) -> Self {
        let stages = text.split(" || ").filter(|stage| !stage.is_empty());
        let stages = stages.map(|stage| {
            let (name, answer) = stage.split_once('=').expect(stage);
            (name.to_owned(), answer.to_owned())
        });
        Self(stages.collect())
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.0.values().any(|answer| answer.contains("<silence>"))
    }

    /// Plays a connection to its end.
    pub(crate) async fn play(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut times = HashMap::<String, usize>::new();
        let mut dialog = 0;
        let mut stage = "greeting".to_owned();
        let mut argument = String::new();
        loop {
            let time = times.entry(stage.clone()).or_default();
            *time += 1;
            let other_name = self.0.iter().find(|(name, _)| {
                let only = name.strip_prefix(&format!("{stage}!"));
                only.is_some_and(|only| only != argument)
            });
            let numbered = self.0.get(&format!("{stage}{time}"));
            let answer = other_name
                .map(|(_, answer)| answer)
                .or(numbered)
                .or_else(|| self.0.get(&stage))
                .map_or_else(|| usual(&stage), String::as_str);
            if !say(stream.get_mut(), answer).await {
                return;
            }
            if stage == "data" && (answer.starts_with("354") || answer.starts_with("250")) {
                if !read_message(&mut stream).await {
                    return;
                }
                "message".clone_into(&mut stage);
                continue;
            }
            dialog = if answer.starts_with("334") {
                dialog + 1
            } else {
                0
            };
            let mut line = Vec::new();
            if !matches!(stream.read_until(b'\n', &mut line).await, Ok(1..)) {
                return;
            }
            let line = String::from_utf8_lossy(&line);
            let (verb, rest) = line
                .trim_end()
                .split_once(' ')
                .unwrap_or((line.trim_end(), ""));
            rest.clone_into(&mut argument);
            stage = if dialog > 0 {
                format!("auth{dialog}")
            } else {
                verb.to_ascii_lowercase()
            };
        }
    }
}

/// Returns what a server usually answers.
fn usual(stage: &str) -> &'static str {
    match stage {
        "greeting" => "220 mx.example.com ESMTP",
        "ehlo" => "250-mx.example.com\\n250-SIZE 10000000\\n250 AUTH PLAIN LOGIN XOAUTH2",
        "helo" => "250 mx.example.com",
        "auth" | "auth2" => "235 2.7.0 Accepted",
        "auth1" => "334 UGFzc3dvcmQ6",
        "data" => "354 Go ahead",
        "quit" => "221 2.0.0 Bye<close>",
        "starttls" => "502 5.5.1 Not offered",
        _ => "250 2.0.0 Ok",
    }
}

/// Sends an answer. Returns false if the connection ends.
async fn say(stream: &mut TcpStream, answer: &str) -> bool {
    if answer.contains("<silence>") {
        // Until the client gives up.
        let mut rest = [0; 1024];
        while matches!(stream.read(&mut rest).await, Ok(1..)) {}
        return false;
    }
    let (mut text, mut is_open) = (answer.to_owned(), false);
    let mut option = |name: &str| {
        let has = text.contains(name);
        text = text.replace(name, "");
        has
    };
    let (close, slow, lf) = (option("<close>"), option("<slow>"), option("<lf>"));
    let early = option("<early>");
    is_open |= option("<open>") || text.is_empty();
    let line_end = if lf { "\n" } else { "\r\n" };
    let mut bytes = bytes(&text.replace("\\n", line_end));
    if !is_open {
        bytes.extend_from_slice(line_end.as_bytes());
    }
    let size = if slow { 1 } else { bytes.len().max(1) };
    for piece in bytes.chunks(size) {
        if stream.write_all(piece).await.is_err() {
            return false;
        }
        if slow {
            stream.flush().await.ok();
            sleep(Duration::from_millis(1)).await;
        }
    }
    if early {
        // What arrives is dropped unread for a moment, so that the answer is not lost.
        sleep(Duration::from_millis(200)).await;
    }
    if close || early {
        stream.shutdown().await.ok();
        let mut rest = vec![0; 64 * 1024];
        while matches!(stream.read(&mut rest).await, Ok(1..)) {}
        return false;
    }
    true
}

/// Returns the bytes of a text with `\xEE`.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

/// Reads a message to its end. Returns false if the connection ends before.
async fn read_message(stream: &mut BufReader<TcpStream>) -> bool {
    let mut line = Vec::new();
    while line != b".\r\n" {
        line.clear();
        if !matches!(stream.read_until(b'\n', &mut line).await, Ok(1..)) {
            return false;
        }
    }
    true
}
