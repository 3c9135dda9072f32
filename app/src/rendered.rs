//! HTML that the server renders while a page is open. The browser inserts it unchanged, so its code
//! and texts are not part of the WASM.

use domain::{
    CheckId, CheckReport, CheckStep, Discovery, Finding, IssuerDocument, IssuerProblem,
    MailSummary, UnixTime, mailbox::MailboxProblem,
};
use leptos::prelude::*;

use crate::{
    error::ApiError,
    mailbox_query::MailboxQuery,
    patch::{HtmlPatch, Placement},
    ui::{
        banner::{Banner, Tone},
        error_banner::ErrorBanner,
        explanation::Explained,
        mail_list::MailEntries,
        proposals::{Issuer, Proposals},
        report::{Interrupted, Progress, Report, RunAgain, Step, list},
    },
};

mod outbox;
mod sender_sessions;

pub use outbox::{
    CHART, DETAILS, HOURS, MESSAGES, MessageRows, SUMMARY, message_details, message_patch,
    message_rows,
};

pub use sender_sessions::{SENDER_SESSIONS, SessionRows, UNKNOWN_SESSIONS};

/// ID of the element that shows a check.
pub const RESULT: &str = "test-result";
/// ID of the list of new mail.
pub const NEW_MAIL: &str = "new-mail";
/// ID of the element with the problem of the folder watch.
pub const LIVE: &str = "mail-live";

/// Returns the patch for a check that was started.
pub fn check_started() -> HtmlPatch {
    HtmlPatch {
        into: RESULT.to_owned(),
        place: Placement::Within,
        html: html(|| view! { <Progress /> }.into_any()),
        said: String::new(),
        ended: None,
    }
}

/// Returns the patch for a step that ended. `at` is its position.
pub fn step(step: &CheckStep, at: usize) -> HtmlPatch {
    let said = [
        wording::check_part(step.part),
        ", ",
        wording::step_kind(step.kind),
        ": ",
        wording::step_verdict(step),
    ];
    let (into, said) = (list(step.part), said.concat());
    let (step, id) = (step.clone(), format!("finding-{at}"));
    HtmlPatch {
        into,
        place: Placement::End,
        // Recommendations are offered when the check has ended.
        html: html(|| view! { <Step step id server=None /> }.into_any()),
        said,
        ended: None,
    }
}

/// Returns the patch for a check that ended. `saved` is the saved version of the settings.
pub fn finished(
    id: &CheckId,
    report: &CheckReport,
    saved: i64,
    now: UnixTime,
    again: RunAgain,
) -> HtmlPatch {
    HtmlPatch {
        into: RESULT.to_owned(),
        place: Placement::Within,
        html: self::report(id, report, saved, now, again),
        said: wording::check_outcome(report),
        ended: Some(report.failure().is_none()),
    }
}

/// Returns the patch for a check that ended without a report, because the server or its database
/// failed.
pub fn check_failed() -> HtmlPatch {
    HtmlPatch {
        into: RESULT.to_owned(),
        place: Placement::End,
        html: html(|| view! { <ErrorBanner error=ApiError::Unavailable /> }.into_any()),
        said: String::new(),
        ended: Some(false),
    }
}

/// Returns the patch for an unknown check: the server that ran it was restarted, or its data center was removed.
pub fn interrupted(again: RunAgain) -> HtmlPatch {
    HtmlPatch {
        into: RESULT.to_owned(),
        place: Placement::Within,
        html: html(|| view! { <Interrupted recipient=String::new() again /> }.into_any()),
        said: "The check was interrupted.".to_owned(),
        ended: Some(true),
    }
}

/// Renders a finished check. `saved` is the saved version of the settings.
pub fn report(
    id: &CheckId,
    report: &CheckReport,
    saved: i64,
    now: UnixTime,
    again: RunAgain,
) -> String {
    let (id, report) = (id.clone(), report.clone());
    html(|| view! { <Report id report saved now again /> }.into_any())
}

/// Renders the settings that were found for an email address.
pub fn proposals(discovery: &Discovery) -> String {
    let discovery = discovery.clone();
    html(|| view! { <Proposals discovery /> }.into_any())
}

/// Renders the endpoints that an issuer publishes, or why they cannot be used.
pub fn issuer(found: &Result<IssuerDocument, IssuerProblem>) -> String {
    let found = found.clone();
    html(|| view! { <Issuer found /> }.into_any())
}

/// Returns the patch for mail that arrived while the page of its folder is open, newest first.
/// Announced when `is_more`.
pub fn new_mail(mails: Vec<MailSummary>, query: &MailboxQuery, is_more: bool) -> HtmlPatch {
    let said = if is_more {
        wording::new_mails(mails.len())
    } else {
        String::new()
    };
    let query = query.clone();
    HtmlPatch {
        into: NEW_MAIL.to_owned(),
        place: Placement::Within,
        html: html(|| view! { <MailEntries mails query /> }.into_any()),
        said,
        ended: None,
    }
}

/// Returns the patch for a problem of the folder watch, or for its end.
pub fn mail_watch(finding: Option<Finding>) -> HtmlPatch {
    let html = finding.map(|finding| {
        html(|| {
            view! {
                <Banner tone=Tone::Careful title="New mail is currently not shown automatically">
                    <Explained finding id="mail-live-finding" />
                </Banner>
            }
            .into_any()
        })
    });
    HtmlPatch {
        into: LIVE.to_owned(),
        place: Placement::Within,
        html: html.unwrap_or_default(),
        said: String::new(),
        ended: None,
    }
}

/// Returns the patch for a changed UIDVALIDITY. The page cannot be updated and must be reloaded.
pub fn mail_renumbered() -> HtmlPatch {
    let words = wording::mailbox_problem(&MailboxProblem::Renumbered);
    HtmlPatch {
        into: LIVE.to_owned(),
        place: Placement::Within,
        html: html(|| {
            view! {
                <Banner tone=Tone::Careful title=words.cause>
                    <p>{words.fix}</p>
                </Banner>
            }
            .into_any()
        }),
        said: words.cause.to_owned(),
        ended: Some(false),
    }
}

fn html(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| view().to_html())
}
