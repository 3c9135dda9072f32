//! Messages, rendered while their page is open.

use domain::{MessageId, OutboxMessage, OutboxOverview};
use leptos::prelude::*;

use super::{Piece, Place, html};
use crate::{
    api::MessagePage,
    ui::outbox::{Chart, Details, Hours, MessageRow, Summary},
};

/// The element of the summary.
pub const SUMMARY: &str = "outbox-summary";
/// The element of the chart.
pub const CHART: &str = "outbox-chart";
/// The element of the rows of its table.
pub const HOURS: &str = "outbox-hours";
/// The element around the list.
pub const MESSAGES: &str = "messages";
/// The list.
const LIST: &str = "message-list";
/// The element of what changes of one message.
pub const DETAILS: &str = "message-details";

/// What a page with messages shows, as it was told last.
#[derive(Debug, Default)]
pub struct MessageFeed {
    rows: Vec<(MessageId, String)>,
    pieces: Vec<(&'static str, String)>,
    /// Whether anything was told.
    begun: bool,
}

impl MessageFeed {
    /// What has changed. The first time that is everything, since nobody knows what the page shows.
    pub fn update(&mut self, messages: &[OutboxMessage], overview: &OutboxOverview) -> Vec<Piece> {
        let mut told = Vec::new();
        let pieces: Vec<_> = overview_pieces(overview).into();
        for piece in &pieces {
            if !self.pieces.contains(piece) {
                let (into, html) = piece;
                told.push(Piece::changed(into, Place::Within, html.clone()));
            }
        }
        let rows = rows(messages, overview);
        told.extend(self.changed_rows(&rows));
        (self.pieces, self.rows, self.begun) = (pieces, rows, true);
        told
    }

    fn changed_rows(&self, rows: &[(MessageId, String)]) -> Vec<Piece> {
        let ids = |rows: &[(MessageId, String)]| -> Vec<_> {
            rows.iter().map(|(id, _)| id.clone()).collect()
        };
        let (before, now) = (ids(&self.rows), ids(rows));
        // New ones come first, and as many go at the end.
        let new = now.iter().take_while(|id| !before.contains(id)).count();
        let stayed = now.get(new..).unwrap_or_default();
        let is_plain =
            self.begun && !before.is_empty() && before.starts_with(stayed) && !stayed.is_empty();
        if !is_plain {
            return if self.begun && before == now {
                Vec::new()
            } else {
                // A list that is empty says what to do, as it was when the page was opened.
                let is_first = !self.begun && rows.is_empty();
                let all = Piece::changed(MESSAGES, Place::Within, list(rows));
                (!is_first).then_some(all).into_iter().collect()
            };
        }
        let mut told = Vec::new();
        for id in before.get(stayed.len()..).unwrap_or_default() {
            told.push(Piece::changed(&row_id(id), Place::Instead, String::new()));
        }
        for (id, html) in rows.get(new..).unwrap_or_default() {
            let is_same = |(known, shown): &(MessageId, String)| known == id && shown == html;
            if !self.rows.iter().any(is_same) {
                told.push(Piece::changed(&row_id(id), Place::Instead, html.clone()));
            }
        }
        if new > 0 {
            let html = rows
                .iter()
                .take(new)
                .map(|(_, html)| html.as_str())
                .collect();
            told.push(Piece::changed(LIST, Place::Start, html));
        }
        told
    }
}

fn row_id(id: &MessageId) -> String {
    ["message-", id.as_str()].concat()
}

fn overview_pieces(overview: &OutboxOverview) -> [(&'static str, String); 3] {
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

/// The list.
pub fn message_rows(messages: &[OutboxMessage], overview: &OutboxOverview) -> String {
    list(&rows(messages, overview))
}

fn list(rows: &[(MessageId, String)]) -> String {
    if rows.is_empty() {
        return "<p class=\"empty card\">Nothing matches any more.</p>".to_owned();
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

/// What changes of one message.
pub fn message_details(page: MessagePage) -> String {
    html(|| {
        view! {
            <Details
                message=page.message
                attempts=page.attempts
                sending=page.sending
                may_act=page.may_act
            />
        }
        .into_any()
    })
}

/// The same for a page that shows it.
pub fn message_piece(html: String) -> Piece {
    Piece::changed(DETAILS, Place::Within, html)
}
