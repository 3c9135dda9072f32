//! Password hashes: Argon2id (RFC 9106) as PHC strings.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use clock::random;
use secrecy::SecretString;

use crate::AccessError;

/// Memory in KiB. Argon2id with 19 MiB and two passes is the recommendation of OWASP's Password
/// Storage Cheat Sheet.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Result of the comparison of a password.
pub(crate) enum Compared {
    /// The password is wrong.
    Wrong,
    /// The password is correct.
    Right,
    /// The password is correct, but its hash has outdated parameters.
    RightButOld,
}

fn argon2() -> Result<Argon2<'static>, AccessError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| AccessError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

pub(super) fn hash(password: &str) -> Result<SecretString, AccessError> {
    // A salt of 16 bytes, converted from base64url to standard base64. Without padding, they differ
    // in two characters only.
    let salt = random::token::<16>().replace('-', "+").replace('_', "/");
    let salt = SaltString::from_b64(&salt).map_err(|_| AccessError::Hash)?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|_| AccessError::Hash)?.to_string().into())
}

/// Returns a well-formed hash that matches no password.
pub(super) fn dummy_hash() -> SecretString {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${hash}").into()
}

pub(super) fn compare(password: &str, stored: &str) -> Result<Compared, AccessError> {
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

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

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
    fn the_hash_of_a_missing_account_is_compared_like_any_other() {
        let stored = dummy_hash();
        let compared = compare("a password", stored.expose_secret()).unwrap();
        assert!(matches!(compared, Compared::Wrong));
        let hash = PasswordHash::new(stored.expose_secret()).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost()), (MEMORY, PASSES));
    }
}
