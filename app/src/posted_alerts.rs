//! What became of a form of the page about alerts.

use domain::{
    FormErrors, TellingFailure,
    alert::{AlertField, AlertFormProblem},
};

/// Which form was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertsForm {
    /// `do=save_alerts`
    Settings,
    /// `do=add_route`
    AddRoute,
    /// `do=change_route`, `do=remove_route`, `do=test_route`
    Route,
    /// `do=save_mail_hook`, `do=remove_mail_hook`
    MailHook,
}

/// What became of a form.
#[derive(Clone, Debug)]
pub struct AlertsPosted {
    /// Which form.
    pub form: AlertsForm,
    /// The id of the route or the data center it was about, else empty.
    pub about: String,
    /// What was typed, secrets left out: names of inputs with their values.
    pub typed: Vec<(String, String)>,
    /// What is wrong with it.
    pub errors: FormErrors<AlertField>,
    /// Another reason why it was refused.
    pub problem: Option<AlertFormProblem>,
    /// What came of a test alert.
    pub tested: Option<Result<(), TellingFailure>>,
}

impl AlertsPosted {
    /// A form that was posted; nothing is wrong with it yet.
    pub fn new(form: AlertsForm) -> Self {
        Self {
            form,
            about: String::new(),
            typed: Vec::new(),
            errors: FormErrors::default(),
            problem: None,
            tested: None,
        }
    }

    /// What was typed into an input; empty when nothing was.
    pub fn typed(&self, name: &str) -> &str {
        let typed = self.typed.iter().find(|(known, _)| known == name);
        typed.map_or("", |(_, value)| value)
    }
}
