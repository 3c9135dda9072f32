//! Response bodies of the mailbox API. Times are in RFC 3339 format.

use domain::{
    Folder, FolderName, Mail, MailAttachment, MailHeader, MailPage, MailSummary, UnixTime,
};
use serde::Serialize;

/// The folders that can be opened.
#[derive(Serialize)]
pub struct Folders {
    folders: Vec<OneFolder>,
}

#[derive(Serialize)]
struct OneFolder {
    /// The name on the mail server, for use in queries.
    name: String,
    /// The name for display.
    shown: String,
    /// The special use, such as `inbox` or `sent`, if the server reports one.
    used_for: Option<&'static str>,
}

impl From<Vec<Folder>> for Folders {
    fn from(folders: Vec<Folder>) -> Self {
        let folders = folders.into_iter().map(|folder| OneFolder {
            name: folder.name.to_string(),
            shown: folder.shown,
            used_for: folder.used_for.map(domain::FolderUse::code),
        });
        Self {
            folders: folders.collect(),
        }
    }
}

/// A page of the messages in a folder.
#[derive(Serialize)]
pub struct MailList {
    folder: String,
    uid_validity: u32,
    /// Number of messages in the folder.
    total: u32,
    messages: Vec<Summary>,
    /// The `before` or `after` of the next page; null on the last page.
    next: Option<String>,
    /// The ID of the newest message in the folder; `after` it returns new mail.
    newest: Option<String>,
}

#[derive(Serialize)]
struct Summary {
    id: String,
    uid: u32,
    uid_validity: u32,
    from: String,
    subject: String,
    sent_at: Option<String>,
    received_at: Option<String>,
    seen: bool,
    answered: bool,
    flagged: bool,
    /// Size in bytes.
    size: u32,
}

impl MailList {
    /// Converts a page of a folder.
    pub fn of(folder: &FolderName, page: MailPage) -> Self {
        Self {
            folder: folder.to_string(),
            uid_validity: page.uid_validity,
            total: page.total,
            messages: page.mails.into_iter().map(Summary::from).collect(),
            next: page.next.map(|id| id.to_string()),
            newest: page.newest.map(|id| id.to_string()),
        }
    }
}

impl From<MailSummary> for Summary {
    fn from(mail: MailSummary) -> Self {
        Self {
            id: mail.id.to_string(),
            uid: mail.id.uid.get(),
            uid_validity: mail.id.uid_validity,
            from: mail.from,
            subject: mail.subject,
            sent_at: mail.sent_at.map(UnixTime::rfc3339),
            received_at: mail.received_at.map(UnixTime::rfc3339),
            seen: mail.seen,
            answered: mail.answered,
            flagged: mail.flagged,
            size: mail.size,
        }
    }
}

/// A single message.
#[derive(Serialize)]
pub struct OneMail {
    #[serde(flatten)]
    summary: Summary,
    to: String,
    cc: String,
    /// The Message-ID without angle brackets.
    message_id: String,
    text: Option<String>,
    /// Sanitized HTML without scripts and remote content.
    html: Option<String>,
    headers: Vec<Header>,
    headers_left_out: u32,
    attachments: Vec<Attachment>,
    /// True if only the beginning was read, so attachments may be missing.
    truncated: bool,
}

#[derive(Serialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Attachment {
    number: u32,
    name: String,
    media_type: String,
    size: u64,
}

impl From<Mail> for OneMail {
    fn from(mail: Mail) -> Self {
        let headers = mail.headers.into_iter();
        let headers = headers.map(|MailHeader { name, value }| Header { name, value });
        let attachments = mail.attachments.into_iter();
        let attachments = attachments.map(|file: MailAttachment| Attachment {
            number: file.number,
            name: file.name,
            media_type: file.media_type,
            size: file.size,
        });
        Self {
            summary: mail.summary.into(),
            to: mail.to,
            cc: mail.cc,
            message_id: mail.message_id,
            text: mail.text,
            html: mail.html,
            headers: headers.collect(),
            headers_left_out: mail.headers_left_out,
            attachments: attachments.collect(),
            truncated: mail.cut,
        }
    }
}
