//! Findings about the domain of the From address.

use domain::FindingCode as Code;

use super::template::Template;

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    let template = dns(code)
        .or_else(|| spf(code))
        .or_else(|| dkim(code))
        .or_else(|| dmarc(code))?;
    Some(match code {
        Code::SpfMissing
        | Code::SpfNotAllowed
        | Code::SpfAllowsEverybody
        | Code::DmarcMissing
        | Code::DmarcBroken => template.copying("{record}"),
        _ => template,
    })
}

fn dns(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::DnsNotConfigured => (
            "No name server is configured on this server, so the DNS records of {domain} were not checked.",
            "Add one to the system's configuration, or set \"dns_server\". This check does not affect sending.",
        ),
        Code::DnsNoAnswer => (
            "No name server responded in time, so the DNS records of {domain} were not checked.",
            "Check whether a firewall drops this server's DNS queries (port 53, UDP and TCP), then try again. This check does not affect sending.",
        ),
        Code::DnsUnreachable => (
            "The configured name server is not reachable, so the DNS records of {domain} were not checked.",
            "Check its address in the system's configuration or in \"dns_server\", and that it is running. This check does not affect sending.",
        ),
        Code::DnsRefused => (
            "The name server refused the query (REFUSED), so the DNS records of {domain} were not checked.",
            "Configure a name server that accepts queries from this server, or allow this server's address there. This check does not affect sending.",
        ),
        Code::DnsFailed => (
            "The name server could not resolve {domain} (SERVFAIL).",
            "Try again later. If this persists, the name servers of {domain} fail or its DNSSEC signatures are invalid, and receivers cannot resolve it either. Ask the administrator of the domain's DNS.",
        ),
        Code::DomainNotFound => (
            "The domain {domain} does not exist in DNS. Receivers reject mail from such a domain.",
            "Check the spelling of the From address.",
        ),
        Code::MxMissing => (
            "{domain} has no MX record, so replies and bounces may not arrive.",
            "Add the MX records of the provider that receives mail for {domain}, or send from a domain that has MX records.",
        ),
        Code::MxNull => (
            "{domain} declares in DNS that it accepts no mail (null MX). Many receivers reject mail from such domains.",
            "Send from a domain that accepts mail, or replace the MX record.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn spf(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::SpfMissing => (
            "{domain} has no SPF record. Large providers reject mail from such domains or treat it as spam.",
            "Publish a TXT record at {domain} that allows your mail server, and any other server that sends for the domain.",
        ),
        Code::SpfSeveral => (
            "{domain} has several SPF records, so receivers use none of them.",
            "Merge them into one TXT record: \"v=spf1\", all mechanisms, and one \"all\" at the end.",
        ),
        Code::SpfTooManyLookups => (
            "The SPF record of {domain} needs more than ten DNS lookups, so receivers treat it as invalid.",
            "Remove services that no longer send for {domain}, or move some senders to a subdomain.",
        ),
        Code::SpfNotAllowed => (
            "The SPF record of {domain} does not allow {server}, by name or by address. Receivers may reject the mail or treat it as spam.",
            "Allow the server in the TXT record at {domain}. If the record lists the provider's addresses individually, it may be correct already.",
        ),
        Code::SpfAllowsEverybody => (
            "The SPF record of {domain} ends in \"+all\", which allows everyone to send in its name.",
            "List the servers that send for {domain}, then replace \"+all\" with \"~all\" or \"-all\".",
        ),
        Code::SpfBroken => (
            "The SPF record of {domain} has a syntax error, includes itself, or includes a name without a record. Receivers treat the whole record as invalid.",
            "Correct or remove that part.",
        ),
        Code::SpfSenderUnknown => (
            "Mailgrant cannot determine which addresses {server} sends from, or whether the SPF record of {domain} allows them.",
            "Send a test email to another provider, and check the header \"Received-SPF\" or \"Authentication-Results\" there.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn dkim(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::DkimNoSelector => (
            "Mailgrant does not know which DKIM key signs mail from {domain}, because DNS does not list keys.",
            "Enter the selector that your provider shows in its DKIM settings. It is also the value of \"s=\" in the header \"DKIM-Signature\" of a sent message.",
        ),
        Code::DkimMissing => (
            "{domain} has no DKIM key with the selector {selector}, so receivers cannot verify signatures.",
            "Check the selector, and publish the record that your provider shows in its DKIM settings.",
        ),
        Code::DkimRevoked => (
            "The DKIM key of {domain} with the selector {selector} was revoked. Its record is empty.",
            "Enter the selector that your provider uses now, or publish its key.",
        ),
        Code::DkimBroken => (
            "The DKIM key of {domain} with the selector {selector} is invalid.",
            "Publish the record again exactly as your provider shows it. Long records are often truncated, or get extra spaces and quotes when they are pasted in parts.",
        ),
        Code::DkimKeyWeak => (
            "The DKIM key of {domain} with the selector {selector} has fewer than 1,024 bits. Receivers ignore its signatures.",
            "Create a new key with 2,048 bits at your provider, and publish it.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn dmarc(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::DmarcMissing => (
            "{domain} has no DMARC record. Google, Yahoo, and Microsoft require one from bulk senders.",
            "Publish a TXT record at _dmarc.{domain}. The one below does not affect delivery. To get reports, add \"rua=mailto:\" and an address.",
        ),
        Code::DmarcSeveral => (
            "{domain} has several DMARC records, so receivers use none of them.",
            "Remove all but one.",
        ),
        Code::DmarcBroken => (
            "The DMARC record of {domain} has no valid policy.",
            "Add \"p=none\", \"p=quarantine\", or \"p=reject\" right after \"v=DMARC1;\".",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
