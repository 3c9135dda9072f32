//! Access: accounts, roles, sessions, API keys, and the forms about them.

mod account;
mod api_key;
mod form;
mod form_error;
mod role;
mod session;

pub use account::{Account, AccountId, AccountName};
pub use api_key::{ApiKey, ApiKeyId, ApiKeyName, KeyScope};
pub use form::{
    AccessField, ChangePasswordForm, NewAccountForm, NewKey, NewKeyForm, PasswordForm, SetupForm,
    SignInForm,
};
pub use form_error::{
    AccessProblem, AccountChangeError, AccountWithPasswordError, ChangePasswordError,
    NewAccountError, NewKeyError, NewPasswordError, SetupError,
};
pub use role::Role;
pub use session::{Session, SessionId, SignedIn};
