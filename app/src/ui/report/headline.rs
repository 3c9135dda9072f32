//! How a check ended.

use domain::{CheckOutcome, CheckReport, Finding, Verdict};
use leptos::prelude::*;

use super::{MAIN, main_step};
use crate::{
    text,
    ui::{
        banner::{Banner, Tone},
        explanation::Explained,
    },
};

/// In a banner.
#[component]
pub fn Headline(report: CheckReport) -> impl IntoView {
    let server = report.server.clone();
    match report.outcome.clone() {
        CheckOutcome::Delivered { message_id } => view! {
            <Banner tone=Tone::Good title="Delivered">
                <p>
                    {server} " accepted the test email for "
                    <strong>{report.recipient.clone()}</strong> "."
                </p>
                <p>"Message-ID: " <code id="message-id">{message_id}</code></p>
                {warnings(&report)}
            </Banner>
        }
        .into_any(),
        CheckOutcome::Passed => view! {
            <Banner tone=Tone::Good title="The connection works">
                <p>{server} " would take mail with these settings."</p>
                {warnings(&report)}
            </Banner>
        }
        .into_any(),
        CheckOutcome::Cancelled => view! {
            <Banner tone=Tone::Note title="Stopped">
                <p>"The check was ended before it had finished."</p>
            </Banner>
        }
        .into_any(),
        CheckOutcome::Failed(finding) => {
            let title = if report.recipient.is_empty() {
                "The connection does not work"
            } else {
                "Not delivered"
            };
            view! { <Banner tone=Tone::Bad title>{failed(&report, finding)}</Banner> }.into_any()
        }
    }
}

/// The cause; the fix stands where it failed, if a step is known.
fn failed(report: &CheckReport, finding: Finding) -> AnyView {
    let step = main_step(report).and_then(|at| report.steps.get(at));
    match step {
        None => view! { <Explained finding id=MAIN /> }.into_any(),
        Some(step) => {
            let place = [text::part(step.part), ": ", text::kind(step.kind)].concat();
            view! {
                <p>{text::explain(&finding).cause}</p>
                <p>
                    "What to do stands at the step: "
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
    let words = match number {
        0 => return None,
        1 => "One step warns; see below.".to_owned(),
        several => format!("{several} steps warn; see below."),
    };
    Some(view! { <p>{words}</p> })
}
