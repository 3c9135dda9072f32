//! Data for the message pages, read once for all streams and rendered by the first stream that
//! needs it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use app::{
    api::MessagePage,
    patch::HtmlPatch,
    rendered::{self, MessageRows},
};
use domain::{OutboxMessage, OutboxOverview};

/// A serialized event.
pub type Json = Arc<str>;

/// The events that update an older view to this one.
type Changes = (Weak<ListView>, Arc<[Json]>);

/// The first page of a list of messages.
#[derive(Debug)]
pub struct ListView {
    messages: Vec<OutboxMessage>,
    overview: OutboxOverview,
    rendered: OnceLock<MessageRows>,
    first: OnceLock<Arc<[Json]>>,
    /// The changes since the view that most streams have.
    since: Mutex<Option<Changes>>,
}

impl PartialEq for ListView {
    /// Compares the displayed data, which excludes the time of the overview.
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (&self.overview, &other.overview);
        self.messages == other.messages
            && (one.waiting, &one.hours, &one.data_centers)
                == (two.waiting, &two.hours, &two.data_centers)
    }
}

impl ListView {
    /// Returns a view that is not rendered yet.
    pub fn new(messages: Vec<OutboxMessage>, overview: OutboxOverview) -> Self {
        Self {
            messages,
            overview,
            rendered: OnceLock::new(),
            first: OnceLock::new(),
            since: Mutex::new(None),
        }
    }

    fn rendered(&self) -> &MessageRows {
        self.rendered
            .get_or_init(|| MessageRows::new(&self.messages, &self.overview))
    }

    /// Returns the events that update a page from `before` to this view. Without `before` they
    /// contain everything, because the content of the page is unknown.
    pub fn changes(&self, before: Option<&Arc<Self>>) -> Arc<[Json]> {
        let Some(before) = before else {
            let first = || events(&self.rendered().changes(None));
            return Arc::clone(self.first.get_or_init(first));
        };
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, changes)) = &*since
            && known.as_ptr() == Arc::as_ptr(before)
        {
            return Arc::clone(changes);
        }
        let changes = events(&self.rendered().changes(Some(before.rendered())));
        *since = Some((Arc::downgrade(before), Arc::clone(&changes)));
        changes
    }
}

/// One message.
#[derive(Debug)]
pub struct MessageView {
    page: MessagePage,
    /// The event for users who may act on the message, and for those who may not.
    rendered: [OnceLock<Json>; 2],
}

impl PartialEq for MessageView {
    fn eq(&self, other: &Self) -> bool {
        self.page == other.page
    }
}

impl MessageView {
    /// Returns a view that is not rendered yet.
    pub fn new(page: MessagePage) -> Self {
        let rendered = [OnceLock::new(), OnceLock::new()];
        Self { page, rendered }
    }

    /// Returns the event that displays the message.
    pub fn event(&self, may_act: bool) -> Json {
        let event = || {
            let MessagePage {
                message,
                attempts,
                sending,
                ..
            } = self.page.clone();
            let html = rendered::message_details(message, attempts, sending, may_act);
            json(&rendered::message_patch(html))
        };
        Arc::clone(self.rendered[usize::from(may_act)].get_or_init(event))
    }
}

fn events(patches: &[HtmlPatch]) -> Arc<[Json]> {
    patches.iter().map(json).collect()
}

fn json(patch: &HtmlPatch) -> Json {
    // Serialization cannot fail, because a patch contains only texts.
    serde_json::to_string(patch).unwrap_or_default().into()
}
