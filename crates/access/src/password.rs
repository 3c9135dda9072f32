//! Passwords: how strong a new one has to be, hashing and comparing.

use std::sync::Arc;

use ambient::random;
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use domain::{FieldError, FormErrors, TypedSecret, access::AccessField};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::Score;

use crate::{AccessError, FormError};

/// Characters a password has at least.
const SHORTEST: usize = 12;
/// Characters a password has at most.
const LONGEST: usize = 256;
/// Characters that are judged: `zxcvbn` gets slow with the length.
const JUDGED: usize = 100;
/// Passwords worked on at once: each takes 19 MiB and a processor.
const AT_ONCE: usize = 2;

/// Argon2id with 19 MiB and two passes, as OWASP's Password Storage Cheat Sheet asks for.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and compares, a few at once, away from the threads that serve requests.
#[derive(Debug)]
pub(crate) struct Passwords {
    free: Arc<Semaphore>,
    #[cfg(test)]
    pub(crate) compared: std::sync::atomic::AtomicUsize,
}

/// What came of comparing a password.
pub(crate) enum Compared {
    /// It is another one.
    Wrong,
    /// It is the right one.
    Right,
    /// It is the right one, and its hash is not what would be made of it today.
    RightButOld,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            free: Arc::new(Semaphore::new(AT_ONCE)),
            #[cfg(test)]
            compared: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccessError> {
        let free = Arc::clone(&self.free);
        let permit = free
            .acquire_owned()
            .await
            .map_err(|_| AccessError::Stopped)?;
        let worked = tokio::task::spawn_blocking(move || {
            // Here, so that it is held also when nobody waits for the answer any more.
            let _permit = permit;
            work()
        });
        worked.await.map_err(|_| AccessError::Stopped)
    }

    /// The hash of a new password of the account `name`.
    pub(crate) async fn new_hash(
        &self,
        name: &str,
        password: &TypedSecret,
        repeated: &TypedSecret,
    ) -> Result<SecretString, FormError> {
        let mut errors = FormErrors::default();
        let length = password.expose().chars().count();
        if length == 0 {
            errors.add(AccessField::Password, FieldError::Required);
        } else if length < SHORTEST {
            errors.add(AccessField::Password, FieldError::PasswordTooShort);
        } else if length > LONGEST {
            errors.add(AccessField::Password, FieldError::TooLong);
        }
        if repeated.is_empty() {
            errors.add(AccessField::Repeated, FieldError::Required);
        } else if password != repeated {
            errors.add(AccessField::Repeated, FieldError::PasswordsDiffer);
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
                FieldError::PasswordGuessable,
            ))),
        }
    }

    /// The hash of a password that was right.
    pub(crate) async fn rehash(&self, password: &TypedSecret) -> Result<SecretString, AccessError> {
        let password = SecretString::from(password.expose());
        self.run(move || hash(password.expose_secret())).await?
    }

    /// Compares a password with a hash, or with none in the same time.
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
        let stored = stored.cloned().unwrap_or_else(nobodys);
        let compared = self.run(move || compare(password.expose_secret(), stored.expose_secret()));
        let compared = compared.await??;
        Ok(if exists { compared } else { Compared::Wrong })
    }
}

fn argon2() -> Result<Argon2<'static>, AccessError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| AccessError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<SecretString, AccessError> {
    // 16 bytes; base64 without padding of that length is the same in both alphabets but for two characters.
    let salt = random::token::<16>().replace('-', "+").replace('_', "/");
    let salt = SaltString::from_b64(&salt).map_err(|_| AccessError::Hash)?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|_| AccessError::Hash)?.to_string().into())
}

/// A hash that no password has: random, though well-formed.
fn nobodys() -> SecretString {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${hash}").into()
}

fn compare(password: &str, stored: &str) -> Result<Compared, AccessError> {
    let stored = PasswordHash::new(stored).map_err(|_| AccessError::Hash)?;
    let argon2 = argon2()?;
    match argon2.verify_password(password.as_bytes(), &stored) {
        Ok(()) => {}
        Err(argon2::password_hash::Error::Password) => return Ok(Compared::Wrong),
        Err(_) => return Err(AccessError::Hash),
    }
    let today = stored.algorithm == argon2::ARGON2ID_IDENT
        && stored.version == Some(Version::V0x13.into())
        && Params::try_from(&stored).is_ok_and(|params| {
            params.m_cost() == MEMORY && params.t_cost() == PASSES && params.p_cost() == LANES
        });
    Ok(if today {
        Compared::Right
    } else {
        Compared::RightButOld
    })
}

/// Whether a password is not guessed soon, also by somebody who knows whose it is.
fn strong(password: &str, name: &str) -> bool {
    let end = password.char_indices().nth(JUDGED);
    let judged = end.map_or(password, |(end, _)| &password[..end]);
    let local = name.split('@').next().unwrap_or(name);
    let mut known = vec![name, local, "mailgrant"];
    known.extend(name.split(|c: char| !c.is_alphanumeric()));
    zxcvbn::zxcvbn(judged, &known).score() >= Score::Three
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_with_the_parameters_of_today_and_its_own_salt() {
        let (one, other) = (hash("a password").unwrap(), hash("a password").unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        let start = "$argon2id$v=19$m=19456,t=2,p=1$";
        assert!(one.expose_secret().starts_with(start));
        let compared = |password| compare(password, one.expose_secret()).unwrap();
        assert!(matches!(compared("a password"), Compared::Right));
        assert!(matches!(compared("a password "), Compared::Wrong));
    }

    #[test]
    fn a_hash_with_older_parameters_is_compared_and_known_as_old() {
        let params = Params::new(8_192, 1, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = SaltString::from_b64("c29tZXNhbHRzb21lc2FsdA").unwrap();
        let old = old.hash_password(b"a password", &salt).unwrap().to_string();
        let compared = |password| compare(password, &old).unwrap();
        assert!(matches!(compared("a password"), Compared::RightButOld));
        assert!(matches!(compared("another"), Compared::Wrong));
    }

    #[test]
    fn nobodys_hash_is_compared_like_any_other() {
        let stored = nobodys();
        let compared = compare("a password", stored.expose_secret()).unwrap();
        assert!(matches!(compared, Compared::Wrong));
        let hash = PasswordHash::new(stored.expose_secret()).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost()), (MEMORY, PASSES));
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
