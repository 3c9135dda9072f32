//! Merges the proposals of several sources.

use domain::{Host, Proposal};

use super::presets;

/// Merges proposals with the same server, most reliable source first. A merged proposal keeps the
/// values of the more reliable source and adds missing ones from the others.
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
        // A proposal that only has a mailbox adds nothing to one with the same mailbox.
        (_, None) => one.imap == other.imap,
        (None, Some(_)) => false,
    }
}

/// Sets the provider that a server belongs to, or marks servers outside the domain as foreign.
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
