//! What became of a form of the pages about access. The server answers such a form with the page it stands on, or
//! leads on when there is nothing to tell; so nothing that was typed, and no secret, ever stands in a URL.

use domain::{
    FormErrors, SendingField, SendingForm, UnixTime,
    access::{AccessField, AccessProblem},
};

use crate::error::ApiError;

/// Which form was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostedForm {
    /// `/login`
    SignIn,
    /// `/setup`
    Setup,
    /// `/password`
    Password,
    /// `/account`: `do=change_password`
    ChangePassword,
    /// `/account` and `/access`: `do=end_session`, `do=end_other_sessions`
    Sessions,
    /// `/access`: `do=add_account`
    AddAccount,
    /// `/access`: `do=set_role`, `do=reset_password`, `do=remove_account`
    Account,
    /// `/access`: `do=make_key`
    MakeKey,
    /// `/access`: `do=end_key`
    Keys,
}

/// Something secret that is shown this once.
#[derive(Clone)]
pub enum Made {
    /// A link to choose a password.
    Link {
        /// Whose password.
        account: String,
        /// The absolute URL.
        url: String,
        /// When it ends by itself.
        expires_at: Option<UnixTime>,
    },
    /// An API key.
    Key {
        /// What it is for.
        name: String,
        /// The key.
        key: String,
    },
}

/// What became of a form.
#[derive(Clone)]
pub struct Posted {
    /// Which form.
    pub form: PostedForm,
    /// The id of what it was about (account, session, key), else empty.
    pub about: String,
    /// What was typed, secrets left out: names of inputs with their values.
    pub typed: Vec<(&'static str, String)>,
    /// What is wrong with it.
    pub errors: FormErrors<AccessField>,
    /// Another reason why it was refused.
    pub problem: Option<AccessProblem>,
    /// What it has made.
    pub made: Option<Made>,
}

impl Posted {
    /// A form that was posted; nothing is wrong with it yet.
    pub fn new(form: PostedForm) -> Self {
        Self {
            form,
            about: String::new(),
            typed: Vec::new(),
            errors: FormErrors::default(),
            problem: None,
            made: None,
        }
    }

    /// What was typed into an input.
    pub fn typed(&self, name: &str) -> &str {
        self.typed
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }
}

/// What became of the form about the sending of a data center.
#[derive(Clone, Debug)]
pub struct SendingPosted {
    /// What was typed.
    pub form: SendingForm,
    /// Why it was refused.
    pub refused: SendingRefusal,
}

/// Why the form about the sending of a data center was refused.
#[derive(Clone, Debug)]
pub enum SendingRefusal {
    /// Fields are wrong.
    Fields(FormErrors<SendingField>),
    /// Somebody else has saved since the form was opened.
    Conflict {
        /// The version that is saved now.
        version: i64,
    },
    /// Another failure.
    Other(ApiError),
}
