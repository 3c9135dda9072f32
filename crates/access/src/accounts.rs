//! Accounts: adding, changing, and removing them, and their passwords.

use domain::{
    Account, AccountId, AccountName, Actor, AuditAction, FormErrors, Principal, Role, SignedIn,
    TypedSecret,
    access::{
        AccessField, AccountChangeError, AccountWithPasswordError, ChangePasswordError,
        ChangePasswordForm, NewAccountError, NewAccountForm, NewPasswordError,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use store::{AccountChange, NewAccount};

use crate::{Access, AccessError, FormError, Link, id::account_id, password::Compared};

fn one<E: Copy>(field: AccessField, error: E) -> FormError<E> {
    FormError::Form(FormErrors::one(field, error))
}

fn done(change: &AccountChange, field: AccessField) -> Result<(), FormError<AccountChangeError>> {
    match change {
        AccountChange::Changed => Ok(()),
        AccountChange::Unknown => Err(AccessError::Unknown.into()),
        AccountChange::LastAdministrator => Err(one(field, AccountChangeError::LastAdministrator)),
    }
}

impl Access {
    /// Returns all accounts, ordered by name.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn accounts(&self) -> Result<Vec<Account>, AccessError> {
        Ok(self.store().accounts().await?)
    }

    /// Returns the account with this name, ignoring case.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn account(&self, name: &AccountName) -> Result<Option<Account>, AccessError> {
        let found = self.store().credentials(name).await?;
        Ok(found.map(|found| found.account))
    }

    /// Adds an account without a password. The holder of the returned link chooses the password.
    ///
    /// # Errors
    /// Returns an error if a field is invalid, the name is taken, or the database fails.
    pub async fn add_account(
        &self,
        form: &NewAccountForm,
        by: &Actor,
    ) -> Result<Link, FormError<NewAccountError>> {
        let (name, role) = form.parse().map_err(FormError::Form)?;
        let (link, row) = self.new_link();
        let new = NewAccount {
            id: account_id(),
            name,
            role,
            password_hash: None,
        };
        let added = self.store().add_account(&new, Some(&row), by, self.now());
        if added.await? {
            Ok(link)
        } else {
            Err(one(AccessField::Name, NewAccountError::NameTaken))
        }
    }

    /// Adds an account with a password.
    ///
    /// # Errors
    /// Returns the errors of [`Access::add_account`], or an error if the password is too weak.
    pub async fn add_account_with_password(
        &self,
        form: &NewAccountForm,
        password: &SecretString,
        by: &Actor,
    ) -> Result<(), FormError<AccountWithPasswordError>> {
        let (name, role) = form
            .parse()
            .map_err(|errors| FormError::Form(errors.map(AccountWithPasswordError::Account)))?;
        let password = TypedSecret::new(password.expose_secret());
        let hash = self
            .0
            .passwords
            .new_hash(name.as_str(), &password, &password);
        let new = NewAccount {
            id: account_id(),
            password_hash: Some(
                hash.await
                    .map_err(|error| error.map(AccountWithPasswordError::Password))?,
            ),
            name,
            role,
        };
        let added = self.store().add_account(&new, None, by, self.now());
        if added.await? {
            Ok(())
        } else {
            let error = AccountWithPasswordError::Account(NewAccountError::NameTaken);
            Err(one(AccessField::Name, error))
        }
    }

    /// Creates a link to choose a new password. The old password and all sessions of the account
    /// end immediately, and its failed attempts are cleared.
    ///
    /// # Errors
    /// Returns `Unknown` if the account does not exist, or an error if the database fails.
    pub async fn reset_password(&self, id: &AccountId, by: &Actor) -> Result<Link, AccessError> {
        let (link, row) = self.new_link();
        let reset = self
            .store()
            .reset_password(id, &row, by, self.now())
            .await?;
        reset.then_some(link).ok_or(AccessError::Unknown)
    }

    /// Sets a password without a link, for the command line. The old password and all sessions of
    /// the account end immediately, and its failed attempts are cleared.
    ///
    /// # Errors
    /// Returns `Unknown` if the account does not exist, or an error if the password is too weak or
    /// the database fails.
    pub async fn set_password(
        &self,
        id: &AccountId,
        password: &SecretString,
        by: &Actor,
    ) -> Result<(), FormError<NewPasswordError>> {
        let name = self.store().account_name(id).await?;
        let name = name.ok_or(AccessError::Unknown)?;
        let password = TypedSecret::new(password.expose_secret());
        let passwords = &self.0.passwords;
        let hash = passwords
            .new_hash(name.as_str(), &password, &password)
            .await?;
        let set = self.store().set_password(id, &hash, by, self.now()).await?;
        Ok(set.then_some(()).ok_or(AccessError::Unknown)?)
    }

    /// Changes the role of an account. This applies to open sessions as well.
    ///
    /// # Errors
    /// Returns `LastAdministrator` at `Role`, `Unknown`, or an error if the database fails.
    pub async fn set_role(
        &self,
        id: &AccountId,
        role: Role,
        by: &Actor,
    ) -> Result<(), FormError<AccountChangeError>> {
        let changed = self.store().set_role(id, role, by, self.now()).await?;
        done(&changed, AccessField::Role)
    }

    /// Removes an account with its sessions.
    ///
    /// # Errors
    /// Returns `LastAdministrator` at `Name`, `Unknown`, or an error if the database fails.
    pub async fn remove_account(
        &self,
        id: &AccountId,
        by: &Actor,
    ) -> Result<(), FormError<AccountChangeError>> {
        let removed = self.store().remove_account(id, by, self.now()).await?;
        done(&removed, AccessField::Name)
    }

    /// Changes the user's own password and ends the other sessions of the account.
    ///
    /// # Errors
    /// Returns an error if a field is invalid, there were too many failed attempts, or the database
    /// fails.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        form: &ChangePasswordForm,
        address: &str,
    ) -> Result<(), FormError<ChangePasswordError>> {
        if form.current.is_empty() {
            return Err(one(AccessField::Current, ChangePasswordError::Required));
        }
        let name = signed_in.name.as_str();
        let passwords = &self.0.passwords;
        let new = passwords
            .new_hash(name, &form.password, &form.repeated)
            .await
            .map_err(|error| error.map(ChangePasswordError::from))?;

        let counted = self.buckets(name, address).await?;
        if let Some(seconds) = self.count(&counted, Some(&signed_in.name), address).await? {
            return Err(FormError::SlowDown { seconds });
        }
        let found = self.store().credentials(&signed_in.name).await?;
        let stored = found.and_then(|found| found.password_hash);
        let compared = passwords.compare(&form.current, stored.as_ref()).await?;
        if let (Compared::Right | Compared::RightButOld, Some(stored)) = (compared, &stored) {
            let changed = self.store().change_password(
                signed_in,
                stored,
                &new,
                &counted,
                address,
                self.now(),
            );
            if changed.await? {
                return Ok(());
            }
        }
        tracing::warn!(address, account = name, "current password was wrong");
        let mut failed = self.failed(AuditAction::SignInFailed, Some(&signed_in.name), address);
        failed.actor.who = Principal::Account(signed_in.name.clone());
        self.store().record(&failed).await?;
        Err(one(
            AccessField::Current,
            ChangePasswordError::PasswordWrong,
        ))
    }
}
