//! One step of a check.

use domain::{CheckPart, CheckStep, FindingCode, Verdict};
use leptos::prelude::*;

use crate::ui::explanation::Explained;

/// One step with its result, and the fix if it failed. `id` is the ID of the finding. With `server`
/// as `host:port`, an alternative setting is offered.
#[component]
pub fn Step(step: CheckStep, id: String, server: Option<String>) -> impl IntoView {
    let (class, mark) = match step.verdict {
        Verdict::Passed => ("step passed", "✓"),
        Verdict::Warned => ("step warned", "!"),
        Verdict::Failed => ("step failed", "✕"),
        Verdict::Skipped => ("step skipped", "–"),
    };
    let verdict = wording::step_verdict(&step);
    let was_tried = step.verdict != Verdict::Skipped;
    let head = view! {
        <span class="mark" aria-hidden="true">
            {mark}
        </span>
        <span class="step-kind">{wording::step_kind(step.kind)}</span>
        <span class="visually-hidden">{verdict}</span>
        <span class="step-time">{was_tried.then(|| wording::milliseconds(step.micros))}</span>
    };
    let says_more = !step.sent.is_empty() || !step.received.is_empty() || !step.facts.is_empty();
    let code = step.finding.as_ref().map(|finding| finding.code);
    let other = code.filter(|_| step.part == CheckPart::Smtp);
    let open = step.verdict == Verdict::Failed;
    let facts = step.facts.iter().map(|fact| {
        view! {
            <dt>{wording::check_fact(fact.name)}</dt>
            <dd>{wording::check_fact_value(fact)}</dd>
        }
    });
    let facts = facts.collect_view();
    let has_facts = !step.facts.is_empty();
    let content = if says_more {
        view! {
            <details open=open>
                <summary class="step-head">{head}</summary>
                {has_facts.then(|| view! { <dl class="facts">{facts}</dl> })}
                {exchange("sent", "→", step.sent)}
                {exchange("received", "←", step.received)}
            </details>
        }
        .into_any()
    } else {
        view! { <div class="step-head">{head}</div> }.into_any()
    };
    view! {
        <li class=class>
            {content}
            {step.finding.map(|finding| view! { <Explained finding id /> })}
            {other.zip(server).and_then(|(code, server)| remedy(code, &server))}
        </li>
    }
}

/// Button that applies an alternative setting. It is visible with WASM to users who may change
/// settings.
fn remedy(code: FindingCode, server: &str) -> Option<impl IntoView + use<>> {
    wording::remedy(code, server).map(|(choice, words)| {
        view! {
            <p class="remedy needs-wasm">
                <button type="submit" class="button" id="remedy" value=choice>
                    {words}
                </button>
            </p>
        }
    })
}

fn exchange(class: &'static str, arrow: &'static str, text: String) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <div class=["exchange ", class].concat()>
                <span class="arrow" aria-hidden="true">
                    {arrow}
                </span>
                <span class="visually-hidden">{class}</span>
                <pre>{text}</pre>
            </div>
        }
    })
}
