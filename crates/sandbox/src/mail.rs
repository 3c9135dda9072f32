//! The mailboxes: what is in their folders.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::clock;
use crate::state::Inner;

/// Where mail arrives.
pub(crate) const INBOX: &str = "INBOX";

/// The folders that every account has besides INBOX: attributes and names, as they go over the wire (RFC 3501 §5.1.3,
/// RFC 6154).
pub(crate) const FOLDERS: &[(&str, &str)] = &[
    ("\\HasNoChildren \\Sent", "Sent"),
    ("\\HasNoChildren \\Drafts", "Entw&APw-rfe"),
    ("\\HasNoChildren \\Junk", "Junk"),
    ("\\HasNoChildren \\Trash", "Trash"),
    ("\\HasChildren \\Noselect", "Archive"),
    ("\\HasNoChildren \\Archive", "Archive/2026"),
];

/// A message in a folder.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) account: String,
    pub(crate) folder: String,
    pub(crate) uid: u32,
    pub(crate) raw: Arc<[u8]>,
    /// Unix seconds.
    pub(crate) received_at: u64,
    seen: AtomicBool,
}

impl Stored {
    pub(crate) fn is_in(&self, account: &str, folder: &str) -> bool {
        self.folder == folder && self.account.eq_ignore_ascii_case(account)
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.seen.load(Ordering::Relaxed)
    }

    pub(crate) fn see(&self) {
        self.seen.store(true, Ordering::Relaxed);
    }

    /// The header with the empty line after it.
    pub(crate) fn head(&self) -> &[u8] {
        let end = self.raw.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.map_or(self.raw.len(), |at| at + 4);
        self.raw.get(..end).unwrap_or_default()
    }

    /// As a provider stores it that lets an account send as nobody but itself.
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
            account: self.account.clone(),
            folder: self.folder.clone(),
            uid,
            raw,
            received_at: self.received_at,
            seen: AtomicBool::new(self.is_seen()),
        }
    }
}

impl Inner {
    /// Puts a message into a folder. UIDs count over all folders, so that numbers and UIDs differ.
    pub(crate) fn deliver(&mut self, account: &str, folder: &str, raw: Arc<[u8]>) -> u32 {
        self.last_uid += 1;
        self.mail.push(Arc::new(Stored {
            account: account.to_owned(),
            folder: folder.to_owned(),
            uid: self.last_uid,
            raw,
            received_at: clock::unix_seconds(),
            seen: AtomicBool::new(false),
        }));
        self.last_uid
    }

    /// UIDVALIDITY (RFC 3501 §2.3.1.1).
    pub(crate) fn uid_validity(&self) -> u32 {
        self.renumbered + 1
    }

    /// Numbers all messages anew.
    pub(crate) fn renumber(&mut self) {
        self.renumbered += 1;
        for one in &mut self.mail {
            *one = Arc::new(one.with(Arc::clone(&one.raw), one.uid + 1_000));
        }
        self.last_uid += 1_000;
    }
}
