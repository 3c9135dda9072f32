//! Counting of failed attempts to sign in.

use std::net::IpAddr;

use domain::{AccountName, Actor, AuditAction, AuditRecord};
use store::{Bucket, Counted};

use crate::{Access, AccessError};

/// Returns the network that counts as one client: a single IPv4 address, or an IPv6 subscriber's
/// /64 (RFC 6177 §2).
fn network(address: &str) -> String {
    match address
        .parse::<IpAddr>()
        .map(|address| address.to_canonical())
    {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Ok(address) => address.to_string(),
        Err(_) => "unknown".into(),
    }
}

impl Access {
    /// Returns the buckets of an attempt: the name and the address.
    pub(crate) async fn buckets(
        &self,
        typed: &str,
        address: &str,
    ) -> Result<Vec<Bucket>, AccessError> {
        let name = self.store().name_bucket(typed).await?;
        Ok(vec![name, address_bucket(address)])
    }

    /// Returns the buckets of a failed attempt to sign in as a sender. They are separate from those
    /// of users, so that a device with a wrong password does not slow down a sign-in on the page.
    pub(crate) async fn sender_buckets(
        &self,
        user: &str,
        address: &str,
    ) -> Result<Vec<Bucket>, AccessError> {
        let name = self.store().name_bucket(&format!("smtp {user}")).await?;
        let address = Bucket::address(&format!("smtp {}", network(address)));
        Ok(vec![name, address])
    }

    /// Counts an attempt. Returns the seconds to wait if it is too early. The audit only records
    /// the typed name if an account has it, because users may type a password by mistake.
    pub(crate) async fn count(
        &self,
        buckets: &[Bucket],
        account: Option<&AccountName>,
        address: &str,
    ) -> Result<Option<i64>, AccessError> {
        let slowed = self.failed(AuditAction::SignInSlowed, account, address);
        match self.store().count_attempt(buckets, &slowed).await? {
            Counted::Open => Ok(None),
            Counted::Wait { seconds, first } => {
                if first {
                    tracing::warn!(address, seconds, "sign-in delayed after failures");
                }
                Ok(Some(seconds))
            }
        }
    }

    /// Returns the audit record of a failed attempt.
    pub(crate) fn failed(
        &self,
        action: AuditAction,
        account: Option<&AccountName>,
        address: &str,
    ) -> AuditRecord {
        AuditRecord {
            at: self.now(),
            actor: Actor::anonymous(address),
            action,
            subject: account.map(AccountName::to_string).unwrap_or_default(),
            changes: Vec::new(),
        }
    }
}

pub(crate) fn address_bucket(address: &str) -> Bucket {
    Bucket::address(&network(address))
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::2"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
