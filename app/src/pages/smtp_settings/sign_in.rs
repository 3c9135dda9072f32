//! The sign-in in the other tab, as shown in this one.

use domain::AuthorizationState;
use leptos::prelude::*;

use super::session::SignIn;
use crate::ui::{
    authorization::{Granted, Refused},
    banner::{Banner, Tone},
};

/// Progress of the sign-in, or its result.
#[component]
pub fn SignInProgress(sign_in: SignIn) -> impl IntoView {
    match sign_in.ended {
        Some(AuthorizationState::Authorized {
            data_center,
            account,
            account_confirmed,
            valid_until,
            scope,
            other_account,
        }) => view! {
            <Granted
                data_center=data_center.name.to_string()
                account
                account_confirmed
                valid_until
                scope
                other_account
            />
        }
        .into_any(),
        Some(AuthorizationState::Failed { finding, grant, .. }) => view! {
            <Refused finding grant />
            <button type="submit" class="button" id="try-again">
                "Try again"
            </button>
        }
        .into_any(),
        Some(AuthorizationState::Pending { .. }) | None => waiting(sign_in).into_any(),
    }
}

fn waiting(sign_in: SignIn) -> impl IntoView {
    let (title, hint) = if sign_in.blocked {
        (
            "Your browser did not open the sign-in page",
            "Open it with this link. This page updates when you are done.",
        )
    } else {
        (
            "Waiting for the sign-in in the other tab…",
            "If you do not see that tab, open it again.",
        )
    };
    let tone = if sign_in.blocked {
        Tone::Careful
    } else {
        Tone::Note
    };
    view! {
        <Banner tone title>
            <p>{hint}</p>
            <p>
                <a
                    id="sign-in-link"
                    href=sign_in.url
                    target="_blank"
                    rel="noopener noreferrer"
                >
                    "Open the sign-in page"
                </a>
            </p>
            {sign_in
                .lost
                .then(|| {
                    view! {
                        <p>
                            "The connection to Mailgrant was lost. Reload this page after the sign-in \
                            to see how it ended."
                        </p>
                    }
                })}
        </Banner>
    }
}
