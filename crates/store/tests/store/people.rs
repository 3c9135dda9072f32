//! Accounts and sessions for tests.

use domain::{AccountId, AccountName, Role, SessionId, SignedIn, UnixTime};
use store::{NewAccount, NewLink, NewSession, SessionLife, SignIn, Store};

use crate::samples::{NOW, by};

pub fn new_account(name: &str, role: Role) -> NewAccount {
    NewAccount {
        id: AccountId::parse(&format!("id-{name}")).unwrap(),
        name: AccountName::parse(name).unwrap(),
        role,
        password_hash: Some(format!("hash-of-{name}").into()),
    }
}

/// Adds an account whose password hash is `hash-of-NAME`.
pub async fn add(store: &Store, name: &str, role: Role) -> NewAccount {
    let new = new_account(name, role);
    assert!(store.add_account(&new, None, by(), NOW).await.unwrap());
    new
}

pub fn link(token: &str) -> NewLink {
    NewLink {
        token_hash: token.into(),
        expires_at: NOW.plus(86_400),
    }
}

pub fn session(number: usize) -> NewSession {
    NewSession {
        id: SessionId::parse(&format!("session-{number}")).unwrap(),
        token_hash: format!("token-{number}"),
        replaces: None,
        address: "192.0.2.1".into(),
        agent: "Browser/1.0".into(),
        now: NOW,
    }
}

pub async fn sign_in(store: &Store, who: &NewAccount, session: &NewSession) -> Option<SignedIn> {
    let sign_in = SignIn {
        account: &who.id,
        verified: who.password_hash.as_ref().unwrap(),
        rehashed: None,
        counted: &[],
    };
    store.sign_in(sign_in, session).await.unwrap()
}

/// Returns cutoffs at `now` of 100 s of age and 10 s without use.
pub fn life(now: UnixTime) -> SessionLife {
    SessionLife {
        began_after: now.plus(-100),
        seen_after: now.plus(-10),
    }
}

pub async fn open(store: &Store, token_hash: &str, now: UnixTime) -> Option<SignedIn> {
    let found = store.session(token_hash, life(now)).await.unwrap();
    found.map(|(signed_in, _)| signed_in)
}
