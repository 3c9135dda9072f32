//! Settings that were found for an email address or an issuer. Only the server renders them.

use domain::{Discovery, IssuerDocument, IssuerProblem, Proposal};
use leptos::prelude::*;

/// The proposals with their sources, and the sources that could not be queried.
#[component]
pub fn Proposals(discovery: Discovery) -> impl IntoView {
    let found = wording::discovery_result(&discovery);
    let trouble = discovery.trouble.into_iter().map(|trouble| {
        view! { <p class="warning">{wording::discovery_problem(trouble)}</p> }
    });
    let proposals = discovery.proposals.into_iter().enumerate();
    let proposals = proposals.map(|(at, proposal)| view! { <Proposed proposal at /> });
    view! {
        <p class="found">{found}</p>
        {trouble.collect_view()}
        <ul class="proposals">{proposals.collect_view()}</ul>
    }
}

/// One proposal; `at` is its position.
#[component]
fn Proposed(proposal: Proposal, at: usize) -> impl IntoView {
    let evidence = [
        wording::discovery_source(proposal.source),
        ": ",
        &proposal.evidence,
    ]
    .concat();
    let usable = proposal.smtp.is_some();
    let sign_in = match &proposal.oauth {
        Some(oauth) => ["OAuth at ", &oauth.authorization_endpoint].concat(),
        None => "User name and password".to_owned(),
    };
    let rows = [
        (
            "Provider",
            proposal
                .provider
                .map(|one| wording::provider(one).to_owned()),
        ),
        (
            "Sending",
            proposal.smtp.as_ref().map(wording::proposed_server),
        ),
        (
            "Mailbox",
            proposal.imap.as_ref().map(wording::proposed_server),
        ),
        ("Sign-in", usable.then_some(sign_in)),
        (
            "Username",
            Some(proposal.username).filter(|name| !name.is_empty()),
        ),
        ("Source", Some(evidence)),
    ];
    view! {
        <li class="proposal">
            <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl>
            {proposal
                .foreign
                .then(|| {
                    view! {
                        <p class="warning">
                            "The server and the address belong to different domains. Use it only if you know the \
                            server: anyone who can change the domain's DNS can point to it."
                        </p>
                    }
                })}
            {usable.then(|| view! { <UseThis at /> })}
        </li>
    }
}

/// Endpoints that an issuer publishes, or why they cannot be used.
#[component]
pub fn Issuer(found: Result<IssuerDocument, IssuerProblem>) -> impl IntoView {
    let document = match found {
        Ok(document) => document,
        Err(trouble) => {
            return view! { <p class="warning">{wording::issuer_problem(&trouble)}</p> }.into_any();
        }
    };
    let source = Some(document.url).filter(|url| !url.is_empty());
    let rows = [
        ("Issuer", Some(document.oauth.issuer)),
        ("Authorization", Some(document.oauth.authorization_endpoint)),
        ("Token", Some(document.oauth.token_endpoint)),
        (
            "Supported scopes",
            Some(document.scopes.join(" ")).filter(|scopes| !scopes.is_empty()),
        ),
        (
            "Source",
            Some(source.unwrap_or_else(|| "Built in".to_owned())),
        ),
    ];
    view! {
        <p class="found">"1 proposal, with endpoints only:"</p>
        <ul class="proposals">
            <li class="proposal">
                <dl class="facts">{rows.into_iter().map(row).collect_view()}</dl>
                <UseThis at=0 />
            </li>
        </ul>
    }
    .into_any()
}

fn row((name, value): (&'static str, Option<String>)) -> impl IntoView {
    value.map(|value| {
        view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        }
    })
}

#[component]
fn UseThis(at: usize) -> impl IntoView {
    view! {
        <button type="submit" class="button" id=["proposal-", &at.to_string()].concat()>
            "Use this"
        </button>
    }
}
