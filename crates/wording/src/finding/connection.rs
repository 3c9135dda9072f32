//! Findings between this server and the greeting of the mail server.

use domain::FindingCode as Code;

use super::template::Template;

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    network(code).or_else(|| tls(code))
}

fn network(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::CredentialInPlaintext => (
            "Without SSL a password or token would travel in the clear, so it was not sent.",
            "Turn SSL on, or turn authentication off.",
        ),
        Code::AddressDenied => (
            "{server} is at {address}, in a network that Mailgrant never connects to.",
            "Check the host. If mail really goes there, take the network out of \"deny_networks\", or switch \"deny_private_networks\" off, in Mailgrant's configuration. Addresses of cloud metadata are always refused.",
        ),
        Code::HostNotFound => (
            "The name of {server} does not exist in DNS, or has no address.",
            "Check the spelling of the host.",
        ),
        Code::HostLookupTimeout => (
            "No name server answered in time when {server} was looked up.",
            "Check whether a firewall drops DNS queries of this server (port 53, UDP and TCP). Mailgrant retries.",
        ),
        Code::HostLookupFailed => (
            "The name server could not look up {server} (SERVFAIL).",
            "Try again later. If it persists, the name servers of that domain fail or its DNSSEC signatures are wrong: ask the administrator of the mail server.",
        ),
        Code::HostLookupRefused => (
            "The name server refuses to answer this server (REFUSED), so {server} was not found.",
            "Configure a name server that answers queries of this server, or allow this server's address there.",
        ),
        Code::HostLookupNoServer => (
            "No name server is configured or can be reached, so {server} was not found.",
            "Check the name server in the system's configuration or in \"dns_server\", that it runs, and the network of this server.",
        ),
        Code::ConnectionRefused => (
            "{server} refused the connection: nothing listens on this port.",
            "Check the port. 587 and 465 are usual.",
        ),
        Code::ConnectionFailed => (
            "No connection to {server} could be made.",
            "Check host and port. Many networks block outgoing mail ports; try 465 instead of 587, or ask who runs the network.",
        ),
        Code::AddressFamilyBroken => (
            "{server} has an address of {family}, and no connection to it could be made. Mail goes the other way.",
            "Ask who runs the network whether {family} leads outside. Programs that try only {family} will wait in vain.",
        ),
        Code::Timeout => (
            "{server} did not answer in time.",
            "A firewall may drop the connection. Check the port, and try again.",
        ),
        Code::ConnectionClosed => (
            "{server} closed the connection.",
            "Try again. If it closes immediately each time, the server may not accept this network, or port and security do not match.",
        ),
        Code::ClosedAfterMessage => (
            "{server} received the whole message but did not confirm it. It may have been sent.",
            "Look into the mailbox of the recipient before you send it again.",
        ),
        Code::NotSmtp => (
            "{server} sent something that is not an SMTP reply.",
            "Check the host and port if this happens each time. Mailgrant retries on a new connection.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn tls(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::PlaintextOnTlsPort => (
            "{server} begins in plain text and waits for STARTTLS, but was spoken to in TLS.",
            "Choose STARTTLS, usually with port 587. Port and security belong together.",
        ),
        Code::TlsOnPlaintextPort => (
            "{server} speaks TLS from the first byte and did not greet in plain text.",
            "Choose implicit TLS, usually with port 465. Port and security belong together.",
        ),
        Code::StarttlsNotOffered => (
            "{server} does not offer STARTTLS. Mailgrant never goes on without encryption when SSL is on.",
            "Use port 465 with implicit TLS, or ask the server's administrator. A device in between can also hide the offer.",
        ),
        Code::TlsVersion => (
            "{server} does not offer TLS 1.3, which is the only version that the settings accept.",
            "Choose \"1.2 or higher\" as TLS version.",
        ),
        Code::TlsServerTooOld => (
            "{server} only offers versions of TLS below 1.2, which are insecure.",
            "Ask the server's administrator to enable TLS 1.2, or use another server.",
        ),
        Code::CertificateIssuerUnknown => (
            "The certificate of {server} was issued by nobody this server trusts.",
            "Add the issuing certificate to this server's trusted ones, or use a host with a public certificate.",
        ),
        Code::CertificateOtherName => (
            "The certificate of {server} is for another name.",
            "Enter the host as it stands in the certificate; an IP address or an internal alias will not do.",
        ),
        Code::CertificateExpired => (
            "The certificate of {server} has expired or is not valid yet.",
            "Check the clock of this server. If it is right, the mail server's certificate has to be renewed.",
        ),
        Code::CertificateEndsSoon => (
            "The certificate of {server} ends on {ends}.",
            "The administrator of {server} must renew it before then. Otherwise mail stops on that day.",
        ),
        Code::CertificateRefused => (
            "The certificate of {server} was not accepted.",
            "Ask the mail server's administrator to check its certificate chain.",
        ),
        Code::TlsFailed => (
            "TLS with {server} could not be agreed on.",
            "Check that port and security belong together, and the TLS version.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
