//! Passwords: strength rules, hashing, and comparison.

use std::sync::Arc;

use domain::{
    FormErrors, TypedSecret,
    access::{AccessField, NewPasswordError},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::Score;

use crate::{AccessError, FormError};

mod hash;

pub(crate) use hash::Compared;
use hash::{compare, dummy_hash, hash};

/// Minimum length in characters.
const MIN_LENGTH: usize = 12;
/// Maximum length in characters.
const MAX_LENGTH: usize = 256;
/// Number of characters that are rated, because `zxcvbn` gets slow with the length.
const MAX_RATED: usize = 100;
/// Concurrent hash computations. Each needs 19 MiB and a processor.
const MAX_CONCURRENT: usize = 2;
/// Passwords that may wait for a computation. Later ones fail immediately, because their clients
/// would time out before the result.
const MAX_WAITING: usize = 32;

/// Hashes and compares a few passwords at a time, outside the threads that serve requests.
#[derive(Debug)]
pub(crate) struct Passwords {
    free: Arc<Semaphore>,
    /// One permit for each computation that runs or waits.
    places: Arc<Semaphore>,
    #[cfg(test)]
    pub(crate) compared: std::sync::atomic::AtomicUsize,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            free: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            places: Arc::new(Semaphore::new(MAX_CONCURRENT + MAX_WAITING)),
            #[cfg(test)]
            compared: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// Runs a computation. Fails with `Busy` if too many are waiting.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccessError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| AccessError::Busy)?;
        let free = Arc::clone(&self.free);
        let permit = free
            .acquire_owned()
            .await
            .map_err(|_| AccessError::Stopped)?;
        let result = tokio::task::spawn_blocking(move || {
            // Held inside the task, which continues even if the request is cancelled.
            let _held = (permit, place);
            work()
        });
        result.await.map_err(|_| AccessError::Stopped)
    }

    /// Hashes a new password for the account `name`.
    pub(crate) async fn new_hash(
        &self,
        name: &str,
        password: &TypedSecret,
        repeated: &TypedSecret,
    ) -> Result<SecretString, FormError<NewPasswordError>> {
        let mut errors = FormErrors::default();
        let length = password.expose().chars().count();
        if length == 0 {
            errors.add(AccessField::Password, NewPasswordError::Required);
        } else if length < MIN_LENGTH {
            errors.add(AccessField::Password, NewPasswordError::PasswordTooShort);
        } else if length > MAX_LENGTH {
            errors.add(AccessField::Password, NewPasswordError::TooLong);
        }
        if repeated.is_empty() {
            errors.add(AccessField::Repeated, NewPasswordError::Required);
        } else if password != repeated {
            errors.add(AccessField::Repeated, NewPasswordError::PasswordsDiffer);
        }
        if !errors.is_empty() {
            return Err(FormError::Form(errors));
        }
        let secret = SecretString::from(password.expose());
        let name = name.to_owned();
        let hash = self.run(move || {
            let strong = strong(secret.expose_secret(), &name);
            strong.then(|| hash(secret.expose_secret()))
        });
        match hash.await? {
            Some(hash) => Ok(hash?),
            None => Err(FormError::Form(FormErrors::one(
                AccessField::Password,
                NewPasswordError::PasswordGuessable,
            ))),
        }
    }

    /// Hashes a correct password again, with the current parameters.
    pub(crate) async fn rehash(&self, password: &TypedSecret) -> Result<SecretString, AccessError> {
        let password = SecretString::from(password.expose());
        self.run(move || hash(password.expose_secret())).await?
    }

    /// Compares a password with a hash. Takes the same time if there is no hash.
    pub(crate) async fn compare(
        &self,
        password: &TypedSecret,
        stored: Option<&SecretString>,
    ) -> Result<Compared, AccessError> {
        #[cfg(test)]
        self.compared
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let password = SecretString::from(password.expose());
        let exists = stored.is_some();
        let stored = stored.cloned().unwrap_or_else(dummy_hash);
        let compared = self.run(move || compare(password.expose_secret(), stored.expose_secret()));
        let compared = compared.await??;
        Ok(if exists { compared } else { Compared::Wrong })
    }
}

/// Returns true if a password is hard to guess, even for someone who knows the account's name.
fn strong(password: &str, name: &str) -> bool {
    let end = password.char_indices().nth(MAX_RATED);
    let judged = end.map_or(password, |(end, _)| &password[..end]);
    let local = name.split('@').next().unwrap_or(name);
    let mut known = vec![name, local, "mailgrant"];
    known.extend(name.split(|c: char| !c.is_alphanumeric()));
    zxcvbn::zxcvbn(judged, &known).score() >= Score::Three
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::{AccessError, MAX_CONCURRENT, MAX_WAITING, Passwords, strong};

    #[tokio::test]
    async fn more_requests_than_can_wait_are_refused_immediately() {
        let passwords = Passwords::new();
        // No computation can start while the test holds all permits.
        let held = passwords.free.acquire_many(2).await.unwrap();
        let mut now = Context::from_waker(Waker::noop());
        let mut waiting: Vec<_> = (0..MAX_CONCURRENT + MAX_WAITING)
            .map(|number| Box::pin(passwords.run(move || number)))
            .collect();
        for one in &mut waiting {
            assert!(matches!(one.as_mut().poll(&mut now), Poll::Pending));
        }
        let late = passwords.run(|| ()).await;
        assert!(matches!(late, Err(AccessError::Busy)));

        // A cancelled computation frees its place.
        drop(waiting.pop());
        let mut last = Box::pin(passwords.run(|| usize::MAX));
        assert!(matches!(last.as_mut().poll(&mut now), Poll::Pending));
        drop(held);
        for (number, one) in waiting.into_iter().enumerate() {
            assert_eq!(one.await.unwrap(), number);
        }
        assert_eq!(last.await.unwrap(), usize::MAX);
    }

    #[test]
    fn a_name_in_the_password_makes_it_guessable() {
        assert!(strong("weather-Lamp-quilt-91", "alice"));
        for weak in [
            "passwordpassword",
            "alice.liddell1",
            "mailgrant2026",
            "123456789012",
        ] {
            assert!(!strong(weak, "alice.liddell@example.com"), "{weak}");
        }
        assert!(!strong(&"a".repeat(256), "alice"));
    }
}
