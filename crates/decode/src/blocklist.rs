//! Names of the blocklists that replies mention.

use domain::{Finding, FindingCode, finding::FindingValue};

/// Blocklists: a part of the reply in lower case, the name, and the page on which its operator
/// looks up an entry or takes requests for removal.
#[rustfmt::skip]
const BLOCKLISTS: &[(&str, &str, &str)] = &[
    ("spamhaus", "Spamhaus", "https://check.spamhaus.org/"),
    ("abuseat", "Spamhaus XBL (CBL)", "https://check.spamhaus.org/"),
    ("spamcop", "SpamCop", "https://www.spamcop.net/bl.shtml"),
    ("barracuda", "Barracuda Reputation Block List", "https://www.barracudacentral.org/lookups"),
    ("uceprotect", "UCEPROTECT", "https://www.uceprotect.net/en/rblcheck.php"),
    ("backscatterer", "Backscatterer", "https://www.backscatterer.org/"),
    ("invaluement", "Invaluement", "https://www.invaluement.com/lookup/"),
    ("ivmsip", "Invaluement", "https://www.invaluement.com/lookup/"),
    ("spamrl", "SpamRL", "https://spamrl.com/"),
    ("hostkarma", "HostKarma", "https://ipadmin.junkemailfilter.com/remove.php"),
    ("junkemailfilter", "HostKarma", "https://ipadmin.junkemailfilter.com/remove.php"),
    ("psbl", "Passive Spam Block List", "https://psbl.org/"),
    ("mailspike", "Mailspike", "https://www.mailspike.net/"),
    ("abusix", "Abusix", "https://app.abusix.com/lookup"),
    ("mail-abuse", "Trend Micro Email Reputation Services", "https://servicecentral.trendmicro.com/en-us/ers/ip-lookup/"),
    ("trend micro", "Trend Micro Email Reputation Services", "https://servicecentral.trendmicro.com/en-us/ers/ip-lookup/"),
    ("trendmicro", "Trend Micro Email Reputation Services", "https://servicecentral.trendmicro.com/en-us/ers/ip-lookup/"),
    ("cloudmark", "Cloudmark Sender Intelligence", "https://csi.cloudmark.com/en/reset/"),
    ("proofpoint", "Proofpoint Dynamic Reputation", "https://ipcheck.proofpoint.com/"),
    ("surbl", "SURBL", "https://surbl.org/surbl-analysis"),
    ("uribl", "URIBL", "https://admin.uribl.com/"),
    ("nixspam", "NiX Spam", "https://www.nixspam.net/lookup"),
    ("manitu", "NiX Spam", "https://www.nixspam.net/lookup"),
    ("sender.office.com", "Microsoft's blocklist", "https://sender.office.com/"),
    ("delist@messaging.microsoft.com", "Microsoft's blocklist", "https://sender.office.com/"),
    ("banned sending ip", "Microsoft's blocklist", "https://sender.office.com/"),
    ("s3140", "Outlook.com's blocklist", "https://sendersupport.olc.protection.outlook.com/snds/"),
    ("s3150", "Outlook.com's blocklist", "https://sendersupport.olc.protection.outlook.com/snds/"),
    ("sorbs", "SORBS (closed in 2024)", ""),
];

/// Adds the name of the blocklist that a reply mentions, and its page. Does nothing to other
/// findings than [`FindingCode::Blocklisted`].
#[must_use]
pub fn with_blocklist(finding: Finding, reply: &str) -> Finding {
    if finding.code != FindingCode::Blocklisted {
        return finding;
    }
    let reply = reply.to_lowercase();
    let known = BLOCKLISTS.iter().find(|(part, ..)| reply.contains(part));
    match known {
        Some((_, name, "")) => finding.with(FindingValue::Blocklist, name),
        Some((_, name, url)) => finding
            .with(FindingValue::Blocklist, name)
            .with(FindingValue::BlocklistUrl, url),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_names_the_blocklist_and_links_to_its_page() {
        let named = |code, reply| {
            let finding = with_blocklist(Finding::new(code), reply);
            let value = |value| finding.value(value).to_owned();
            (
                value(FindingValue::Blocklist),
                value(FindingValue::BlocklistUrl),
            )
        };
        let listed = |reply| named(FindingCode::Blocklisted, reply);
        let spamhaus =
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org";
        let expected = (
            "Spamhaus".to_owned(),
            "https://check.spamhaus.org/".to_owned(),
        );
        assert_eq!(listed(spamhaus), expected);
        let nothing = (String::new(), String::new());
        assert_eq!(named(FindingCode::SpamRefused, spamhaus), nothing);
        assert_eq!(listed("554 blocked using rbl.example.net"), nothing);
        assert_eq!(listed("550 dnsbl.sorbs.net").1, "");
    }

    #[test]
    fn each_page_is_reached_over_https() {
        for (part, name, url) in BLOCKLISTS {
            assert_eq!(*part, part.to_lowercase());
            assert!(url.is_empty() || url.starts_with("https://"), "{name}");
        }
    }
}
