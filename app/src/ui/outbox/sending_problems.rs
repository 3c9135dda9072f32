//! Problems that keep data centers from sending.

use domain::{GrantStatus, OutboxOverview, SendingState};
use leptos::prelude::*;

use crate::ui::{
    banner::{Banner, Tone},
    explanation::Explained,
    when::When,
};

use crate::paths;

/// Banner with the fix for each data center that cannot send.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn SendingProblems(overview: OutboxOverview) -> impl IntoView {
    let nothing_is_set_up = overview
        .data_centers
        .iter()
        .all(|state| !state.has_settings);
    // A data center without settings may be intended for later use.
    let set_up = overview
        .data_centers
        .iter()
        .filter(|state| state.has_settings);
    let banners = set_up.map(of_one).collect_view();
    view! {
        {nothing_is_set_up
            .then(|| {
                view! {
                    <Banner tone=Tone::Note title="There are no SMTP settings yet">
                        <p>
                            "Messages are accepted and wait until you configure them in " <a href=paths::SmtpSettings::PATH rel="external">
                                "Settings :: SMTP"
                            </a> "."
                        </p>
                    </Banner>
                }
            })}
        {banners}
    }
}

/// Returns true if a problem keeps the data center from sending.
pub fn stops(state: &SendingState) -> bool {
    let lacks_grant = matches!(
        state.grant,
        GrantStatus::NeedsAuthorization { .. } | GrantStatus::NotAuthorized { .. }
    );
    !state.has_settings || lacks_grant || state.pause.is_some()
}

/// Renders the problem of one data center.
pub fn of_one(state: &SendingState) -> AnyView {
    let name = state.data_center.name.as_str();
    let id = state.data_center.id.as_str();
    let settings = paths::SmtpSettings::of(id);
    if !state.has_settings {
        let title = wording::sending_state::LACKS_SETTINGS;
        return view! {
            <Banner tone=Tone::Careful name title>
                <p>
                    <a href=settings rel="external">
                        "Go to its settings"
                    </a>
                </p>
            </Banner>
        }
        .into_any();
    }
    let link = view! {
        <p>
            <a href=settings rel="external">
                "Go to its settings, then press Save & Authorize"
            </a>
        </p>
    };
    let title = wording::sending_state::lacks_grant(&state.grant).unwrap_or_default();
    let grant = match &state.grant {
        GrantStatus::NeedsAuthorization { finding, .. } => {
            let finding = finding.clone();
            let finding_id = ["grant-finding-", id].concat();
            view! {
                <Banner tone=Tone::Bad name title>
                    <Explained finding id=finding_id />
                    {link}
                </Banner>
            }
            .into_any()
        }
        GrantStatus::NotAuthorized {
            ended_by_save: None,
        } => view! {
            <Banner tone=Tone::Careful name title>
                {link}
            </Banner>
        }
        .into_any(),
        GrantStatus::NotAuthorized {
            ended_by_save: Some(at),
        } => {
            let at = *at;
            view! {
                <Banner tone=Tone::Bad name title>
                    <p>
                        "The authorization does not cover the settings that were saved at "
                        <When at=at /> "."
                    </p>
                    {link}
                </Banner>
            }
            .into_any()
        }
        GrantStatus::NotUsed | GrantStatus::Authorized { .. } => ().into_any(),
    };
    let pause = state.pause.clone().map(|pause| {
        let title = wording::sending_state::IS_PAUSED;
        let finding_id = ["pause-finding-", id].concat();
        view! {
            <Banner tone=Tone::Careful name title>
                <p>"Mailgrant retries at " <When at=pause.until /> "."</p>
                <Explained finding=pause.finding id=finding_id />
            </Banner>
        }
    });
    view! {
        {grant}
        {pause}
    }
    .into_any()
}
