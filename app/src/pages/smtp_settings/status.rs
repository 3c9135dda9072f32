//! State of the grant.

use domain::{GrantStatus, SmtpSettings};
use leptos::prelude::*;

use super::session::Session;
use crate::{form::live::FormState, ui::explanation::Explained};

/// The status block of OAuth settings.
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
                "Saving these values ends the authorization, because it only applies to the previous ones. \
                Mail waits until you sign in again."
            </p>
        </section>
    }
}

fn reads_with_grant(state: FormState) -> bool {
    let reads = |settings: &SmtpSettings<_>| settings.reads_with_grant().is_some();
    state.saved.with(|saved| saved.as_ref().is_some_and(reads))
}

/// Returns true if saving the typed values would end the current grant.
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
                "The authorization does not cover the settings that were saved on "
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
                        "Press Save & Authorize and sign in at the provider. The permission is used \
                        to send mail and to read the email box."
                    } else {
                        "Fill in the fields, then press Save & Authorize and sign in at the provider."
                    }
                } else {
                    "An administrator must sign in at the provider."
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
                <strong id="status-account"><bdi>{account.clone()}</bdi></strong>
                " on "
                <time datetime=authorized_at.rfc3339()>{authorized_at.to_string()}</time>
                "."
            </p>
            <p>
                "Token valid until "
                <time datetime=valid_until.rfc3339()>{valid_until.to_string()}</time>
                ", refreshed automatically."
            </p>
            <p class="help">"Granted: " {scope.clone()}</p>
            {not_granted(state, &scope, may_edit)}
            {identities(state, account, account_confirmed)}
            {trouble
                .map(|finding| {
                    view! {
                        <div class="banner careful">
                            <p class="banner-title">"The last token refresh failed and will be retried"</p>
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
                <strong id="status-account"><bdi>{account}</bdi></strong>
                " had signed in. Mail waits until "
                {if may_edit { "you press" } else { "an administrator presses" }}
                " Save & Authorize."
            </p>
            <Explained finding id="status-finding" />
        }
        .into_any(),
    }
}

/// Lists requested scopes that the provider did not grant, with a button to request them again.
fn not_granted(state: FormState, granted: &str, may_edit: bool) -> impl IntoView + use<> {
    let (missing, reads) = state.saved.with(|saved| {
        let binding = saved.as_ref().and_then(SmtpSettings::grant_binding);
        let missing = binding.map(|binding| binding.scope.missing_from(granted));
        let reads = saved.as_ref().and_then(SmtpSettings::reads_with_grant);
        (missing.unwrap_or_default(), reads.is_some())
    });
    // A provider that does not return the scope has granted what was requested (RFC 6749 §5.1).
    let shows = !granted.trim().is_empty() && !missing.is_empty();
    shows.then(|| {
        view! {
            <div class="banner careful" id="not-granted">
                <p class="banner-title">"The provider did not grant all requested permissions"</p>
                <p>
                    "Missing: " <code>{missing.join(" ")}</code> ". "
                    {reads
                        .then_some("The email box uses the same authorization, so Mailgrant may not be able to open it. ")}
                    {if may_edit {
                        "Authorize again, and allow all permissions at the provider."
                    } else {
                        "An administrator must authorize again, and allow all permissions at the provider."
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

/// Shows the signed-in account, the user name, and the From address when they differ.
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
                <dd><bdi>{account}</bdi> {(!confirmed).then_some(" (as requested; the provider did not confirm it)")}</dd>
                <dt>"Username"</dt>
                <dd><bdi>{username}</bdi></dd>
                <dt>"From"</dt>
                <dd>{from}</dd>
            </dl>
            <p class="warning">
                "These differ. The account that signed in must be allowed to use the mailbox of the \
                user name, and to send as the From address."
            </p>
        }
    })
}
