//! Findings in words, with the connection's own values filled in.

use domain::{Certainty, Finding, FindingCode, finding::FindingValue};

use super::{
    findings_connection, findings_domain, findings_imap, findings_oauth, findings_smtp,
    template::Template,
};

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the cause is likely only.
    pub likely: bool,
    /// What is the matter.
    pub cause: String,
    /// What to do.
    pub fix: String,
    /// Something to copy: a command, or a value for the provider's console.
    pub copy: Option<String>,
    /// A page of the provider: its name and its URL.
    pub link: Option<(&'static str, &'static str)>,
}

/// The words of a finding.
pub fn explain(finding: &Finding) -> Explanation {
    let template = template(finding.code).unwrap_or(UNKNOWN);
    Explanation {
        likely: finding.code.certainty() == Certainty::Likely,
        cause: filled(template.cause, finding).0,
        fix: filled(template.fix, finding).0,
        // A command with a gap would be worse than none.
        copy: template.copy.and_then(|text| {
            let (text, whole) = filled(text, finding);
            whole.then_some(text)
        }),
        link: template.link,
    }
}

/// Cause and fix of a finding, for programs.
pub fn finding_told(finding: &Finding) -> String {
    let explained = explain(finding);
    [&*explained.cause, " ", &explained.fix].concat()
}

const UNKNOWN: Template = Template::new(
    "It failed.",
    "Look at what the other side said, and try again.",
);

fn template(code: FindingCode) -> Option<Template> {
    findings_oauth::template(code)
        .or_else(|| findings_connection::template(code))
        .or_else(|| findings_smtp::template(code))
        .or_else(|| findings_domain::template(code))
        .or_else(|| findings_imap::template(code))
}

/// Puts in the values, and tells whether all were known; one that is not is described.
fn filled(text: &str, finding: &Finding) -> (String, bool) {
    const VALUES: [(&str, FindingValue, &str); 19] = [
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
        ("{offered}", FindingValue::Offered, "nothing we know"),
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
        ("{ends}", FindingValue::Ends, "a day that is near"),
        ("{endpoints}", FindingValue::Endpoints, "others"),
    ];
    let mut text = text.to_owned();
    let mut whole = true;
    for (name, value, otherwise) in VALUES {
        if text.contains(name) {
            let value = Some(finding.value(value)).filter(|value| !value.is_empty());
            whole &= value.is_some();
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
            }
            let places = [
                findings_oauth::template(*code).is_some(),
                findings_connection::template(*code).is_some(),
                findings_smtp::template(*code).is_some(),
                findings_domain::template(*code).is_some(),
                findings_imap::template(*code).is_some(),
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
    fn what_is_not_certain_says_so() {
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
