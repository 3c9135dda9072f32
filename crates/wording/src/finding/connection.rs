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
            "Without SSL, a password or token would be sent unencrypted, so Mailgrant did not send it.",
            "Turn SSL on, or turn authentication off.",
        ),
        Code::AddressDenied => (
            "{server} has the address {address}, which is in a network that Mailgrant never connects to.",
            "Check the host. If it is correct, remove the network from \"deny_networks\", or turn \"deny_private_networks\" off, in Mailgrant's configuration. Addresses of cloud metadata are always denied.",
        ),
        Code::HostNotFound => (
            "The host name of {server} does not exist in DNS, or has no address.",
            "Check the spelling of the host.",
        ),
        Code::HostLookupTimeout => (
            "No name server responded in time to the query for {server}.",
            "Check whether a firewall drops this server's DNS queries (port 53, UDP and TCP). Mailgrant retries.",
        ),
        Code::HostLookupFailed => (
            "The name server could not resolve {server} (SERVFAIL).",
            "Try again later. If this persists, the domain's name servers fail or its DNSSEC signatures are invalid. Ask the administrator of the mail server.",
        ),
        Code::HostLookupRefused => (
            "The name server refused the query for {server} (REFUSED).",
            "Configure a name server that accepts queries from this server, or allow this server's address there.",
        ),
        Code::HostLookupNoServer => (
            "No name server is configured or reachable, so {server} could not be resolved.",
            "Check the name server in the system's configuration or in \"dns_server\", and this server's network connection.",
        ),
        Code::ConnectionRefused => (
            "{server} refused the connection. No service listens on this port.",
            "Check the port. It is usually 587 or 465.",
        ),
        Code::ConnectionFailed => (
            "Mailgrant could not connect to {server}.",
            "Check the host and port. Many networks block outgoing mail ports. Try 465 instead of 587, or ask your network administrator.",
        ),
        Code::AddressFamilyBroken => (
            "{server} has an {family} address that Mailgrant could not connect to. Mail uses the other address family.",
            "Ask your network administrator whether {family} is routed to the internet. Programs that use only {family} cannot reach the server.",
        ),
        Code::Timeout => (
            "{server} did not respond in time.",
            "Check the port, and whether a firewall blocks the connection. Then try again.",
        ),
        Code::ConnectionClosed => (
            "{server} closed the connection.",
            "Try again. If this persists, the server may reject this network, or the port and security settings do not match.",
        ),
        Code::ClosedAfterMessage => (
            "{server} received the whole message but did not confirm it. The message may have been delivered.",
            "Check with the recipient before you send it again.",
        ),
        Code::NotSmtp => (
            "{server} sent something that is not an SMTP reply.",
            "If this persists, check the host and port. Mailgrant retries over a new connection.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn tls(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::PlaintextOnTlsPort => (
            "{server} expects STARTTLS on this port, but Mailgrant started with implicit TLS.",
            "Choose STARTTLS, usually with port 587. The port and security settings must match.",
        ),
        Code::TlsOnPlaintextPort => (
            "{server} expects implicit TLS on this port, but Mailgrant started without encryption.",
            "Choose implicit TLS, usually with port 465. The port and security settings must match.",
        ),
        Code::StarttlsNotOffered => (
            "{server} does not offer STARTTLS. With SSL on, Mailgrant does not continue without encryption.",
            "Use port 465 with implicit TLS, or ask the server's administrator. A firewall between the servers can also hide STARTTLS.",
        ),
        Code::TlsVersion => (
            "{server} does not support TLS 1.3, the only version that your settings allow.",
            "Choose \"1.2 or higher\" as TLS version.",
        ),
        Code::TlsServerTooOld => (
            "{server} only supports TLS versions below 1.2, which are insecure.",
            "Ask the server's administrator to enable TLS 1.2, or use another server.",
        ),
        Code::CertificateIssuerUnknown => (
            "The certificate of {server} was issued by an authority that this server does not trust.",
            "Add the issuing authority to this server's trusted certificates, or use a host with a publicly trusted certificate.",
        ),
        Code::CertificateOtherName => (
            "The certificate of {server} is for another name.",
            "Enter the host name that is in the certificate, not an IP address or an internal alias.",
        ),
        Code::CertificateExpired => (
            "The certificate of {server} has expired or is not valid yet.",
            "Check this server's clock. If it is correct, the administrator of the mail server must renew the certificate.",
        ),
        Code::CertificateEndsSoon => (
            "The certificate of {server} expires on {ends}.",
            "The administrator of {server} must renew it before then. Otherwise, mail stops on that day.",
        ),
        Code::CertificateRefused => (
            "The certificate of {server} was not accepted.",
            "Ask the mail server's administrator to check its certificate chain.",
        ),
        Code::TlsFailed => (
            "The TLS handshake with {server} failed.",
            "Check that the port matches the security setting, and check the TLS version.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
