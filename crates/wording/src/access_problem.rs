//! Refusals of forms about access that belong to none of their fields.

use domain::access::AccessProblem;

use crate::request_problem::UNAVAILABLE;

const LINK_ENDED: &str = "This link is no longer valid.";

/// Returns the cause of a refusal and its fix.
pub fn access_problem(problem: AccessProblem) -> (&'static str, String) {
    match problem {
        AccessProblem::Wrong => (
            "The user name or the password is wrong.",
            "Enter both again. The password is case-sensitive.".to_owned(),
        ),
        AccessProblem::SlowDown { seconds } => (
            "Too many failed attempts.",
            format!("Wait {}, then try again.", duration(seconds)),
        ),
        AccessProblem::SetupLink => (
            LINK_ENDED,
            "Restart the server. It prints a new link.".to_owned(),
        ),
        AccessProblem::PasswordLink => (
            LINK_ENDED,
            "Each link works once. Ask an administrator for a new one.".to_owned(),
        ),
        AccessProblem::Gone => (
            "This item no longer exists.",
            "Another administrator may have removed it. This page shows the current state."
                .to_owned(),
        ),
        AccessProblem::Unavailable => (UNAVAILABLE.cause, UNAVAILABLE.fix.to_owned()),
    }
}

/// Returns a time to wait: whole minutes once it takes more than two.
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
    fn waiting_times_are_in_seconds_and_then_in_minutes() {
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
