//! Findings: cause and fix, with the values of the connection filled in.

mod connection;
mod domain_records;
mod imap;
mod inbound;
mod oauth;
mod replies;
mod smtp;
mod template;

use domain::{Certainty, Finding, FindingCode, finding::FindingValue};

use self::template::Template;

/// The text of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// True if the cause is only likely.
    pub likely: bool,
    /// The cause.
    pub cause: String,
    /// The fix.
    pub fix: String,
    /// Something to copy: a command, or a value for the provider's console.
    pub copy: Option<String>,
    /// A page of the provider: its name and its URL.
    pub link: Option<(String, String)>,
}

/// Returns the text of a finding.
pub fn explain(finding: &Finding) -> Explanation {
    let template = template(finding.code).unwrap_or(UNKNOWN);
    Explanation {
        likely: finding.code.certainty() == Certainty::Likely,
        cause: filled(template.cause, finding).0,
        fix: filled(template.fix, finding).0,
        // A command with an empty placeholder would be misleading.
        copy: template.copy.and_then(|text| {
            let (text, whole) = filled(text, finding);
            whole.then_some(text)
        }),
        link: template.link.and_then(|(name, url)| {
            let (name, url) = (filled(name, finding), filled(url, finding));
            // A URL of a finding comes from a table, but it was stored since.
            let usable = name.1 && url.1 && url.0.starts_with("https://");
            usable.then_some((name.0, url.0))
        }),
    }
}

/// Returns cause and fix of a finding as one text, for programs.
pub fn finding_text(finding: &Finding) -> String {
    let explained = explain(finding);
    [&*explained.cause, " ", &explained.fix].concat()
}

const UNKNOWN: Template = Template::new(
    "The operation failed.",
    "Read the reply below, and try again.",
);

fn template(code: FindingCode) -> Option<Template> {
    oauth::template(code)
        .or_else(|| connection::template(code))
        .or_else(|| smtp::template(code))
        .or_else(|| replies::template(code))
        .or_else(|| domain_records::template(code))
        .or_else(|| imap::template(code))
        .or_else(|| inbound::template(code))
}

