//! Settings that a domain publishes in Thunderbird's autoconfig format. Only the domain itself is
//! queried. Thunderbird also queries a central directory, which would learn the user's domain.

use domain::{
    DiscoveryProblem, DiscoverySource, EmailAddress, Proposal, ProposedOAuth, url::host_and_port,
};
use net::{DocumentError, fetch_document};
use tokio::time::Instant;

use super::{
    Answers, Discovery,
    autoconfig_xml::{OAuth, Settings},
    merge, presets,
    xml_text::xml_text,
};

const XML: &str = "application/xml, text/xml";

/// Queries `autoconfig.<domain>`, which gets the whole address, and `<domain>`, which does not.
/// Both use HTTPS, so only the domain sees the address and no one else can forge the response.
pub(super) async fn ask(
    discovery: &Discovery,
    address: &EmailAddress,
    deadline: Instant,
) -> Answers {
    let domain = address.domain();
    let port = match discovery.autoconfig_port {
        443 => String::new(),
        port => format!(":{port}"),
    };
    let own = format!("https://autoconfig.{domain}{port}/mail/config-v1.1.xml");
    let well_known = format!("https://{domain}{port}/.well-known/autoconfig/mail/config-v1.1.xml");
    let query = format!("?emailaddress={}", encoded(address.as_str()));
    let (own, well_known) = tokio::join!(
        document(discovery, address, &own, &query, deadline),
        document(discovery, address, &well_known, "", deadline),
    );
    let trouble = own.trouble.or(well_known.trouble);
    let proposals = own.proposals.into_iter().chain(well_known.proposals);
    Answers {
        proposals: proposals.collect(),
        trouble,
    }
}

async fn document(
    discovery: &Discovery,
    address: &EmailAddress,
    url: &str,
    query: &str,
    deadline: Instant,
) -> Answers {
    let document =
        match fetch_document(&discovery.http, &format!("{url}{query}"), XML, deadline).await {
            Ok(document) => document,
            Err(DocumentError::Timeout) => return DiscoveryProblem::Timeout.into(),
            Err(DocumentError::Unreadable) => return DiscoveryProblem::Unreadable.into(),
            Err(DocumentError::Absent | DocumentError::Denied | DocumentError::Unreachable) => {
                return Answers::default();
            }
        };
    let text = xml_text(&document.body, &document.media_type);
    let Some(settings) = Settings::read(&text, address) else {
        // Many websites answer every path with an HTML page.
        let is_xml = document.media_type.contains("xml") && !document.media_type.contains("html");
        return if is_xml {
            DiscoveryProblem::Unreadable.into()
        } else {
            Answers::default()
        };
    };
    if settings.smtp.is_none() && settings.imap.is_none() {
        return Answers::default();
    }
    let mut proposal = Proposal {
        source: DiscoverySource::Autoconfig,
        evidence: url.to_owned(),
        provider: None,
        smtp: settings.smtp,
        imap: settings.imap,
        oauth: None,
        username: settings.username,
        foreign: false,
    };
    merge::recognize(&mut proposal, address.domain());
    match settings.oauth {
        // The built-in endpoints of a known provider are more reliable than published ones.
        Some(published) if proposal.provider.is_none() => {
            proposal.oauth = oauth(discovery, published, deadline).await;
        }
        _ => {}
    }
    Answers {
        proposals: vec![proposal],
        trouble: None,
    }
}

/// Returns the endpoints in the document, or those that its issuer publishes.
async fn oauth(
    discovery: &Discovery,
    published: OAuth,
    deadline: Instant,
) -> Option<ProposedOAuth> {
    let issuer = match published.issuer.as_str() {
        "" => None,
        issuer if host_and_port(issuer).is_some() => Some(issuer.to_owned()),
        host => Some(format!("https://{host}")),
    };
    if let Some(known) = issuer.as_deref().and_then(presets::of_issuer) {
        return Some(known);
    }
    if let Some((authorization_endpoint, token_endpoint)) = published.endpoints {
        return Some(ProposedOAuth {
            issuer: String::new(),
            authorization_endpoint,
            token_endpoint,
            scope: published.scope,
        });
    }
    let document = discovery.issuer_before(&issuer?, deadline).await.ok()?;
    Some(ProposedOAuth {
        scope: published.scope,
        ..document.oauth
    })
}

/// Percent-encodes a value of a query (RFC 3986 §3.4).
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn an_address_is_one_value_of_the_query() {
        assert_eq!(encoded("a+b@example.com"), "a%2Bb@example.com");
        assert_eq!(
            encoded("a&b=#c%?/@example.com"),
            "a%26b%3D%23c%25%3F%2F@example.com"
        );
    }
}
