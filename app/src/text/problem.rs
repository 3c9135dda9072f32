//! Why a form about access was refused, when it is not one of its fields.

use super::api_error;
use crate::{
    error::ApiError,
    posted::{PostedForm, Problem},
};

/// What is the matter, and what to do.
pub fn problem(problem: Problem, form: PostedForm) -> (&'static str, String) {
    match problem {
        Problem::Wrong => (
            "The user name or the password is wrong.",
            "Type both again. Capital and small letters differ in the password.".to_owned(),
        ),
        Problem::SlowDown { seconds } => (
            "Too many wrong attempts.",
            format!("Wait {}, then try again.", duration(seconds)),
        ),
        Problem::Link => ("This link is not good any more.", link(form).to_owned()),
        Problem::Gone => (
            "It is gone already.",
            "Somebody else may have ended or removed it. This page shows how things are now."
                .to_owned(),
        ),
        Problem::Unavailable => {
            let words = api_error(&ApiError::Unavailable);
            (words.cause, words.fix.to_owned())
        }
    }
}

fn link(form: PostedForm) -> &'static str {
    match form {
        PostedForm::Setup => "Start the server again: it prints a new one.",
        _ => "Each link is good once. Ask an administrator for a new one.",
    }
}

/// A time to wait in words: whole minutes once it takes more than two.
fn duration(seconds: i64) -> String {
    match seconds.max(1) {
        1 => "1 second".to_owned(),
        seconds @ ..=120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", (seconds + 59) / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn waiting_is_told_in_seconds_and_then_in_minutes() {
        for (seconds, text) in [
            (0, "1 second"),
            (1, "1 second"),
            (64, "64 seconds"),
            (121, "3 minutes"),
            (900, "15 minutes"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
