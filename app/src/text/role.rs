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

/// What a program may do with a key.
pub fn scope(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Send => "Send messages",
        KeyScope::Read => "Read how messages and grants stand",
    }
}
