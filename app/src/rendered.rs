//! What the server renders while a page is open, for the browser to put into it as it is. So none of it, nor of its words, is
//! part of the WASM.

use domain::{
    CheckId, CheckOutcome, CheckReport, CheckStep, Discovery, IssuerDocument, IssuerTrouble,
    UnixTime,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    error::ApiError,
    text,
    ui::{
        error_banner::ErrorBanner,
        proposals::{Issuer, Proposals},
        report::{Progress, Report, Step, list},
    },
};

/// The element that shows a check.
pub const RESULT: &str = "test-result";

/// A part of the page that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The id of the element that it goes into.
    pub into: String,
    /// Whether it takes the place of what is there; else it comes after.
    pub replaces: bool,
    /// HTML.
    pub html: String,
    /// What a screen reader says.
    pub said: String,
    /// Nothing follows; whether the check went well.
    pub ended: Option<bool>,
}

/// A check has begun.
pub fn begun() -> Piece {
    Piece {
        into: RESULT.to_owned(),
        replaces: true,
        html: html(|| view! { <Progress /> }.into_any()),
        said: String::new(),
        ended: None,
    }
}

/// A step has ended, so many after the first.
pub fn step(step: &CheckStep, at: usize) -> Piece {
    let said = [
        text::part(step.part),
        ", ",
        text::kind(step.kind),
        ": ",
        text::verdict(step),
    ];
    let (into, said) = (list(step.part), said.concat());
    let (step, id) = (step.clone(), format!("finding-{at}"));
    Piece {
        into,
        replaces: false,
        // What can be chosen instead is offered once the check has ended.
        html: html(|| view! { <Step step id server=None /> }.into_any()),
        said,
        ended: None,
    }
}

/// A check has ended. `saved` is the version of the settings that are saved now.
pub fn finished(id: &CheckId, report: &CheckReport, saved: i64, now: UnixTime) -> Piece {
    Piece {
        into: RESULT.to_owned(),
        replaces: true,
        html: self::report(id, report, saved, now),
        said: text::ended(report),
        ended: Some(!matches!(report.outcome, CheckOutcome::Failed(_))),
    }
}

/// A check has ended without a report, since the server or its database failed.
pub fn broke_off() -> Piece {
    Piece {
        into: RESULT.to_owned(),
        replaces: false,
        html: html(|| view! { <ErrorBanner error=ApiError::Unavailable /> }.into_any()),
        said: String::new(),
        ended: Some(false),
    }
}

/// A finished check.
pub fn report(id: &CheckId, report: &CheckReport, saved: i64, now: UnixTime) -> String {
    let (id, report) = (id.clone(), report.clone());
    html(|| view! { <Report id report saved now /> }.into_any())
}

/// What an email address leads to.
pub fn proposals(discovery: &Discovery) -> String {
    let discovery = discovery.clone();
    html(|| view! { <Proposals discovery /> }.into_any())
}

/// What an issuer publishes, or why that is of no use.
pub fn issuer(found: &Result<IssuerDocument, IssuerTrouble>) -> String {
    let found = found.clone();
    html(|| view! { <Issuer found /> }.into_any())
}

fn html(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| view().to_html())
}
