//! Replies of SMTP servers.
//!
//! There is one table of phrases per topic. The tables are searched in the order of [`phrases`], and
//! the first row that matches counts. The comment of a row names its source. A reply that no phrase
//! explains is looked at word by word ([`kinds`]), and at last by its codes.

mod account;
mod content;
mod domain_policy;
mod envelope;
mod kinds;
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
    let of = |tables: &[&'static [Reply]]| {
        let mut rows = tables.iter().copied().flatten();
        rows.find(|row| row.matches(&said)).map(|row| row.finding)
    };
    let fallback = if code < 500 {
        FindingCode::Temporary
    } else {
        FindingCode::Refused
    };
    of(&phrases(step))
        .or_else(|| kinds::finding(&said))
        .or_else(|| of(&[words::ROWS, status::ROWS]))
        .unwrap_or(fallback)
}

/// Returns the tables of phrases in the order in which they are searched. Words such as "exceeded"
/// and "blocked" have different meanings, so tables with more specific texts come first.
fn phrases(step: StepKind) -> [&'static [Reply]; 16] {
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
    ]
}
