//! Lists and details of messages, rendered again while their page is open.

use domain::{Attempt, MessageId, OutboxMessage, OutboxOverview, SendingState};
use leptos::prelude::*;

use super::html;
use crate::{
    patch::{HtmlPatch, Placement},
    ui::outbox::{Chart, Details, Hours, MessageRow, Summary},
};

/// ID of the summary.
pub const SUMMARY: &str = "outbox-summary";
/// ID of the chart.
pub const CHART: &str = "outbox-chart";
/// ID of the rows of the chart's table.
pub const HOURS: &str = "outbox-hours";
/// ID of the element around the list.
pub const MESSAGES: &str = "messages";
/// ID of the list.
const LIST: &str = "message-list";
/// ID of the element with the changing parts of one message.
pub const DETAILS: &str = "message-details";

/// Rendered parts of a page with messages.
#[derive(Debug)]
pub struct MessageRows {
    rows: Vec<(MessageId, String)>,
    parts: [(&'static str, String); 3],
}

impl MessageRows {
    /// Renders messages and the state of the outbox.
    pub fn new(messages: &[OutboxMessage], overview: &OutboxOverview) -> Self {
        Self {
            rows: rows(messages, overview),
            parts: overview_parts(overview),
        }
    }

    /// Returns the patches for all changes. Without `before`, these are all parts, because the
    /// state of the page is unknown.
    pub fn changes(&self, before: Option<&Self>) -> Vec<HtmlPatch> {
        let mut changes = Vec::new();
        for part in &self.parts {
            if before.is_none_or(|before| !before.parts.contains(part)) {
                let (into, html) = part;
                changes.push(HtmlPatch::changed(into, Placement::Within, html.clone()));
            }
        }
        changes.extend(changed_rows(before.map(|before| &*before.rows), &self.rows));
        changes
    }
}

fn changed_rows(
    shown: Option<&[(MessageId, String)]>,
    rows: &[(MessageId, String)],
) -> Vec<HtmlPatch> {
    let (begun, shown) = (shown.is_some(), shown.unwrap_or_default());
    let ids = |rows: &[(MessageId, String)]| -> Vec<_> {
        rows.iter().map(|(id, _)| id.clone()).collect()
    };
    let (before, now) = (ids(shown), ids(rows));
    // New messages come first, and as many are removed at the end.
    let new = now.iter().take_while(|id| !before.contains(id)).count();
    let stayed = now.get(new..).unwrap_or_default();
    let is_plain = begun && !before.is_empty() && before.starts_with(stayed) && !stayed.is_empty();
    if !is_plain {
        return if begun && before == now {
            Vec::new()
        } else {
            // An empty list shows instructions, as when the page was opened.
            let is_first = !begun && rows.is_empty();
            let all = HtmlPatch::changed(MESSAGES, Placement::Within, list(rows));
            (!is_first).then_some(all).into_iter().collect()
        };
    }
    let mut patches = Vec::new();
    for id in before.get(stayed.len()..).unwrap_or_default() {
        patches.push(HtmlPatch::changed(
            &row_id(id),
            Placement::Instead,
            String::new(),
        ));
    }
    for (id, html) in rows.get(new..).unwrap_or_default() {
        let is_same = |(known, shown): &(MessageId, String)| known == id && shown == html;
        if !shown.iter().any(is_same) {
            patches.push(HtmlPatch::changed(
                &row_id(id),
                Placement::Instead,
                html.clone(),
            ));
        }
    }
    if new > 0 {
        let html = rows
            .iter()
            .take(new)
            .map(|(_, html)| html.as_str())
            .collect();
        patches.push(HtmlPatch::changed(LIST, Placement::Start, html));
    }
    patches
}

fn row_id(id: &MessageId) -> String {
    ["message-", id.as_str()].concat()
}

fn overview_parts(overview: &OutboxOverview) -> [(&'static str, String); 3] {
    let of = |view: fn(OutboxOverview) -> AnyView| {
        let overview = overview.clone();
        html(|| view(overview))
    };
    [
        (
            SUMMARY,
            of(|overview| view! { <Summary overview /> }.into_any()),
        ),
        (
            CHART,
            of(|overview| view! { <Chart overview /> }.into_any()),
        ),
        (
            HOURS,
            of(|overview| view! { <Hours overview /> }.into_any()),
        ),
    ]
}

/// Renders the list.
pub fn message_rows(messages: &[OutboxMessage], overview: &OutboxOverview) -> String {
    list(&rows(messages, overview))
}

fn list(rows: &[(MessageId, String)]) -> String {
    if rows.is_empty() {
        return "<p class=\"empty card\">No matches.</p>".to_owned();
    }
    let rows: String = rows.iter().map(|(_, html)| html.as_str()).collect();
    [
        "<ol class=\"entries card\" id=\"",
        LIST,
        "\">",
        &rows,
        "</ol>",
    ]
    .concat()
}

fn rows(messages: &[OutboxMessage], overview: &OutboxOverview) -> Vec<(MessageId, String)> {
    let several = overview.data_centers.len() > 1;
    let row = |message: &OutboxMessage| {
        let mut states = overview.data_centers.iter();
        let found = states.find(|state| several && state.data_center.id == message.data_center);
        let data_center = found.map(|state| state.data_center.name.to_string());
        let message = message.clone();
        html(|| view! { <MessageRow message data_center /> }.into_any())
    };
    messages
        .iter()
        .map(|message| (message.id.clone(), row(message)))
        .collect()
}

/// Renders the changing parts of one message. `sending` is the state of its data center.
pub fn message_details(
    message: OutboxMessage,
    attempts: Vec<Attempt>,
    sending: Option<SendingState>,
    may_act: bool,
) -> String {
    html(|| view! { <Details message attempts sending may_act /> }.into_any())
}

/// Returns the patch with the same parts.
pub fn message_patch(html: String) -> HtmlPatch {
    HtmlPatch::changed(DETAILS, Placement::Within, html)
}
