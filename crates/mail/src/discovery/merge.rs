//! One proposal for what several sources say.

use domain::{Host, Proposal};

use super::presets;

/// The proposals, the most certain first; those with the same server are one, which keeps the more certain one's values and
/// takes over what it lacks.
pub(super) fn merged(mut proposals: Vec<Proposal>) -> Vec<Proposal> {
    proposals.sort_by_key(|proposal| proposal.source);
    let mut merged: Vec<Proposal> = Vec::new();
    for proposal in proposals {
        match merged.iter_mut().find(|known| same(known, &proposal)) {
            None => merged.push(proposal),
            Some(known) => {
                known.provider = known.provider.or(proposal.provider);
                known.imap = known.imap.take().or(proposal.imap);
                known.oauth = known.oauth.take().or(proposal.oauth);
                known.foreign &= proposal.foreign;
            }
        }
    }
    merged
}

fn same(one: &Proposal, other: &Proposal) -> bool {
    match (&one.smtp, &other.smtp) {
        (Some(one), Some(other)) => one == other,
        // A source that names where mail is read only adds nothing to one that names the same.
        (_, None) => one.imap == other.imap,
        (None, Some(_)) => false,
    }
}

/// Notes the provider whose server this is, or that the servers are outside the domain.
pub(super) fn recognize(proposal: &mut Proposal, domain: &str) {
    let smtp = proposal.smtp.as_ref();
    if let Some(preset) = smtp.and_then(|server| presets::of_smtp_host(&server.host)) {
        proposal.provider = Some(preset.provider);
        proposal.oauth = presets::oauth(&preset);
        return;
    }
    proposal.foreign = [&proposal.smtp, &proposal.imap]
        .into_iter()
        .flatten()
        .any(|server| !Host::parse(&server.host).is_ok_and(|host| host.is_within(domain)));
}
