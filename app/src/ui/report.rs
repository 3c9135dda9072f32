//! Report of a check: its result and each step. Only the server renders it. The browser inserts it
//! unchanged, so its texts are not part of the WASM.

mod headline;
mod step;

use domain::{
    CheckId, CheckOutcome, CheckPart, CheckReport, CheckStep, CheckedSettings, UnixTime, Verdict,
};
use leptos::prelude::*;

use self::headline::Headline;
use crate::{
    paths,
    ui::{copy::CopyButton, when::When},
};

pub use headline::{Interrupted, RunAgain};
pub use step::Step;

/// ID of the finding that ended the check.
const MAIN: &str = "test-finding";

/// A finished check. `saved` is the saved version of the settings.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Report(
    id: CheckId,
    report: CheckReport,
    saved: i64,
    now: UnixTime,
    again: RunAgain,
) -> impl IntoView {
    let tls = report.tls.as_ref().map_or_else(
        || "none".to_owned(),
        |tls| [&*tls.version, ", ", &tls.cipher].concat(),
    );
    let age = wording::age(now.since(report.started_at));
    let settings = CheckedSettings::of(&report, saved);
    let checked_with = wording::checked_settings(settings).map(|words| [", with ", words].concat());
    let has_steps = !report.steps.is_empty();
    let transcript = wording::check_transcript(&report);
    let download = paths::CheckTranscript::path(id.as_str());
    let main = main_step(&report);
    let shown = |part: CheckPart| {
        let steps = report.steps.iter().enumerate();
        let steps = steps.filter(|(_, step)| step.part == part);
        let steps: Vec<_> = steps
            .map(|(at, step)| {
                let is_main = main == Some(at);
                let id = if is_main {
                    MAIN.to_owned()
                } else {
                    format!("finding-{at}")
                };
                let step = with_all_values(step, &report, is_main);
                let server = Some(report.server.clone());
                view! { <Step step id server /> }
            })
            .collect();
        (!steps.is_empty()).then(|| group(part, steps.into_any()))
    };
    let parts = CheckPart::ALL
        .iter()
        .map(|part| shown(*part))
        .collect_view();
    view! {
        <div class="report">
            <Headline report=report.clone() settings again />
            <dl class="facts">
                <dt>"Server"</dt>
                <dd>{report.server.clone()}</dd>
                <dt>"TLS"</dt>
                <dd id="report-tls">{tls}</dd>
                <dt>"Last reply"</dt>
                <dd id="last-reply">
                    {report.last_reply.clone().unwrap_or_else(|| "none".to_owned())}
                </dd>
                <dt>"Checked"</dt>
                <dd id="report-age">
                    {age} ", " <When at=report.started_at />
                    {checked_with}
                </dd>
            </dl>
            {has_steps.then(|| view! { <h3>"Steps"</h3> })}
            {parts}
            <details class="transcript">
                <summary>"Transcript"</summary>
                <pre id="transcript">{transcript}</pre>
            </details>
            <p class="choices">
                <CopyButton of="transcript" what="the transcript" />
                <a class="button quiet" href=download download rel="external">
                    "Download the transcript"
                </a>
            </p>
        </div>
    }
}

/// A running check: an empty list for each part.
#[component]
pub fn Progress() -> impl IntoView {
    let parts = CheckPart::ALL
        .iter()
        .map(|part| group(*part, ().into_any()));
    view! {
        <div class="report">
            <h3>"Steps"</h3>
            {parts.collect_view()}
        </div>
    }
}

/// Renders the steps of a part.
fn group(part: CheckPart, steps: AnyView) -> impl IntoView {
    let title = ["part-", code(part)].concat();
    view! {
        <div class="check-part">
            <h4 id=title.clone()>{wording::check_part(part)}</h4>
            <ol class="steps" id=list(part) aria-labelledby=title>
                {steps}
            </ol>
        </div>
    }
}

fn code(part: CheckPart) -> &'static str {
    match part {
        CheckPart::OAuth => "oauth",
        CheckPart::Smtp => "smtp",
        CheckPart::Imap => "imap",
        CheckPart::Domain => "domain",
        CheckPart::Arrival => "arrival",
    }
}

/// Returns the ID of the list of a part.
pub fn list(part: CheckPart) -> String {
    ["steps-", code(part)].concat()
}

/// Returns the position of the step that failed the check. A step of the mailbox only counts if
/// mail can be sent.
fn main_step(report: &CheckReport) -> Option<usize> {
    let code = report.failure()?.code;
    let at_mailbox = report.fails_at_mailbox();
    let has_it = |step: &CheckStep| {
        let own = step.finding.as_ref().map(|own| own.code);
        step.verdict == Verdict::Failed && own == Some(code)
    };
    let mut steps = report.steps.iter().enumerate().rev();
    let is_main = |step: &CheckStep| has_it(step) && (step.part == CheckPart::Imap) == at_mailbox;
    steps.find(|(_, step)| is_main(step)).map(|(at, _)| at)
}

/// Returns a step with all values of its connection. The report has more of them than the step had
/// when it failed.
fn with_all_values(step: &CheckStep, report: &CheckReport, is_main: bool) -> CheckStep {
    let mut step = step.clone();
    if let (true, CheckOutcome::Failed(finding)) = (is_main, &report.outcome) {
        step.finding = Some(finding.clone());
    }
    step
}
