//! Alerts for people.

use domain::{Telling, untrusted};

/// Longest line, and longest text: characters.
const LINE_AT_MOST: usize = 500;
const TEXT_AT_MOST: usize = 4_000;

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
    /// Makes the texts fit to be displayed elsewhere: they hold names and values that others chose.
    pub(super) fn displayable(self) -> Self {
        let facts = self.facts.into_iter();
        let facts = facts.map(|(name, value)| (name, untrusted::line(&value, TEXT_AT_MOST)));
        Self {
            title: untrusted::line(&self.title, LINE_AT_MOST),
            text: untrusted::lines(&self.text, TEXT_AT_MOST),
            facts: facts.collect(),
            path: self.path,
        }
    }

    /// The codes alone, for a mailer that has no words.
    pub(crate) fn codes(telling: &Telling, data_center: &str) -> Self {
        let (event, condition) = (telling.event.code(), telling.condition.kind.code());
        Self {
            title: format!("{data_center}: {condition} {event}"),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AlertText;

    #[test]
    fn an_alert_is_fit_to_be_displayed_elsewhere() {
        let alert = AlertText {
            title: "a\u{202e}b\nc".into(),
            text: "שלום\u{2066}\nd\u{1b}".into(),
            facts: vec![("Fact", "e\u{2069}\r\nf".into())],
            path: String::new(),
        };
        let displayed = alert.displayable();
        assert_eq!((&*displayed.title, &*displayed.text), ("ab c", "שלום\nd"));
        assert_eq!(displayed.facts, [("Fact", "e  f".to_owned())]);
    }
}
