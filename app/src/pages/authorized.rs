//! `/authorized/:id`: the result of an authorization. The callback redirects here.

use domain::{AuthorizationState, DataCenter, Finding, FindingCode, GrantAfterFailure, Role};
use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::failure::Failure;
use crate::{
    api::{self, AuthorizeAgain},
    island::Island,
    paths, request,
    ui::{
        authorization::{Granted, Refused},
        banner::{Banner, Tone},
    },
};

/// The result, hydrated so that values can be copied.
pub const AUTHORIZATION: Island<AuthorizationState> = Island {
    id: "authorization-outcome",
    view: |state| view! { <Outcome state /> }.into_any(),
};

/// The result of an authorization.
#[component]
pub fn AuthorizedPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let state = api::authorization(id);
    let callback_error = callback_error();
    let shown = Suspend::new(async move {
        match state.await.map(|state| state.or(callback_error)) {
            Ok(Some(state)) => EitherOf3::A(view! { <Found state /> }),
            Ok(None) => EitherOf3::B(view! { <Unknown /> }),
            Err(error) => EitherOf3::C(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Authorization" />
        <h1>"Authorization"</h1>
        {shown}
    }
}

/// Returns the error of a callback that belongs to no authorization of this browser. The redirect
/// of the callback contains its code.
fn callback_error() -> Option<AuthorizationState> {
    let named = use_query_map().with_untracked(|query| query.get("finding"))?;
    let code = [
        FindingCode::StateUnknown,
        FindingCode::OtherBrowser,
        FindingCode::AuthorizationUsed,
        FindingCode::CallbackIncomplete,
    ]
    .into_iter()
    .find(|code| code.code() == named)?;
    Some(AuthorizationState::Failed {
        data_center: None,
        finding: Finding::new(code),
        grant: GrantAfterFailure::NotConcerned,
    })
}

#[component]
fn Found(state: AuthorizationState) -> impl IntoView {
    let (data_center, failed) = match &state {
        AuthorizationState::Pending { data_center, .. }
        | AuthorizationState::Authorized { data_center, .. } => (Some(data_center), false),
        AuthorizationState::Failed { data_center, .. } => (data_center.as_ref(), true),
    };
    let data_center = data_center.cloned();
    let may_retry = failed && request::may(Role::Administrator);
    let retry = data_center.clone().filter(|_| may_retry);
    view! {
        {AUTHORIZATION.rendered(state)}
        {retry.map(|data_center| view! { <Retry data_center /> })}
        <Back data_center />
    }
}

#[component]
fn Unknown() -> impl IntoView {
    api::not_found();
    view! {
        <Banner tone=Tone::Careful title="Authorization not found">
            <p>"It may have been deleted. Results are kept for a few days."</p>
            <p>
                <a href=paths::SmtpSettings::PATH rel="external">
                    "Settings :: SMTP"
                </a>
            </p>
        </Banner>
    }
}

#[component]
fn Outcome(state: AuthorizationState) -> impl IntoView {
    match state {
        AuthorizationState::Pending { expires_at, .. } => view! {
            <Banner tone=Tone::Note title="Waiting for the sign-in">
                <p>
                    "The sign-in is not finished yet. It expires at " {expires_at.to_string()} "."
                </p>
            </Banner>
        }
        .into_any(),
        AuthorizationState::Authorized {
            data_center,
            account,
            account_confirmed,
            valid_until,
            scope,
            other_account,
        } => view! {
            <Granted
                data_center=data_center.name.to_string()
                account
                account_confirmed
                valid_until
                scope
                other_account
            />
            <p>"You can close this tab. The settings page is already up to date."</p>
        }
        .into_any(),
        AuthorizationState::Failed { finding, grant, .. } => {
            view! { <Refused finding grant /> }.into_any()
        }
    }
}

/// Starts a new authorization of the saved settings in this tab.
#[component]
fn Retry(data_center: DataCenter) -> impl IntoView {
    let again = ServerAction::<AuthorizeAgain>::new();
    let error = again.value().get_untracked().and_then(Result::err);
    view! {
        <ActionForm action=again attr:id="authorize-again">
            <input type="hidden" name="data_center" value=data_center.id.to_string() />
            <button type="submit" class="button primary">
                "Try again"
            </button>
        </ActionForm>
        {error.map(|error| view! { <Failure error /> })}
    }
}

#[component]
fn Back(data_center: Option<DataCenter>) -> impl IntoView {
    let id = data_center
        .map(|data_center| data_center.id)
        .unwrap_or_default();
    view! {
        <p>
            <a href=paths::SmtpSettings::of(id.as_str()) rel="external">
                "Back to Settings :: SMTP"
            </a>
        </p>
    }
}
