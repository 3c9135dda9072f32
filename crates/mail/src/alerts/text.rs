//! Alerts for people.

use domain::Telling;

/// An alert in words. They are chosen where all texts are, which is not here ([`crate::MailerOptions::alert_words`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertText {
    /// What is the matter, in one line.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
    /// Facts: their names and values.
    pub facts: Vec<(&'static str, String)>,
    /// Where to look, as a path of this server.
    pub path: String,
}

impl AlertText {
    /// The codes alone, for a mailer that has no words.
    pub(crate) fn codes(telling: &Telling, data_center: &str) -> Self {
        let (event, condition) = (telling.event.code(), telling.condition.kind.code());
        Self {
            title: format!("{data_center}: {condition} {event}"),
            ..Self::default()
        }
    }
}
