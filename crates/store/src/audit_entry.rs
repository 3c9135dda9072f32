//! Audit entries about access.

use domain::{AccountName, Actor, AuditAction, AuditRecord, Principal, UnixTime};

pub(crate) fn entry(
    by: &Actor,
    at: UnixTime,
    action: AuditAction,
    subject: impl Into<String>,
) -> AuditRecord {
    AuditRecord {
        at,
        actor: by.clone(),
        action,
        subject: subject.into(),
        changes: Vec::new(),
    }
}

/// Returns the actor for an account that is signed in or is signing in.
pub(crate) fn by_account(name: &AccountName, address: &str) -> Actor {
    Actor {
        who: Principal::Account(name.clone()),
        address: address.into(),
    }
}
