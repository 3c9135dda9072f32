//! The identifier that a provider gives a message.
//!
//! Some providers replace the Message-ID, and their reports contain the new one. They write it, or
//! its local part, or their queue's identifier into the reply that accepts the message.

use domain::untrusted::is_displayable;

/// Minimum length of an identifier. Shorter ones may be ordinary words.
const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 500;

/// Returns the identifier in the reply that accepted a message, such as `250 Ok 0102-…` (Amazon
/// SES), `250 2.0.0 Ok: queued as 4F2A3B1C2D` (Postfix), or `250 2.6.0 <id@host> Queued`
/// (Exchange).
pub fn provider_id(reply: &str) -> Option<String> {
    let words = reply.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']'));
    let words = words.map(|word| word.trim_matches(['(', ')', ',', ';', ':', '.', '"']));
    let words = words.map(|word| word.strip_prefix("id=").unwrap_or(word));
    words.filter(|word| is_id(word)).map(normal).next()
}

/// Returns true for a word that may identify a message at its provider. Numbers do not, because
/// they may be times.
fn is_id(word: &str) -> bool {
    let good = |c: char| is_displayable(c) && (c.is_ascii_alphanumeric() || "-_.+=@$/".contains(c));
    (MIN_LENGTH..MAX_LENGTH).contains(&word.len())
        && word.chars().all(good)
        && word.contains(|c: char| c.is_ascii_digit())
        && word.contains(|c: char| c.is_ascii_alphabetic())
        && !is_host(word)
}

/// Returns true for a host name. Its last label has letters only, and it has no `@`.
fn is_host(word: &str) -> bool {
    let last = word.rsplit_once('.').map(|(_, last)| last);
    !word.contains('@')
        && last.is_some_and(|last| last.chars().all(|c| c.is_ascii_alphabetic()) && last.len() > 1)
}

fn normal(word: &str) -> String {
    word.trim_matches(['<', '>']).to_owned()
}

/// Returns the identifiers of a message that a report names by this Message-ID or queue identifier.
pub(super) fn named_by(id: &str) -> impl Iterator<Item = String> {
    let id = normal(id.trim());
    let local = id.split_once('@').map(|(local, _)| local.to_owned());
    let all = [Some(id), local].into_iter().flatten();
    all.filter(|id| is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_identifier_in_replies_of_providers() {
        for (reply, id) in [
            (
                "250 Ok 0102019aaaaa-1111-2222-3333-444444444444-000000",
                Some("0102019aaaaa-1111-2222-3333-444444444444-000000"),
            ),
            ("250 2.0.0 Ok: queued as 4F2A3B1C2D", Some("4F2A3B1C2D")),
            (
                "250 2.0.0 OK <AM0PR01MB0001@AM0PR01MB0001.eurprd01.prod.exchangelabs.com> [Hostname=x]",
                Some("AM0PR01MB0001@AM0PR01MB0001.eurprd01.prod.exchangelabs.com"),
            ),
            (
                "250 2.6.0 <1@example.com> [InternalId=1, Hostname=a.example.com] Queued mail for delivery",
                Some("1@example.com"),
            ),
            (
                "250 2.0.0 OK  1733798977 5b1f17b1804b1-434d-52f5eadsi312.12 - gsmtp",
                Some("5b1f17b1804b1-434d-52f5eadsi312.12"),
            ),
            ("250 OK id=1tKvHb-0001aB-2C", Some("1tKvHb-0001aB-2C")),
            (
                "250 2.0.0 4BA2nJ0m012345 Message accepted for delivery",
                Some("4BA2nJ0m012345"),
            ),
            ("250 2.0.0 Ok: queued on mx1.example.com", None),
            ("250 2.0.0 OK", None),
            ("250 Great success 20241210", None),
            ("", None),
        ] {
            assert_eq!(provider_id(reply).as_deref(), id, "{reply}");
        }
    }

    #[test]
    fn an_identifier_is_named_whole_or_by_its_local_part() {
        let named: Vec<_> = named_by("<0102019a-1111@eu-west-1.amazonses.com>").collect();
        assert_eq!(
            named,
            ["0102019a-1111@eu-west-1.amazonses.com", "0102019a-1111"]
        );
        assert_eq!(named_by("<1@a>").count(), 0);
    }
}
