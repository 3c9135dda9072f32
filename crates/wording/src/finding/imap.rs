//! Findings about the mailbox.

use domain::FindingCode as Code;

use super::template::Template;

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::MailboxPasswordRefused => (
            "{server} rejected the email address or the password of the email box.",
            "Enter the password again. Many providers require an app password or OAuth.",
        ),
        Code::ImapDisabled => (
            "IMAP is turned off for {username}.",
            "Turn it on. At Google, use Gmail's settings under \"Forwarding and POP/IMAP\", or the Admin console for all users. At Microsoft, use the mailbox's email apps.",
        ),
        Code::ImapScopeMissing => (
            "{server} does not allow IMAP with this sign-in. The IMAP scope was not granted, or IMAP is turned off for the mailbox.",
            "Add the IMAP scope and authorize again, or turn IMAP on for the mailbox.",
        ),
        Code::InboxMissing => (
            "{username} has no INBOX.",
            "Check that the account has a mailbox. Some licenses only allow sending.",
        ),
        Code::NotImap => (
            "The service at {server} is not an IMAP server.",
            "Check the host and port of the email box. The port is usually 993 with implicit TLS, or 143 with STARTTLS.",
        ),
        Code::ImapAnswerUnreadable => (
            "{server} sent a response that is malformed or much too large.",
            "Try again. If this persists, open this mail with another program. It may be crafted to break mail programs.",
        ),
        Code::SearchRefused => (
            "{server} does not support this search.",
            "Search for other words. Some servers only support ASCII.",
        ),
        Code::MailUnreadable => (
            "This mail cannot be read.",
            "Download the original and open it as text.",
        ),
        Code::NotArrived => (
            "The server accepted the test email, but it has not arrived in the mailbox yet.",
            "Check the spam folder, and check again in a few minutes. Some providers do not show mail that you send to yourself in the inbox.",
        ),
        Code::FromRewritten => (
            "The test email was sent from {from} but arrived from {from_arrived}.",
            "The provider rewrites the From address. Use the account's own address, or give the account permission to send as {from}.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
