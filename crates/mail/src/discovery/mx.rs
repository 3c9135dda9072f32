//! The provider that receives a domain's mail.

use dns::Dns;
use domain::{DiscoveryProblem, DiscoverySource, EmailAddress};

use super::{Answers, presets};

/// Proposes the provider of the preferred mail servers. A provider further down the list may only
/// be a backup or a filter.
pub(super) async fn ask(dns: &Dns, address: &EmailAddress) -> Answers {
    let answer = match dns.mail_servers(address.domain()).await {
        Ok(answer) => answer,
        Err(unanswered) => return unanswered.into(),
    };
    if !answer.exists {
        return DiscoveryProblem::NoSuchDomain.into();
    }
    let best = answer.records.first().map(|(preference, _)| *preference);
    let proposal = answer
        .records
        .iter()
        .filter(|(preference, _)| Some(*preference) == best)
        .find_map(|(_, server)| {
            let preset = presets::of_mail_server(server)?;
            Some(presets::proposal(
                &preset,
                DiscoverySource::Mx,
                server,
                address,
            ))
        });
    Answers {
        proposals: proposal.into_iter().collect(),
        trouble: None,
    }
}
