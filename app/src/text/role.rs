//! Roles of accounts and scopes of API keys.

use domain::{KeyScope, Role};

/// The name of a role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Operator => "Operator",
        Role::Administrator => "Administrator",
    }
}

/// What a role may do.
pub fn role_help(role: Role) -> &'static str {
    match role {
        Role::Viewer => "looks at everything but secrets, which nobody sees.",
        Role::Operator => "looks, and sends test emails with what is saved.",
        Role::Administrator => "changes settings, accounts and API keys as well.",
    }
}

/// Describes a scope by everything it opens.
pub fn scope(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Send => "Send messages, and retry or cancel them",
        KeyScope::Messages => {
            "Read sent messages, their delivery states, and the status of data centers"
        }
        KeyScope::Mailbox => "Read the email box: folders, mail, and attachments",
        KeyScope::Metrics => "Read metrics and the status of data centers",
    }
}
