//! Result of a check.

use domain::{CheckOutcome, CheckReport, CheckedSettings, Finding, Verdict};
use leptos::prelude::*;

use super::{MAIN, main_step};
use crate::{
    paths,
    ui::{
        banner::{Banner, Tone},
        explanation::Explained,
    },
};

/// URLs that run a check again.
#[derive(Clone, Copy, Debug)]
pub struct RunAgain {
    /// Without a test email.
    pub check: &'static str,
    /// With a test email.
    pub test_email: &'static str,
}

/// Banner with the result. A success is green only if it applies to the saved settings.
#[component]
pub fn Headline(report: CheckReport, settings: CheckedSettings, again: RunAgain) -> impl IntoView {
    let server = report.server.clone();
    let good = if settings.is_other() {
        Tone::Note
    } else {
        Tone::Good
    };
    let about_others = wording::checked_settings(settings).filter(|_| settings.is_other());
    let about_others =
        about_others.map(|words| view! { <p>{["Checked with ", words, "."].concat()}</p> });
    let title = wording::check_title(&report, settings);
    match report.outcome.clone() {
        CheckOutcome::Delivered { message_id } => {
            let failure = report.failure().cloned();
            let tone = if failure.is_some() { Tone::Bad } else { good };
            view! {
                <Banner tone title>
                    <p>
                        {server} " accepted the test email for "
                        <strong>{report.recipient.clone()}</strong> "."
                    </p>
                    <p>"Message-ID: " <code id="message-id">{message_id}</code></p>
                    {about_others}
                    {failure.map(|finding| failed(&report, finding))}
                    {warnings(&report)}
                </Banner>
            }
            .into_any()
        }
        CheckOutcome::Passed => view! {
            <Banner tone=good title>
                <p>{server} " accepts mail with these settings."</p>
                {about_others}
                {warnings(&report)}
            </Banner>
        }
        .into_any(),
        CheckOutcome::Cancelled => view! {
            <Banner tone=Tone::Note title>
                <p>"The check was stopped before it finished."</p>
            </Banner>
        }
        .into_any(),
        CheckOutcome::Running => {
            let href = paths::SmtpSettings::of(report.data_center.as_str());
            view! {
                <Banner tone=Tone::Note title>
                    <p>
                        "It has no result yet. "
                        <a href=href rel="external">
                            "Show the result"
                        </a>
                    </p>
                </Banner>
            }
            .into_any()
        }
        CheckOutcome::Interrupted => {
            view! { <Interrupted recipient=report.recipient.clone() again /> }.into_any()
        }
        CheckOutcome::Failed(finding) => {
            let note = [&server, " accepts mail with these settings."].concat();
            let note = report.fails_at_mailbox().then_some(note);
            view! {
                <Banner tone=Tone::Bad title>
                    {failed(&report, finding)}
                    {note.map(|note| view! { <p>{note}</p> })}
                    {about_others}
                </Banner>
            }
            .into_any()
        }
    }
}

/// A check that was interrupted, with a button that runs it again. The recipient is that of a test
/// email, or empty.
#[component]
pub fn Interrupted(recipient: String, again: RunAgain) -> impl IntoView {
    let sends = !recipient.is_empty();
    let action = if sends { again.test_email } else { again.check };
    view! {
        <Banner tone=Tone::Careful title="The check was interrupted">
            <p>"Mailgrant stopped or restarted before the check finished."</p>
            {sends.then(|| view! { <p>"The test email may have been sent."</p> })}
            <p>
                <button
                    type="submit"
                    class="button"
                    id="run-again"
                    value=recipient
                    formaction=action
                >
                    "Run again"
                </button>
            </p>
        </Banner>
    }
}

/// Renders the cause. The fix is shown at the failed step, if there is one.
fn failed(report: &CheckReport, finding: Finding) -> AnyView {
    let step = main_step(report).and_then(|at| report.steps.get(at));
    match step {
        None => view! { <Explained finding id=MAIN /> }.into_any(),
        Some(step) => {
            let place = [
                wording::check_part(step.part),
                " › ",
                wording::step_kind(step.kind),
            ]
            .concat();
            view! {
                <p>{wording::explain(&finding).cause}</p>
                <p>
                    "How to fix it: see "
                    <a href=["#", MAIN].concat() rel="external">
                        {place}
                    </a>
                </p>
            }
            .into_any()
        }
    }
}

fn warnings(report: &CheckReport) -> Option<impl IntoView + use<>> {
    let steps = report.steps.iter();
    let number = steps.filter(|step| step.verdict == Verdict::Warned).count();
    wording::check_warnings(number).map(|words| view! { <p>{words}</p> })
}
