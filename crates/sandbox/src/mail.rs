//! Mailboxes and the messages in their folders.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::clock;

/// Folder for incoming mail.
pub(crate) const INBOX: &str = "INBOX";

/// Folders of every account in addition to INBOX: attributes and names as they are on the wire (RFC
/// 3501 §5.1.3, RFC 6154).
pub(crate) const FOLDERS: &[(&str, &str)] = &[
    ("\\HasNoChildren \\Sent", "Sent"),
    ("\\HasNoChildren \\Drafts", "Entw&APw-rfe"),
    ("\\HasNoChildren \\Junk", "Junk"),
    ("\\HasNoChildren \\Trash", "Trash"),
    ("\\HasChildren \\Noselect", "Archive"),
    ("\\HasNoChildren \\Archive", "Archive/2026"),
];

/// Messages of a folder, ordered by UID. Sessions share them until the folder changes.
pub(crate) type Messages = Arc<Vec<Arc<Stored>>>;

/// Folders of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    folders: HashMap<(String, String), Messages>,
    last_uid: u32,
    /// Number of times that UIDVALIDITY was changed.
    renumbered: u32,
}

impl Mail {
    /// Returns the messages in a folder of an account.
    pub(crate) fn of(&self, account: &str, folder: &str) -> Messages {
        let found = self.folders.get(&key(account, folder));
        found.cloned().unwrap_or_default()
    }

    /// Adds a message to a folder. Returns its UID. UIDs count across all folders, so they differ
    /// from sequence numbers.
    pub(crate) fn deliver(&mut self, account: &str, folder: &str, raw: Arc<[u8]>) -> u32 {
        self.last_uid += 1;
        let messages = self.folders.entry(key(account, folder)).or_default();
        Arc::make_mut(messages).push(Arc::new(Stored {
            uid: self.last_uid,
            raw,
            received_at: clock::unix_seconds(),
            seen: AtomicBool::new(false),
        }));
        self.last_uid
    }

    /// Returns the UID of the next message.
    pub(crate) fn next_uid(&self) -> u32 {
        self.last_uid + 1
    }

    /// Returns UIDVALIDITY (RFC 3501 §2.3.1.1).
    pub(crate) fn uid_validity(&self) -> u32 {
        self.renumbered + 1
    }

    /// Changes UIDVALIDITY and assigns new UIDs to all messages.
    pub(crate) fn renumber(&mut self) {
        self.renumbered += 1;
        for messages in self.folders.values_mut() {
            for one in Arc::make_mut(messages) {
                *one = Arc::new(one.with(Arc::clone(&one.raw), one.uid + 1_000));
            }
        }
        self.last_uid += 1_000;
    }

    /// Removes a message.
    pub(crate) fn remove(&mut self, account: &str, uid: u32) {
        for messages in self.folders_of(account) {
            Arc::make_mut(messages).retain(|one| one.uid != uid);
        }
    }

    /// Returns the UIDs of messages that are marked as seen.
    pub(crate) fn seen(&mut self, account: &str) -> Vec<u32> {
        let all = self
            .folders_of(account)
            .flat_map(|messages| messages.iter());
        all.filter(|one| one.is_seen()).map(|one| one.uid).collect()
    }

    /// Removes all messages.
    pub(crate) fn clear(&mut self) {
        self.folders.clear();
    }

    fn folders_of(&mut self, account: &str) -> impl Iterator<Item = &mut Messages> {
        let account = account.to_ascii_lowercase();
        let all = self.folders.iter_mut();
        let own = all.filter(move |((of, _), _)| *of == account);
        own.map(|(_, messages)| messages)
    }
}

fn key(account: &str, folder: &str) -> (String, String) {
    (account.to_ascii_lowercase(), folder.to_owned())
}

/// Message in a folder.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) uid: u32,
    pub(crate) raw: Arc<[u8]>,
    /// Time of arrival in Unix seconds.
    pub(crate) received_at: u64,
    seen: AtomicBool,
}

impl Stored {
    pub(crate) fn is_seen(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }

    pub(crate) fn see(&self) {
        self.seen.store(true, Ordering::Relaxed);
    }

    /// Returns the header with the empty line after it.
    pub(crate) fn head(&self) -> &[u8] {
        let end = self.raw.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.map_or(self.raw.len(), |at| at + 4);
        self.raw.get(..end).unwrap_or_default()
    }

    /// Returns the message as stored by a provider that replaces the From address with the
    /// account's address.
    pub(crate) fn rewritten(&self) -> Self {
        let raw = String::from_utf8_lossy(&self.raw);
        let mut lines = raw.split_inclusive('\n');
        let mut text = String::with_capacity(raw.len());
        for line in lines.by_ref() {
            if line.to_ascii_lowercase().starts_with("from:") {
                text.push_str("From: noreply@sandbox.test\r\n");
            } else {
                text.push_str(line);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        text.extend(lines);
        self.with(text.into_bytes().into(), self.uid)
    }

    fn with(&self, raw: Arc<[u8]>, uid: u32) -> Self {
        Self {
            uid,
            raw,
            received_at: self.received_at,
            seen: AtomicBool::new(self.is_seen()),
        }
    }
}
