//! How the grant stands.

use domain::{GrantStatus, SmtpSettings};
use leptos::prelude::*;

use super::session::Session;
use crate::{form::live::FormState, ui::explanation::Explained};

/// The status block of OAuth.
#[component]
pub fn Status(session: Session) -> impl IntoView {
    view! {
        <section class="status" aria-labelledby="status-title">
            <h3 id="status-title">"Status"</h3>
            <output id="grant-status" aria-live="polite">
                {move || shown(session, session.status().get())}
            </output>
            <p class="help">
                "You need to authorize again if you change the SMTP host, username, client ID, \
                endpoints, or scope, or the host name of an email box that uses the same \
                authorization."
            </p>
            <p
                id="ends-grant"
                class="warning"
                hidden=move || !ends_grant(session)
            >
                "Saving these values ends the authorization: it is never used with other values. \
                Mail waits until you sign in again."
            </p>
        </section>
    }
}

fn reads_with_grant(state: FormState) -> bool {
    let reads = |settings: &SmtpSettings<_>| settings.reads_with_grant().is_some();
    state.saved.with(|saved| saved.as_ref().is_some_and(reads))
}

/// Whether saving what is typed ends a grant that is held.
pub fn ends_grant(session: Session) -> bool {
    let held = session
        .status()
        .with(|status| matches!(status, GrantStatus::Authorized { .. }));
    held && session.state().would_end_grant()
}

fn shown(session: Session, status: GrantStatus) -> AnyView {
    let (state, may_edit) = (session.state(), session.may_edit());
    match status {
        GrantStatus::NotAuthorized {
            ended_by_save: Some(at),
        } => view! {
            <p class="status-line bad">
                <strong>"Needs authorization. "</strong>
                "The authorization it had does not cover the settings that were saved on "
                <time datetime=at.rfc3339()>{at.to_string()}</time>
                ". Mail waits until "
                {if may_edit { "you press" } else { "an administrator presses" }}
                " Save & Authorize."
            </p>
        }
        .into_any(),
        GrantStatus::NotUsed | GrantStatus::NotAuthorized { .. } => view! {
            <p class="status-line none">
                <strong>"Not authorized. "</strong>
                {if may_edit {
                    if reads_with_grant(state) {
                        "Press Save & Authorize and sign in at the provider. What you allow there is \
                        for sending and for reading the email box."
                    } else {
                        "Fill in the fields, then press Save & Authorize and sign in at the provider."
                    }
                } else {
                    "An administrator signs in at the provider."
                }}
            </p>
        }
        .into_any(),
        GrantStatus::Authorized {
            account,
            account_confirmed,
            authorized_at,
            valid_until,
            scope,
            trouble,
        } => view! {
            <p class="status-line good">
                <strong>"Authorized"</strong>
                " as "
                <strong id="status-account">{account.clone()}</strong>
                " on "
                <time datetime=authorized_at.rfc3339()>{authorized_at.to_string()}</time>
                "."
            </p>
            <p>
                "Token valid until "
                <time datetime=valid_until.rfc3339()>{valid_until.to_string()}</time>
                ", renewed automatically."
            </p>
            <p class="help">"Granted: " {scope.clone()}</p>
            {not_granted(state, &scope, may_edit)}
            {identities(state, account, account_confirmed)}
            {trouble
                .map(|finding| {
                    view! {
                        <div class="banner careful">
                            <p class="banner-title">"The last renewal failed; it is tried again"</p>
                            <Explained finding id="status-trouble" />
                        </div>
                    }
                })}
        }
        .into_any(),
        GrantStatus::NeedsAuthorization {
            account,
            since,
            finding,
        } => view! {
            <p class="status-line bad">
                <strong>"Needs authorization"</strong>
                " since "
                <time datetime=since.rfc3339()>{since.to_string()}</time>
                ". "
                <strong id="status-account">{account}</strong>
                " had signed in. Mail waits until "
                {if may_edit { "you press" } else { "an administrator presses" }}
                " Save & Authorize."
            </p>
            <Explained finding id="status-finding" />
        }
        .into_any(),
    }
}

/// What is asked for and not granted, as the provider says at a renewal. With the button that asks again.
fn not_granted(state: FormState, granted: &str, may_edit: bool) -> impl IntoView + use<> {
    let (missing, reads) = state.saved.with(|saved| {
        let binding = saved.as_ref().and_then(SmtpSettings::grant_binding);
        let missing = binding.map(|binding| binding.scope.missing_from(granted));
        let reads = saved.as_ref().and_then(SmtpSettings::reads_with_grant);
        (missing.unwrap_or_default(), reads.is_some())
    });
    // A provider that says nothing of the scope has granted what was asked for (RFC 6749 §5.1).
    let shows = !granted.trim().is_empty() && !missing.is_empty();
    shows.then(|| {
        view! {
            <div class="banner careful" id="not-granted">
                <p class="banner-title">"Not everything that is asked for is granted"</p>
                <p>
                    "Missing: " <code>{missing.join(" ")}</code> ". "
                    {reads
                        .then_some("The email box is opened with the same authorization, so it may stay closed. ")}
                    {if may_edit {
                        "Authorize again, and allow all of it at the provider."
                    } else {
                        "An administrator authorizes again, and allows all of it at the provider."
                    }}
                </p>
                {may_edit
                    .then(|| {
                        view! {
                            <button type="submit" class="button" id="authorize-again">
                                "Authorize again"
                            </button>
                        }
                    })}
            </div>
        }
    })
}

/// Account, username and From are three things: all are shown when they differ.
fn identities(state: FormState, account: String, confirmed: bool) -> impl IntoView {
    let (username, from) = state.saved.with(|saved| {
        let username = saved.as_ref().and_then(SmtpSettings::grant_binding);
        (
            username.map(|binding| binding.username).unwrap_or_default(),
            saved
                .as_ref()
                .map(|saved| saved.from.address.to_string())
                .unwrap_or_default(),
        )
    });
    let same = account.eq_ignore_ascii_case(&username) && username.eq_ignore_ascii_case(&from);
    (!same).then(|| {
        view! {
            <dl class="facts" id="identities">
                <dt>"Signed in"</dt>
                <dd>{account} {(!confirmed).then_some(" (as asked; the provider did not say)")}</dd>
                <dt>"Username"</dt>
                <dd>{username}</dd>
                <dt>"From"</dt>
                <dd>{from}</dd>
            </dl>
            <p class="warning">
                "These differ. The account that signed in needs the right to use the mailbox of the \
                username, and to send as the From address."
            </p>
        }
    })
}
