//! The conversation about one message.

use std::fmt::Write as _;

use domain::Finding;

/// What was said so far.
pub(super) struct Talk {
    pub(super) refused: Vec<Option<(String, Finding)>>,
    pub(super) transcript: String,
}

impl Talk {
    pub(super) fn new(recipients: usize) -> Self {
        Self {
            refused: vec![None; recipients],
            transcript: String::with_capacity(512),
        }
    }

    pub(super) fn sent(&mut self, line: &str) {
        let _ = writeln!(self.transcript, "C: {line}");
    }

    pub(super) fn heard(&mut self, text: &str) {
        let at_most = 2_000;
        for line in text.lines().take(20) {
            let end = line
                .char_indices()
                .nth(at_most)
                .map_or(line.len(), |(at, _)| at);
            let _ = writeln!(self.transcript, "S: {}", &line[..end]);
        }
    }
}
