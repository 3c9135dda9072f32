//! The identifiers that a provider gives a message.
//!
//! Some providers replace the Message-ID, and their reports contain the new one. They write it, or
//! its local part, or their queue's identifier into the reply that accepts the message.

use domain::untrusted::is_displayable;

/// Minimum length of an identifier. Shorter ones may be ordinary words.
const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 500;
/// Identifiers of one reply that are returned.
const MAX_IDS: usize = 4;

/// Returns the identifiers in the reply that accepted a message, such as `250 Ok 0102-…` (Amazon SES),
/// `250 2.0.0 Ok: queued as 4F2A3B1C2D` (Postfix), or `250 2.6.0 <id@host> Queued` (Exchange). Some
/// replies contain several, such as those of a thread and of the message (Mimecast).
pub fn provider_ids(reply: &str) -> impl Iterator<Item = String> {
    let words = reply.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']'));
    let words = words.map(|word| word.trim_matches(['(', ')', ',', ';', ':', '.', '"']));
    let words = words.map(|word| word.strip_prefix("id=").unwrap_or(word));
    let ids = words.filter(|word| is_id(word) && !is_named_value(word));
    ids.map(normal).take(MAX_IDS)
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

/// Returns true for a value with its name, such as `InternalId=1`.
fn is_named_value(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic());
    !word.contains('@') && name.is_some_and(is_name)
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
    fn finds_the_identifiers_in_replies_of_providers() {
        for (reply, ids) in [
            (
                "250 Ok 0102019aaaaa-1111-2222-3333-444444444444-000000",
                &["0102019aaaaa-1111-2222-3333-444444444444-000000"][..],
            ),
            ("250 2.0.0 Ok: queued as 4F2A3B1C2D", &["4F2A3B1C2D"]),
            (
                "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4F2A3B1C2D",
                &["4F2A3B1C2D"],
            ),
            (
                "250 2.0.0 OK <AM0PR01MB0001@AM0PR01MB0001.eurprd01.prod.exchangelabs.com> [Hostname=x]",
                &["AM0PR01MB0001@AM0PR01MB0001.eurprd01.prod.exchangelabs.com"],
            ),
            (
                "250 2.6.0 <1@example.com> [InternalId=12345678, Hostname=a.example.com] Queued mail for delivery",
                &["1@example.com"],
            ),
            (
                "250 2.0.0 OK  1733798977 5b1f17b1804b1-434d-52f5eadsi312.12 - gsmtp",
                &["5b1f17b1804b1-434d-52f5eadsi312.12"],
            ),
            ("250 OK id=1tKvHb-0001aB-2C", &["1tKvHb-0001aB-2C"]),
            (
                "250 SmtpThread-3434-1733798977@uk-mta-12.example.lan Received OK [abcDEF123-xyz.uk12]",
                &[
                    "SmtpThread-3434-1733798977@uk-mta-12.example.lan",
                    "abcDEF123-xyz.uk12",
                ],
            ),
            (
                "250 2.0.0 4BA2nJ0m012345 Message accepted for delivery",
                &["4BA2nJ0m012345"],
            ),
            ("250 2.0.0 Ok: queued on mx1.example.com", &[]),
            ("250 2.0.0 OK", &[]),
            ("250 Great success 20241210", &[]),
            ("", &[]),
        ] {
            let found: Vec<_> = provider_ids(reply).collect();
            assert_eq!(found, ids, "{reply}");
        }
        assert_eq!(provider_ids(&"4F2A3B1C2D ".repeat(1_000)).count(), MAX_IDS);
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
