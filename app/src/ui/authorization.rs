//! The result of an authorization, on its own page and on the settings page.

use domain::{Finding, GrantAfterFailure, UnixTime};
use leptos::prelude::*;

use crate::ui::{
    banner::{Banner, Tone},
    explanation::Explained,
};

/// A successful authorization.
#[component]
pub fn Granted(
    data_center: String,
    account: String,
    account_confirmed: bool,
    valid_until: UnixTime,
    scope: String,
    other_account: Option<String>,
) -> impl IntoView {
    view! {
        <Banner tone=Tone::Good title="SMTP settings authorized">
            <dl class="facts">
                <dt>"Data center"</dt>
                <dd><bdi>{data_center}</bdi></dd>
                <dt>"Account"</dt>
                <dd id="authorized-account">
                    <bdi>{account}</bdi>
                    {(!account_confirmed)
                        .then_some(" (the user name; the provider did not confirm the account)")}
                </dd>
                <dt>"Token valid until"</dt>
                <dd>
                    <time datetime=valid_until.rfc3339()>{valid_until.to_string()}</time>
                    ", refreshed automatically"
                </dd>
                <dt>"Granted"</dt>
                <dd id="authorized-scope">{scope}</dd>
            </dl>
        </Banner>
        {other_account
            .map(|other| {
                view! {
                    <Banner tone=Tone::Careful title="Another account signed in">
                        <p>
                            <strong><bdi>{other}</bdi></strong>
                            " signed in, but the settings contain another user name. Mail servers reject this unless \
                            the account may use the other mailbox. Authorize again with the right account, or change the user name."
                        </p>
                    </Banner>
                }
            })}
    }
}

/// A failed authorization. Shows whether mail is still sent.
#[component]
pub fn Refused(finding: Finding, grant: GrantAfterFailure) -> impl IntoView {
    let consequence = match grant {
        GrantAfterFailure::InUse => {
            Some("The previous authorization is still in use. Mail continues to be sent.")
        }
        GrantAfterFailure::Missing => {
            Some("Your settings are saved. Mail waits until you authorize.")
        }
        GrantAfterFailure::NotConcerned => None,
    };
    view! {
        <Banner tone=Tone::Bad title="Not authorized">
            <Explained finding id="authorization-finding" />
            {consequence.map(|words| view! { <p>{words}</p> })}
        </Banner>
    }
}
