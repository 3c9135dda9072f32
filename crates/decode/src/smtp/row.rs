//! Rows of the tables, and the text that they are compared with.

use domain::{FindingCode, StepKind};

/// Known reply. Empty parts match everything.
pub(super) struct Reply {
    codes: &'static [u16],
    /// Enhanced status code (RFC 3463), or the end of one that begins with `.`, which matches both
    /// classes.
    enhanced: &'static str,
    /// Texts that the reply must contain in this order, in lower case, separated by `*`.
    contains: &'static str,
    steps: &'static [StepKind],
    /// True for a token, false for a password, `None` if either matches.
    with_token: Option<bool>,
    pub(super) finding: FindingCode,
}

/// Returns a row for a reply with one of these codes, this enhanced code, and this text.
pub(super) const fn reply(
    codes: &'static [u16],
    enhanced: &'static str,
    contains: &'static str,
    finding: FindingCode,
) -> Reply {
    Reply {
        codes,
        enhanced,
        contains,
        steps: &[],
        with_token: None,
        finding,
    }
}

/// Returns a row for a reply with this text.
pub(super) const fn text(contains: &'static str, finding: FindingCode) -> Reply {
    reply(&[], "", contains, finding)
}

impl Reply {
    pub(super) const fn at(self, steps: &'static [StepKind]) -> Self {
        Self { steps, ..self }
    }

    /// Limits the reply to AUTH with a token.
    pub(super) const fn for_token(self) -> Self {
        Self {
            steps: &[StepKind::Authenticate],
            with_token: Some(true),
            ..self
        }
    }

    pub(super) fn matches(&self, said: &Said) -> bool {
        (self.codes.is_empty() || self.codes.contains(&said.code))
            && (self.enhanced.is_empty() || is_enhanced(said.enhanced, self.enhanced))
            && (self.steps.is_empty() || self.steps.contains(&said.step))
            && self.with_token.is_none_or(|one| one == said.with_token)
            && contains(said.text, self.contains)
    }

    /// Returns the text of the row, for the tests of the tables.
    #[cfg(test)]
    pub(super) fn pattern(&self) -> &'static str {
        self.contains
    }
}

/// A reply as it is compared with the rows.
pub(super) struct Said<'a> {
    pub(super) step: StepKind,
    pub(super) with_token: bool,
    pub(super) code: u16,
    pub(super) enhanced: &'a str,
    pub(super) text: &'a str,
}

fn is_enhanced(said: &str, row: &str) -> bool {
    match row.strip_prefix('.') {
        Some(end) => said.get(2..) == Some(end),
        None => said == row,
    }
}

/// Returns true if `text` contains the parts of `pattern` in this order.
fn contains(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    pattern.split('*').all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// Returns the enhanced status code of a reply, or `""`, and its text: in lower case, in one line,
/// without the codes at the start of each line, and with single spaces.
pub(super) fn normalized(reply: &str) -> (String, String) {
    let lower = reply.to_lowercase();
    let mut enhanced = "";
    let mut words = Vec::new();
    for line in lower.lines() {
        let has_code = line
            .get(..3)
            .is_some_and(|code| code.parse::<u16>().is_ok());
        let ends = line
            .get(3..4)
            .is_none_or(|next| next.trim_matches(['-', '#']).trim().is_empty());
        let rest = if has_code && ends {
            line.get(4..)
        } else {
            Some(line)
        };
        let mut rest = rest.unwrap_or_default().split_whitespace().peekable();
        if let Some(code) = rest.next_if(|word| is_code(bare(word))) {
            enhanced = if enhanced.is_empty() {
                bare(code)
            } else {
                enhanced
            };
        }
        words.extend(rest);
    }
    if enhanced.is_empty() {
        // Some servers write it after their name, or at the end as `(#5.1.1)`.
        let own = words.iter().map(|word| bare(word));
        enhanced = own
            .into_iter()
            .find(|word| is_code(word))
            .unwrap_or_default();
    }
    (enhanced.to_owned(), words.join(" "))
}

/// Returns a word without the punctuation around an enhanced status code.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_ascii_digit())
}

/// Returns true for `5.7.139`.
fn is_code(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = matches!(parts.next(), Some("2" | "4" | "5"));
    let mut is_number = || {
        parts.next().is_some_and(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    class && is_number() && is_number() && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_compared_without_its_codes_and_line_ends() {
        for (reply, enhanced, text) in [
            ("535 5.7.139 No", "5.7.139", "no"),
            ("535-5.7.8 a\r\n535 5.7.8  B", "5.7.8", "a b"),
            ("550-a\n550 b", "", "a b"),
            ("550", "", ""),
            ("550 #5.1.0 Address rejected.", "5.1.0", "address rejected."),
            (
                "550 sorry, no mailbox (#5.1.1)",
                "5.1.1",
                "sorry, no mailbox (#5.1.1)",
            ),
            (
                "554 mx.example [192.0.2.1] 5.7.1 no",
                "5.7.1",
                "mx.example [192.0.2.1] 5.7.1 no",
            ),
            ("550 5.7.1.1 no", "", "5.7.1.1 no"),
            ("550 version 10.1.1", "", "version 10.1.1"),
            ("no code at all", "", "no code at all"),
        ] {
            let expected = (enhanced.to_owned(), text.to_owned());
            assert_eq!(normalized(reply), expected, "{reply}");
        }
    }

    #[test]
    fn a_pattern_matches_its_parts_in_order() {
        assert!(contains("your mailbox is now full", "mailbox*full"));
        assert!(contains("anything", ""));
        assert!(!contains("full of mailbox", "mailbox*full"));
    }
}
