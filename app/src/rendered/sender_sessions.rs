//! Lists of recorded SMTP sessions, rendered again while their page is open.

use domain::SenderSession;
use leptos::prelude::*;

use super::html;
use crate::{
    patch::{HtmlPatch, Placement},
    ui::sender_sessions::SessionEntry,
};

/// ID of the element with the sessions of the sender.
pub const SENDER_SESSIONS: &str = "sender-sessions";
/// ID of the element with the sessions of unknown clients.
pub const UNKNOWN_SESSIONS: &str = "unknown-sessions";

/// A rendered session.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: String,
    html: String,
    /// Text for screen readers after the session has ended.
    said: String,
}

/// Rendered sessions of a sender and of unknown clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRows {
    subject: String,
    own: Vec<Row>,
    unknown: Vec<Row>,
}

impl SessionRows {
    /// Renders the sessions of a sender and those of unknown clients. `subject` is the ID in the path
    /// of the event stream.
    pub fn new(subject: &str, own: &[SenderSession], unknown: &[SenderSession]) -> Self {
        Self {
            subject: subject.to_owned(),
            own: rows(own),
            unknown: rows(unknown),
        }
    }

    /// Returns the ID in the path of the event stream.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the lists of the sender and of unknown clients as HTML.
    pub(crate) fn html(&self) -> (String, String) {
        (
            list(SENDER_SESSIONS, &self.own),
            list(UNKNOWN_SESSIONS, &self.unknown),
        )
    }

    /// Returns the patches for a page that shows `before`. Without it, they contain everything.
    pub fn changes(&self, before: Option<&Self>) -> Vec<HtmlPatch> {
        let lists = [
            (SENDER_SESSIONS, &self.own, before.map(|before| &before.own)),
            (
                UNKNOWN_SESSIONS,
                &self.unknown,
                before.map(|before| &before.unknown),
            ),
        ];
        let mut patches = Vec::new();
        // A session leaves one list before it appears in the other, because its ID stays the same.
        for (_, now, before) in lists {
            let gone = before.into_iter().flatten();
            let gone = gone.filter(|row| !now.is_empty() && !contains(now, &row.id));
            patches.extend(
                gone.map(|row| HtmlPatch::changed(&row.id, Placement::Instead, String::new())),
            );
        }
        for (name, now, before) in lists {
            let known = before.filter(|before| !before.is_empty() && !now.is_empty());
            let Some(known) = known else {
                if before != Some(now) {
                    let mut patch = HtmlPatch::changed(name, Placement::Within, list(name, now));
                    if before.is_some() {
                        patch.said = now.first().map(|row| row.said.clone()).unwrap_or_default();
                    }
                    patches.push(patch);
                }
                continue;
            };
            for row in now.iter().rev() {
                let before = known.iter().find(|known| known.id == row.id);
                let (into, place) = match before {
                    Some(before) if before == row => continue,
                    Some(_) => (row.id.clone(), Placement::Instead),
                    None => ([name, "-list"].concat(), Placement::Start),
                };
                let mut patch = HtmlPatch::changed(&into, place, row.html.clone());
                patch.said.clone_from(&row.said);
                patches.push(patch);
            }
        }
        patches
    }
}

fn contains(rows: &[Row], id: &str) -> bool {
    rows.iter().any(|row| row.id == id)
}

fn list(name: &str, rows: &[Row]) -> String {
    if rows.is_empty() {
        return "<p class=\"empty\">No connections in the last seven days.</p>".to_owned();
    }
    let rows: String = rows.iter().map(|row| row.html.as_str()).collect();
    [
        "<ol class=\"entries\" id=\"",
        name,
        "-list\">",
        &rows,
        "</ol>",
    ]
    .concat()
}

fn rows(sessions: &[SenderSession]) -> Vec<Row> {
    let row = |session: &SenderSession| {
        let id = ["session-", session.id.as_str()].concat();
        let is_open = session.ended_at.is_none();
        let said = match &session.finding {
            _ if is_open => String::new(),
            Some(finding) => wording::explain(finding).cause,
            None => wording::sender_session_result(session),
        };
        let (entry, entry_id) = (session.clone(), id.clone());
        let html = html(|| view! { <SessionEntry session=entry id=entry_id is_open /> }.into_any());
        Row { id, html, said }
    };
    sessions.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use domain::{SenderSessionId, Speaker, UnixTime};

    use super::*;

    fn session(id: &str, ended: bool) -> SenderSession {
        let mut session = SenderSession {
            id: SenderSessionId::parse(id).unwrap(),
            sender: None,
            address: "192.0.2.1".into(),
            listener: "192.0.2.2:587".into(),
            mode: "starttls".into(),
            tls: None,
            began_at: UnixTime(0),
            ended_at: ended.then_some(UnixTime(1)),
            accepted: 0,
            finding: None,
            lines: Vec::new(),
            omitted: 0,
        };
        session.push(Speaker::Client, "EHLO <script>");
        session
    }

    fn of(own: &[SenderSession], unknown: &[SenderSession]) -> SessionRows {
        SessionRows::new("printer", own, unknown)
    }

    fn shown(patches: &[HtmlPatch]) -> Vec<(&str, Placement)> {
        let shown = patches.iter();
        shown.map(|patch| (&*patch.into, patch.place)).collect()
    }

    #[test]
    fn a_device_that_signs_in_moves_to_its_sender() {
        let before = of(
            &[session("a", true)],
            &[session("c", false), session("b", true)],
        );
        let after = of(
            &[session("c", true), session("a", true)],
            &[session("b", true)],
        );
        let patches = after.changes(Some(&before));
        assert_eq!(
            shown(&patches),
            [
                ("session-c", Placement::Instead),
                ("sender-sessions-list", Placement::Start)
            ]
        );
        assert_eq!(patches[1].said, "Nothing sent");
        assert!(
            patches[1].html.contains("EHLO &lt;script&gt;"),
            "{patches:?}"
        );
        assert!(after.changes(Some(&after)).is_empty());
    }

    #[test]
    fn the_first_session_replaces_the_empty_list() {
        let (none, first) = (of(&[], &[]), of(&[session("a", false)], &[]));
        let patches = first.changes(Some(&none));
        assert_eq!(shown(&patches), [("sender-sessions", Placement::Within)]);
        assert_eq!(none.changes(None).len(), 2);
        let patches = of(&[session("a", true)], &[]).changes(Some(&first));
        assert_eq!(shown(&patches), [("session-a", Placement::Instead)]);
    }
}
