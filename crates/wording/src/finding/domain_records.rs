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
            "No name server is configured on this server, so the records of {domain} were not checked.",
            "Add one to the system's configuration, or set \"dns_server\". Sending does not depend on this check.",
        ),
        Code::DnsNoAnswer => (
            "No name server answered in time, so the records of {domain} were not checked.",
            "Check whether a firewall drops DNS queries of this server (port 53, UDP and TCP), then try again. Sending does not depend on this check.",
        ),
        Code::DnsUnreachable => (
            "No name server can be reached, so the records of {domain} were not checked. Nothing answers at the configured address.",
            "Check the address of the name server in the system's configuration or in \"dns_server\", and that the name server runs. Sending does not depend on this check.",
        ),
        Code::DnsRefused => (
            "The name server refuses to answer this server (REFUSED), so the records of {domain} were not checked.",
            "Configure a name server that answers queries of this server, or allow this server's address there. Sending does not depend on this check.",
        ),
        Code::DnsFailed => (
            "The name server could not look up {domain} (SERVFAIL).",
            "Try again later. If it persists, the name servers of {domain} fail or its DNSSEC signatures are wrong, and receivers cannot look it up either. Ask the administrator of the domain's DNS.",
        ),
        Code::DomainNotFound => (
            "The domain {domain} does not exist in DNS. Receivers refuse mail from such a domain.",
            "Check the spelling of the From address.",
        ),
        Code::MxMissing => (
            "{domain} names no mail servers (MX), so answers and bounces may not arrive.",
            "Add the MX records of the provider that takes mail for {domain}, or send from a domain that has some.",
        ),
        Code::MxNull => (
            "{domain} says in DNS that it takes no mail (null MX). Many receivers refuse mail from a domain that cannot be answered.",
            "Send from a domain that takes mail, or replace the MX record.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn spf(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::SpfMissing => (
            "{domain} does not say who may send for it (no SPF record). Large providers refuse such mail or take it for spam.",
            "Publish a TXT record at {domain} that allows the server that mail is sent through, and others that send for it.",
        ),
        Code::SpfSeveral => (
            "{domain} has several SPF records, so receivers use none of them.",
            "Merge them into one TXT record: one \"v=spf1\", all mechanisms, and one \"all\" at the end.",
        ),
        Code::SpfTooManyLookups => (
            "The SPF record of {domain} needs more than ten DNS lookups. Receivers stop there and take it as broken.",
            "Remove includes of services that no longer send for {domain}, or move some senders to a subdomain.",
        ),
        Code::SpfNotAllowed => (
            "The SPF record of {domain} does not allow {server}, by name or by address. Receivers may take such mail for spam or refuse it.",
            "Change the TXT record at {domain} so that it allows the server. If the record lists the provider's addresses one by one, it may be right all the same.",
        ),
        Code::SpfAllowsEverybody => (
            "The SPF record of {domain} ends in \"+all\": everybody may send in its name.",
            "Replace \"+all\" by \"~all\" or \"-all\", after the servers that send for {domain} are listed.",
        ),
        Code::SpfBroken => (
            "The SPF record of {domain} has a part that cannot be read, includes itself, or leads to a name without a record. Receivers take the whole record as broken.",
            "Correct or remove that part.",
        ),
        Code::SpfSenderUnknown => (
            "From which addresses {server} passes mail on cannot be seen from here, so whether the SPF record of {domain} allows it is not known.",
            "Look at the header \"Received-SPF\" or \"Authentication-Results\" of a test email that has arrived elsewhere.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn dkim(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::DkimNoSelector => (
            "Which DKIM key signs mail from {domain} is not known: DNS does not list keys.",
            "Give the selector, which the provider shows where DKIM is set up. It also stands as \"s=\" in the header \"DKIM-Signature\" of a mail that was sent.",
        ),
        Code::DkimMissing => (
            "There is no DKIM key at the selector {selector} of {domain}, so signatures with it cannot be checked.",
            "Check the selector, and publish the record that the provider shows where DKIM is set up.",
        ),
        Code::DkimRevoked => (
            "The DKIM key at the selector {selector} of {domain} was revoked: it is empty.",
            "Give the selector that the provider signs with now, or publish its key.",
        ),
        Code::DkimBroken => (
            "The DKIM key at the selector {selector} of {domain} cannot be read.",
            "Publish the record again exactly as the provider shows it. A long record is often cut, or gets spaces and quotes where it is pasted in parts.",
        ),
        Code::DkimKeyWeak => (
            "The DKIM key at the selector {selector} of {domain} has fewer than 1,024 bits. Receivers ignore its signatures.",
            "Make a new key of 2,048 bits at the provider, and publish it.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn dmarc(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::DmarcMissing => (
            "{domain} does not say what to do with mail that is not proven to be its own (no DMARC record). Google, Yahoo, and Microsoft require one from bulk senders.",
            "Publish a TXT record at _dmarc.{domain}. This one changes nothing yet; add \"rua=mailto:\" and an address to get reports.",
        ),
        Code::DmarcSeveral => (
            "{domain} has several DMARC records, so receivers use none of them.",
            "Remove all but one.",
        ),
        Code::DmarcBroken => (
            "The DMARC record of {domain} has no policy that receivers know.",
            "Write \"p=none\", \"p=quarantine\" or \"p=reject\" right after \"v=DMARC1;\".",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
