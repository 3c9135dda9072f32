//! Accounts.

use domain::{
    Account, AccountId, AccountName, Actor, Role, SignedIn,
    access::{ChangePasswordForm, NewAccountForm},
};
use secrecy::SecretString;

use crate::{Access, AccessError, FormError, Link};

impl Access {
    /// All accounts by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&self) -> Result<Vec<Account>, AccessError> {
        todo!()
    }

    /// The account with a name, without regard to case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account(&self, name: &AccountName) -> Result<Option<Account>, AccessError> {
        let _ = name;
        todo!()
    }

    /// Adds an account. Whoever gets the link chooses its password.
    ///
    /// # Errors
    /// When a field is wrong, the name taken; when the database fails.
    pub async fn add_account(&self, form: &NewAccountForm, by: &Actor) -> Result<Link, FormError> {
        let _ = (form, by);
        todo!()
    }

    /// Adds an account with a password.
    ///
    /// # Errors
    /// As [`Access::add_account`], and when the password is too weak.
    pub async fn add_account_with_password(
        &self,
        form: &NewAccountForm,
        password: &SecretString,
        by: &Actor,
    ) -> Result<(), FormError> {
        let _ = (form, password, by);
        todo!()
    }

    /// Makes a link to choose a new password; the old one and all sessions of the account end at once, and it is no longer
    /// slowed down.
    ///
    /// # Errors
    /// `Unknown`; when the database fails.
    pub async fn reset_password(&self, id: &AccountId, by: &Actor) -> Result<Link, AccessError> {
        let _ = (id, by);
        todo!()
    }

    /// Sets a password without a link, as the command line does; the old one and all sessions of the account end at once, and
    /// it is no longer slowed down.
    ///
    /// # Errors
    /// When the password is too weak; `Unknown`; when the database fails.
    pub async fn set_password(
        &self,
        id: &AccountId,
        password: &SecretString,
        by: &Actor,
    ) -> Result<(), FormError> {
        let _ = (id, password, by);
        todo!()
    }

    /// Changes the role, also of sessions that are open.
    ///
    /// # Errors
    /// `LastAdministrator` at `Role`; `Unknown`; when the database fails.
    pub async fn set_role(&self, id: &AccountId, role: Role, by: &Actor) -> Result<(), FormError> {
        let _ = (id, role, by);
        todo!()
    }

    /// Removes an account with its sessions.
    ///
    /// # Errors
    /// `LastAdministrator` at `Name`; `Unknown`; when the database fails.
    pub async fn remove_account(&self, id: &AccountId, by: &Actor) -> Result<(), FormError> {
        let _ = (id, by);
        todo!()
    }

    /// Changes the own password and ends the other sessions of the account.
    ///
    /// # Errors
    /// When a field is wrong, or there were too many wrong attempts; when the database fails.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        form: &ChangePasswordForm,
        address: &str,
    ) -> Result<(), FormError> {
        let _ = (signed_in, form, address);
        todo!()
    }
}
