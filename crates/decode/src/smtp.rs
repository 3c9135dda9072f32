//! Replies of SMTP servers.
//!
//! There is one table per topic. The tables are searched in the order of [`smtp_reply`], and the
//! first row that matches counts. The comment of a row names its source.

mod account;
mod content;
mod domain_policy;
mod envelope;
mod mailbox;
mod recipient;
mod reputation;
mod row;
mod server;
mod sign_in;
mod status;
#[cfg(test)]
mod tests;
mod words;

use domain::{FindingCode, StepKind};

use self::row::{Reply, Said, normalized};

/// Returns the finding about a rejection by an SMTP server. `with_token` is true if AUTH sent a
/// token, and false if it sent a password.
pub fn smtp_reply(step: StepKind, with_token: bool, code: u16, text: &str) -> FindingCode {
    if !(400..600).contains(&code) {
        return FindingCode::NotSmtp;
    }
    let (enhanced, text) = normalized(text);
    let said = Said {
        step,
        with_token,
        code,
        enhanced: &enhanced,
        text: &text,
    };
    let mut rows = tables(step).into_iter().flatten();
    match rows.find(|row| row.matches(&said)) {
        Some(row) => row.finding,
        None if code < 500 => FindingCode::Temporary,
        None => FindingCode::Refused,
    }
}

/// Returns the tables in the order in which they are searched. Words such as "exceeded" and
/// "blocked" have different meanings, so tables with more specific texts come first.
fn tables(step: StepKind) -> [&'static [Reply]; 18] {
    // Before the first recipient, "user unknown" is about another user.
    let has_recipient = matches!(step, StepKind::RcptTo | StepKind::Data | StepKind::Message);
    let of_recipient = |rows| if has_recipient { rows } else { &[][..] };
    [
        sign_in::ROWS,
        mailbox::RATE,
        account::ROWS,
        server::CONNECTIONS,
        server::GREYLISTING,
        content::SIZE,
        content::FORM,
        reputation::CLIENT,
        domain_policy::ROWS,
        envelope::ROWS,
        reputation::ROWS,
        of_recipient(mailbox::ROWS),
        of_recipient(recipient::ROWS),
        envelope::UNAUTHENTICATED,
        content::ROWS,
        server::ROWS,
        words::ROWS,
        status::ROWS,
    ]
}
