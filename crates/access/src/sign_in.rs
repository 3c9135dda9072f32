//! Sign-in and sign-out.

use domain::{AccountName, Actor, AuditAction, Principal, SignedIn, access::SignInForm};
use store::{Bucket, SignIn};

use crate::{Access, AccessError, NewSession, SignInError, Visitor, password::Compared};

impl Access {
    /// Signs in. Ends the browser's current session and starts one with a new token. The error and
    /// its time do not reveal whether the account exists.
    ///
    /// # Errors
    /// Returns `Wrong`, `SlowDown`, or an error if the database fails.
    pub async fn sign_in(
        &self,
        form: &SignInForm,
        visitor: &Visitor,
    ) -> Result<NewSession, SignInError> {
        let credentials = match AccountName::parse(&form.name) {
            Ok(name) => self.store().credentials(&name).await?,
            Err(_) => None,
        };
        let account = credentials.as_ref().map(|found| &found.account);
        let stored = credentials
            .as_ref()
            .and_then(|found| found.password_hash.as_ref());
        let device = match (account, stored, &visitor.device) {
            (Some(account), Some(hash), Some(device)) => self.device_of(&account.id, hash, device),
            _ => None,
        };
        let counted = match &device {
            Some(device) => vec![Bucket::device(device)],
            None => self.buckets(&form.name, &visitor.address).await?,
        };
        let name = account.map(|account| &account.name);
        if let Some(seconds) = self.count(&counted, name, &visitor.address).await? {
            return Err(SignInError::SlowDown { seconds });
        }

        let passwords = &self.0.passwords;
        let compared = passwords.compare(&form.password, stored).await?;
        let rehashed = match compared {
            Compared::Wrong | Compared::Right => None,
            Compared::RightButOld => Some(passwords.rehash(&form.password).await?),
        };
        if let (Compared::Right | Compared::RightButOld, Some(account), Some(verified)) =
            (compared, account, stored)
        {
            let session = self.prepare_session(visitor, device);
            let sign_in = SignIn {
                account: &account.id,
                verified,
                rehashed: rehashed.as_ref(),
                counted: &counted,
            };
            if let Some(signed_in) = self.store().sign_in(sign_in, &session.row).await? {
                let password = rehashed.as_ref().unwrap_or(verified);
                return Ok(session.complete(self, signed_in, password));
            }
        }
        tracing::warn!(address = visitor.address, "sign-in failed");
        let failed = self.failed(AuditAction::SignInFailed, name, &visitor.address);
        self.record_refusal(failed).await?;
        Err(SignInError::Wrong)
    }

    /// Ends the session.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn sign_out(&self, signed_in: &SignedIn, address: &str) -> Result<(), AccessError> {
        let by = Actor {
            who: Principal::Account(signed_in.name.clone()),
            address: address.into(),
        };
        let (id, of, now) = (&signed_in.session, &signed_in.account, self.now());
        self.store()
            .end_session(id, Some(of), AuditAction::SignedOut, &by, now)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use domain::{
        Actor, TypedSecret,
        access::{NewAccountForm, SignInForm},
    };
    use store::{KeySource, Store};

    use crate::{Access, AccessOptions, SignInError, Visitor};

    #[tokio::test]
    async fn each_attempt_costs_one_comparison_whether_the_account_exists() {
        let key = KeySource::Value("01".repeat(32).into());
        let store = Store::open("sqlite::memory:", key).await.unwrap();
        let access = Access::new(store, AccessOptions::default());
        let by = Actor::command_line();
        let form = |name: &str| NewAccountForm {
            name: name.into(),
            role: "viewer".into(),
        };
        let password = "weather-Lamp-quilt-91".into();
        let alice = form("alice");
        let added = access.add_account_with_password(&alice, &password, &by);
        added.await.unwrap();
        access.add_account(&form("bob"), &by).await.unwrap();

        for (number, name) in ["alice", "bob", "nobody", "not a name", ""]
            .iter()
            .enumerate()
        {
            let typed = SignInForm {
                name: (*name).into(),
                password: TypedSecret::new("wrong"),
                next: String::new(),
            };
            let refused = access.sign_in(&typed, &Visitor::default()).await;
            assert!(matches!(refused, Err(SignInError::Wrong)), "{name}");
            let compared = access.0.passwords.compared.load(Ordering::Relaxed);
            assert_eq!(compared, number + 1, "{name}");
        }
    }
}
