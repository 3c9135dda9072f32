//! Findings about the mailbox.

use domain::FindingCode as Code;

use super::template::Template;

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::MailboxPasswordRefused => (
            "{server} refused the email or the password of the email box.",
            "Type the password again. Many providers want a password made for one application, or none at all but OAuth.",
        ),
        Code::ImapDisabled => (
            "IMAP is switched off for {username}.",
            "Switch it on: at Google in Gmail's settings under \"Forwarding and POP/IMAP\", or for everybody in the Admin console; at Microsoft in the mailbox's email apps.",
        ),
        Code::ImapScopeMissing => (
            "{server} does not let this sign-in read mail: the scope for IMAP was not granted, or IMAP is off for the mailbox.",
            "Add the scope for IMAP and authorize again, or switch IMAP on for the mailbox.",
        ),
        Code::InboxMissing => (
            "There is no INBOX for {username}.",
            "Check that the account has a mailbox; some accounts have a license to send only.",
        ),
        Code::NotImap => (
            "What answers at {server} does not speak IMAP.",
            "Check host and port of the email box: 993 with implicit TLS, 143 with STARTTLS.",
        ),
        Code::ImapAnswerUnreadable => (
            "{server} answered what cannot be read, or far more than was asked for.",
            "Try again. If it stays like this, read this mail with another program: it may be made to break those that read it.",
        ),
        Code::SearchRefused => (
            "{server} does not search for this.",
            "Search for other words: some servers know letters of English only.",
        ),
        Code::MailUnreadable => (
            "This mail cannot be read.",
            "Download the original, and open it as text.",
        ),
        Code::NotArrived => (
            "The server accepted the test email, but it has not arrived in the mailbox yet.",
            "Look into the spam folder, and again in some minutes. Some providers do not show a mail to oneself in the inbox.",
        ),
        Code::FromRewritten => (
            "The test email arrived from {from_arrived}; it was sent from {from}.",
            "The provider rewrites the From address. Use the account's own address, or allow the account to send as {from}.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
