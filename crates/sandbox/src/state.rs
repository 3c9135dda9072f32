//! State shared by all tasks of a sandbox.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::descriptor::{Account, Descriptor};
use crate::faults::{CutAt, Faults, Stage, TokenError};
use crate::grants::Grants;
use crate::mail::Mail;
use crate::record::{AuthAttempt, ReceivedMessage, TokenRequest};
use crate::sign_in::SignIn;
use crate::tls::Certificates;

pub(crate) struct State {
    pub(crate) descriptor: Descriptor,
    pub(crate) redirect_urls: Vec<String>,
    pub(crate) certificates: Certificates,
    inner: Mutex<Inner>,
}

/// Mutable part of the state.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) faults: Faults,
    pub(crate) messages: Vec<ReceivedMessage>,
    pub(crate) token_requests: Vec<TokenRequest>,
    pub(crate) auth_attempts: Vec<AuthAttempt>,
    pub(crate) imap_attempts: Vec<AuthAttempt>,
    /// Commands without tags. Arguments of sign-ins are omitted.
    pub(crate) imap_commands: Vec<String>,
    pub(crate) mail: Mail,
    /// Number of times that all IMAP connections were closed.
    pub(crate) imap_closed: u32,
    /// Queries as `name TYPE`.
    pub(crate) dns_queries: Vec<String>,
    pub(crate) grants: Grants,
    pub(crate) sign_ins: HashMap<String, SignIn>,
}

impl State {
    pub(crate) fn new(
        descriptor: Descriptor,
        redirect_urls: Vec<String>,
        certificates: Certificates,
    ) -> Self {
        Self {
            descriptor,
            redirect_urls,
            certificates,
            inner: Mutex::default(),
        }
    }

    /// Locks the mutable state. The guard must not be held across an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> Faults {
        self.lock().faults.clone()
    }

    pub(crate) fn account(&self, address: &str) -> Option<&Account> {
        self.descriptor
            .accounts
            .iter()
            .find(|account| account.address.eq_ignore_ascii_case(address))
    }

    pub(crate) fn is_password_of(&self, address: &str, password: &str) -> bool {
        self.account(address)
            .is_some_and(|account| account.password == password)
    }
}

impl Inner {
    /// Returns the reply that replaces the real one, and counts its use.
    pub(crate) fn take_reply(&mut self, stage: Stage) -> Option<String> {
        let replies = &mut self.faults.replies;
        let index = replies.iter().position(|reply| reply.stage == stage)?;
        let text = replies.get(index)?.reply.clone();
        if !count_use(&mut replies.get_mut(index)?.times) {
            replies.remove(index);
        }
        Some(text)
    }

    /// Returns true if the connection must be closed, and counts the use.
    pub(crate) fn take_cut(&mut self, fits: impl FnOnce(CutAt) -> bool) -> bool {
        if !self.faults.cut_at.is_some_and(fits) {
            return false;
        }
        if !count_use(&mut self.faults.cut_times) {
            self.faults.cut_at = None;
            self.faults.cut_times = None;
        }
        true
    }

    /// Returns true if the token endpoint's response is lost, and counts the use.
    pub(crate) fn take_lost_answer(&mut self) -> bool {
        let lost = self.faults.token_answer_lost;
        if lost && !count_use(&mut self.faults.token_answer_lost_times) {
            self.faults.token_answer_lost = false;
            self.faults.token_answer_lost_times = None;
        }
        lost
    }

    /// Returns the error of the token endpoint, and counts its use.
    pub(crate) fn take_token_error(&mut self) -> Option<TokenError> {
        let error = self.faults.token_error.clone()?;
        if let Some(current) = &mut self.faults.token_error
            && !count_use(&mut current.times)
        {
            self.faults.token_error = None;
        }
        Some(error)
    }
}

/// Counts one use. Returns false if it was the last one.
fn count_use(times: &mut Option<u32>) -> bool {
    match times {
        None => true,
        Some(left) => {
            *left = left.saturating_sub(1);
            *left > 0
        }
    }
}
