//! Settings that were discovered for an email address or an issuer.

use domain::{Discovery, DiscoveryProblem, DiscoverySource, IssuerProblem, ProposedServer};

use crate::{security, url_error};

/// Returns the source of a proposal.
pub fn discovery_source(source: DiscoverySource) -> &'static str {
    match source {
        DiscoverySource::Preset => "The domain is the provider's own",
        DiscoverySource::Mx => "The domain's mail servers (MX)",
        DiscoverySource::Autoconfig => "Published by the domain (autoconfig)",
        DiscoverySource::Srv => "Published by the domain in DNS (SRV)",
    }
}

/// Returns why a source could not be asked.
pub fn discovery_problem(problem: DiscoveryProblem) -> &'static str {
    match problem {
        DiscoveryProblem::Offline => "No name server responded. This server may be offline.",
        DiscoveryProblem::NoSuchDomain => "There is no such domain. Check the spelling.",
        DiscoveryProblem::Timeout => "One source did not respond in time.",
        DiscoveryProblem::Unreadable => "One source returned an unreadable response.",
    }
}

/// Returns why an issuer's document cannot be used.
pub fn issuer_problem(problem: &IssuerProblem) -> String {
    let sentence = match problem {
        IssuerProblem::NotAnIssuer(error) => return url_error(*error).joined(),
        IssuerProblem::OtherIssuer(other) => {
            return format!(
                "The document there belongs to another issuer, {other}. Only an issuer's own document can name its endpoints."
            );
        }
        IssuerProblem::Denied => {
            "The issuer is in a network that this server never connects to (deny_networks)."
        }
        IssuerProblem::Unreachable => {
            "The issuer could not be reached, or its certificate is not trusted."
        }
        IssuerProblem::Timeout => "The issuer did not respond in time.",
        IssuerProblem::NoDocument => {
            "The issuer publishes no discovery document (OpenID Connect Discovery, RFC 8414). Check the URL, or ask its administrator for the endpoints."
        }
        IssuerProblem::Unreadable => {
            "The issuer's document cannot be read, or names endpoints that are not https."
        }
    };
    sentence.to_owned()
}

/// Returns the number of proposals in one sentence.
pub fn discovery_result(discovery: &Discovery) -> String {
    match (discovery.proposals.len(), discovery.trouble.is_empty()) {
        (0, true) => "Nothing is published for this domain. Ask your provider for the settings, and enter them below.".to_owned(),
        (0, false) => "Nothing was found.".to_owned(),
        (1, _) => "1 proposal:".to_owned(),
        (several, _) => format!("{several} proposals, the most reliable first:"),
    }
}

/// Returns a server with its port and protection: `smtp.example.com:587, STARTTLS, required`.
pub fn proposed_server(server: &ProposedServer) -> String {
    let protection = security(server.security);
    format!("{}:{}, {protection}", server.host, server.port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_and_every_problem_has_a_text() {
        for one in [
            DiscoverySource::Preset,
            DiscoverySource::Mx,
            DiscoverySource::Autoconfig,
            DiscoverySource::Srv,
        ] {
            assert!(!discovery_source(one).is_empty());
        }
        for one in [
            DiscoveryProblem::Offline,
            DiscoveryProblem::NoSuchDomain,
            DiscoveryProblem::Timeout,
            DiscoveryProblem::Unreadable,
        ] {
            assert!(discovery_problem(one).ends_with('.'));
        }
    }

    #[test]
    fn every_problem_of_an_issuer_has_a_text() {
        for one in [
            IssuerProblem::NotAnIssuer(domain::UrlError::NotAUrl),
            IssuerProblem::Denied,
            IssuerProblem::Unreachable,
            IssuerProblem::Timeout,
            IssuerProblem::NoDocument,
            IssuerProblem::Unreadable,
            IssuerProblem::OtherIssuer("https://other.example".into()),
        ] {
            assert!(issuer_problem(&one).len() > 20, "{one:?}");
        }
    }

    #[test]
    fn nothing_is_proposed_when_nothing_was_found() {
        let mut discovery = Discovery::default();
        assert!(discovery_result(&discovery).starts_with("Nothing is published"));
        discovery.trouble.push(DiscoveryProblem::Offline);
        assert_eq!(discovery_result(&discovery), "Nothing was found.");
    }
}
