//! Texts of the mailbox.

use domain::{
    Folder, FolderUse, SearchIn,
    mailbox::{MailboxField, MailboxProblem},
};

use crate::{NO_SUBJECT, Words, words};

/// Returns the sender of a mail, or a text that stands for none.
pub fn mail_from(from: String) -> String {
    if from.is_empty() {
        "(nobody)".to_owned()
    } else {
        from
    }
}

/// Returns the subject of a mail, or a text that stands for none.
pub fn mail_subject(subject: String) -> String {
    if subject.is_empty() {
        NO_SUBJECT.to_owned()
    } else {
        subject
    }
}

/// Returns the name of a folder: its use if the server states one, else its own name.
pub fn folder(folder: &Folder) -> String {
    let used_for = match folder.used_for {
        Some(FolderUse::Inbox) => "Inbox",
        Some(FolderUse::All) => "All mail",
        Some(FolderUse::Flagged) => "Flagged",
        Some(FolderUse::Drafts) => "Drafts",
        Some(FolderUse::Sent) => "Sent",
        Some(FolderUse::Archive) => "Archive",
        Some(FolderUse::Junk) => "Junk",
        Some(FolderUse::Trash) => "Trash",
        None => return folder.shown.clone(),
    };
    used_for.to_owned()
}

/// Returns the name of a scope of a search.
pub fn search_in(within: SearchIn) -> &'static str {
    match within {
        SearchIn::Text => "Everywhere",
        SearchIn::From => "In the sender",
        SearchIn::Subject => "In the subject",
    }
}

/// Announces mail that arrived while the page was open, for screen readers.
pub fn new_mails(count: usize) -> String {
    match count {
        1 => "1 new mail".to_owned(),
        count => [&count.to_string(), " new mails"].concat(),
    }
}

/// Returns a number of bytes for people, never too small.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => [&bytes.to_string(), " bytes"].concat(),
        1_000..1_000_000 => [&bytes.div_ceil(1_000).to_string(), " kB"].concat(),
        _ => {
            let tenths = bytes.div_ceil(100_000);
            [
                &(tenths / 10).to_string(),
                ".",
                &(tenths % 10).to_string(),
                " MB",
            ]
            .concat()
        }
    }
}

/// Returns why there is nothing to show. A finding has its own text.
pub fn mailbox_problem(problem: &MailboxProblem) -> Words {
    match problem {
        MailboxProblem::Off => words(
            "The email box is off.",
            "Turn it on in the settings of this data center to read replies and bounces.",
        ),
        MailboxProblem::Failed(_) => words("The mailbox cannot be read.", "The cause is below."),
        MailboxProblem::NoFolder => words(
            "There is no such folder.",
            "It may have been renamed or removed. Open the inbox.",
        ),
        MailboxProblem::NoMail => words(
            "There is no such mail.",
            "It may have been moved or deleted by another program.",
        ),
        MailboxProblem::Renumbered => words(
            "The server has renumbered this folder.",
            "Positions in it are no longer valid. Open the folder again.",
        ),
        MailboxProblem::TooLarge => words(
            "This mail is too large to be shown here.",
            "Read it with another program.",
        ),
        MailboxProblem::Busy => words(
            "Too many users are reading this mailbox right now.",
            "Try again in a few seconds.",
        ),
        MailboxProblem::Field(field) => match field {
            MailboxField::Search => words(
                "The search text is invalid.",
                "Use at most 200 characters on one line.",
            ),
            MailboxField::Since => words("This is not a date.", "Enter it like 2026-11-23."),
            MailboxField::DataCenter | MailboxField::Folder | MailboxField::Mail => words(
                "The address of this page is incomplete.",
                "Open the folder again.",
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short_and_never_too_small() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_001, "2 kB"),
            (1_000_000, "1.0 MB"),
            (1_234_567, "1.3 MB"),
            (40 * 1024 * 1024, "42.0 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