/// Fills in the values. Returns true if all were known. Unknown ones are replaced by a description;
/// one in parentheses is left out with them.
fn filled(text: &str, finding: &Finding) -> (String, bool) {
    const VALUES: [(&str, FindingValue, &str); 22] = [
        ("{username}", FindingValue::Username, "the user name"),
        ("{account}", FindingValue::Account, "the account"),
        ("{from}", FindingValue::From, "the From address"),
        ("{server}", FindingValue::Server, "the server"),
        (
            "{redirect_url}",
            FindingValue::RedirectUrl,
            "the redirect URL",
        ),
        ("{scope}", FindingValue::Scope, "the scope"),
        ("{client_id}", FindingValue::ClientId, "the client ID"),
        ("{admin_consent}", FindingValue::AdminConsent, ""),
        ("{issuer}", FindingValue::Issuer, "another server"),
        (
            "{ehlo_name}",
            FindingValue::EhloName,
            "the sending server's",
        ),
        (
            "{blocklist}",
            FindingValue::Blocklist,
            "see the reply below",
        ),
        ("{blocklist_url}", FindingValue::BlocklistUrl, ""),
        ("{offered}", FindingValue::Offered, "no known mechanism"),
        (
            "{from_arrived}",
            FindingValue::FromArrived,
            "another address",
        ),
        ("{address}", FindingValue::Address, "an address"),
        ("{domain}", FindingValue::Domain, "the domain"),
        ("{selector}", FindingValue::Selector, "given"),
        ("{record}", FindingValue::Record, ""),
        ("{family}", FindingValue::Family, "one address family"),
        ("{seconds}", FindingValue::Seconds, "several"),
        ("{ends}", FindingValue::Ends, "a date soon"),
        ("{endpoints}", FindingValue::Endpoints, "others"),
    ];
    let mut text = text.to_owned();
    let mut whole = true;
    for (name, value, otherwise) in VALUES {
        if text.contains(name) {
            let value = Some(finding.value(value)).filter(|value| !value.is_empty());
            whole &= value.is_some();
            if value.is_none() {
                text = text.replace(&format!(" ({name})"), "");
            }
            text = text.replace(name, value.unwrap_or(otherwise));
        }
    }
    (text, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_cause_and_a_fix_of_its_own() {
        for code in FindingCode::ALL {
            let explained = explain(&Finding::new(*code));
            for text in [&explained.cause, &explained.fix] {
                assert!(text.ends_with('.'), "{code:?}: {text}");
                assert!(!text.contains(['{', '}']), "{code:?}: {text}");
                // Nothing stands for a value that is not known.
                assert!(
                    !text.contains("(the ") && !text.contains("()"),
                    "{code:?}: {text}"
                );
            }
            let places = [
                oauth::template(*code).is_some(),
                connection::template(*code).is_some(),
                smtp::template(*code).is_some(),
                replies::template(*code).is_some(),
                domain_records::template(*code).is_some(),
                imap::template(*code).is_some(),
                inbound::template(*code).is_some(),
            ];
            assert_eq!(places.iter().filter(|has| **has).count(), 1, "{code:?}");
        }
    }

    #[test]
    fn a_record_is_offered_to_copy_only_where_one_is_proposed() {
        let missing = Finding::new(FindingCode::SpfMissing);
        assert_eq!(explain(&missing).copy, None);
        let record = "v=spf1 include:_spf.google.com ~all";
        let explained = explain(&missing.with(FindingValue::Record, record));
        assert_eq!(explained.copy.as_deref(), Some(record));
    }

    #[test]
    fn a_command_is_offered_only_when_nothing_is_missing_in_it() {
        let denied = Finding::new(FindingCode::SendAsDenied).with(FindingValue::From, "a@b.c");
        assert_eq!(explain(&denied).copy, None);
        let explained = explain(&denied.with(FindingValue::Username, "d@b.c"));
        assert_eq!(
            explained.copy.unwrap(),
            "Add-RecipientPermission a@b.c -AccessRights SendAs -Trustee d@b.c"
        );
    }

    #[test]
    fn a_blocklist_is_named_and_linked_if_it_is_known() {
        let listed = Finding::new(FindingCode::Blocklisted);
        assert_eq!(explain(&listed).link, None);
        let named = listed.with(FindingValue::Blocklist, "SpamCop");
        assert_eq!(explain(&named).link, None);
        assert!(explain(&named).cause.ends_with("SpamCop."));
        let url = "https://www.spamcop.net/bl.shtml";
        let explained = explain(&named.clone().with(FindingValue::BlocklistUrl, url));
        assert_eq!(explained.link, Some(("SpamCop".into(), url.into())));
        let script = named.with(FindingValue::BlocklistUrl, "javascript:alert(1)");
        assert_eq!(explain(&script).link, None);
    }

    #[test]
    fn a_value_in_parentheses_is_left_out_when_it_is_not_known() {
        let mismatch = Finding::new(FindingCode::IssuerMismatch);
        let cause = explain(&mismatch).cause;
        assert!(!cause.contains('('), "{cause}");
        let issuer = "https://id.example.com";
        let cause = explain(&mismatch.with(FindingValue::Issuer, issuer)).cause;
        assert!(cause.contains("(https://id.example.com)"), "{cause}");
    }

    #[test]
    fn uncertain_causes_are_marked_as_likely() {
        assert!(explain(&Finding::new(FindingCode::TokenForOtherResource)).likely);
        assert!(!explain(&Finding::new(FindingCode::SmtpAuthDisabledForTenant)).likely);
    }

    #[test]
    fn the_command_for_a_mailbox_names_the_user() {
        let finding = Finding::new(FindingCode::SmtpAuthDisabledForMailbox)
            .with(FindingValue::Username, "mail@example.com");
        assert_eq!(
            explain(&finding).copy.unwrap(),
            "Set-CASMailbox -Identity mail@example.com -SmtpClientAuthenticationDisabled $false"
        );
    }
}
