//! Roles of accounts and scopes of API keys.

use domain::{KeyScope, Role};

/// Returns the name of a role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Operator => "Operator",
        Role::Administrator => "Administrator",
    }
}

/// Returns what a role may do. A test of the server compares it with the permissions.
pub fn role_help(role: Role) -> &'static str {
    match role {
        Role::Viewer => {
            "can view messages, SMTP settings, senders, alerts, and activity. No access to the mailbox."
        }
        Role::Operator => {
            "can also read the mailbox, check connections, send test emails, and retry, cancel, or \
             resend messages."
        }
        Role::Administrator => {
            "can also change settings, authorize, and manage alerts, senders, accounts, and API keys."
        }
    }
}

/// Describes a scope by everything it opens.
pub fn key_scope(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Send => "Send messages, and retry or cancel them",
        KeyScope::Messages => {
            "Read sent messages, their delivery states, and the status of data centers"
        }
        KeyScope::Mailbox => "Read the email box: folders, mail, and attachments",
        KeyScope::Senders => "Add, change, and remove senders, and create their passwords",
        KeyScope::Metrics => "Read metrics and the status of data centers",
    }
}
