//! The report of a check: how it ended, and each step.

use domain::{CheckOutcome, CheckReport, CheckStep, Verdict};
use leptos::prelude::*;

use crate::{
    text,
    ui::{
        banner::{Banner, Tone},
        explanation::Explained,
    },
};

/// A finished check.
#[component]
pub fn Report(report: CheckReport) -> impl IntoView {
    let recipient = report.recipient;
    let server = report.server.clone();
    let headline = match report.outcome {
        CheckOutcome::Delivered { message_id } => view! {
            <Banner tone=Tone::Good title="Delivered">
                <p>
                    {server} " accepted the test email for " <strong>{recipient}</strong>
                    "."
                </p>
                <p>"Message-ID: " <code id="message-id">{message_id}</code></p>
            </Banner>
        }
        .into_any(),
        CheckOutcome::Passed => view! {
            <Banner tone=Tone::Good title="The connection works">
                <p>{server} " would take mail with these settings."</p>
            </Banner>
        }
        .into_any(),
        CheckOutcome::Cancelled => view! {
            <Banner tone=Tone::Note title="Stopped">
                <p>"The check was ended before it had finished."</p>
            </Banner>
        }
        .into_any(),
        CheckOutcome::Failed(finding) => view! {
            <Banner tone=Tone::Bad title="Not delivered">
                <Explained finding id="test-finding" />
            </Banner>
        }
        .into_any(),
    };
    let tls = report.tls.map_or_else(
        || "none".to_owned(),
        |tls| [tls.version, tls.cipher].join(", "),
    );
    view! {
        <div class="report">
            {headline} <dl class="facts">
                <dt>"Server"</dt>
                <dd>{report.server}</dd>
                <dt>"TLS"</dt>
                <dd id="report-tls">{tls}</dd>
                <dt>"Last reply"</dt>
                <dd id="last-reply">{report.last_reply.unwrap_or_else(|| "none".to_owned())}</dd>
                <dt>"Started"</dt>
                <dd>
                    <time datetime=report.started_at.rfc3339()>{report.started_at.to_string()}</time>
                </dd>
            </dl>
            <h3 id="steps-title">"Steps"</h3>
            <ol class="steps" aria-labelledby="steps-title">
                {report.steps.into_iter().map(step).collect_view()}
            </ol>
        </div>
    }
}

fn step(step: CheckStep) -> impl IntoView {
    let (class, mark) = match step.verdict {
        Verdict::Passed => ("step passed", "✓"),
        Verdict::Warned => ("step warned", "!"),
        Verdict::Failed => ("step failed", "✕"),
        Verdict::Skipped => ("step skipped", "–"),
    };
    view! {
        <li class=class>
            <div class="step-head">
                <span class="mark" aria-hidden="true">
                    {mark}
                </span>
                <span class="step-kind">{text::kind(step.kind)}</span>
                <span class="visually-hidden">{text::verdict(step.verdict)}</span>
                <span class="step-time">{text::milliseconds(step.micros)}</span>
            </div>
            {exchange("sent", "→", step.sent)}
            {exchange("received", "←", step.received)}
        </li>
    }
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
