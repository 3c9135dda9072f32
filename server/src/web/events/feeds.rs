//! The single poll for all event streams: it queries the database once per second, independent of
//! the number of streams.
//!
//! The database is the source because another process may have changed it. A stream renders only
//! when its value has changed, and streams that show the same value share the rendered result.

use std::{sync::Arc, time::Duration};

use access::{Access, Token};
use app::{api, rendered::SessionRows};
use domain::{
    AuthorizationId, AuthorizationState, MessageFilter, MessageId, OutboxOverview, Role, SenderId,
};
use mail::{MailError, Mailer};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{
    topic::{Poll, Subscription, Topic},
    views::{ListView, MessageView},
};

/// Interval between polls.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Minimum interval between polls after a change in this process or a new stream.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The values that event streams subscribe to.
#[derive(Debug)]
pub struct Feeds {
    mailer: Mailer,
    access: Access,
    sessions: Topic<String, Role>,
    lists: Topic<MessageFilter, Arc<ListView>>,
    messages: Topic<MessageId, Arc<MessageView>>,
    authorizations: Topic<AuthorizationId, AuthorizationState>,
    /// By sender; `None` stands for unknown clients.
    sender_sessions: Topic<Option<SenderId>, Arc<SessionRows>>,
    wake: Notify,
}

impl Feeds {
    /// Returns feeds without subscriptions. They receive values while [`Feeds::poll`] runs.
    pub fn new(mailer: Mailer, access: Access) -> Self {
        Self {
            mailer,
            access,
            sessions: Topic::default(),
            lists: Topic::default(),
            messages: Topic::default(),
            authorizations: Topic::default(),
            sender_sessions: Topic::default(),
            wake: Notify::new(),
        }
    }

    /// Subscribes to the role of a session; the subscription ends with the session.
    pub fn session(&self, token: &Token) -> Subscription<Role> {
        self.subscribe(&self.sessions, token.hash())
    }

    /// Subscribes to the first page of a list of messages.
    pub fn list(&self, filter: MessageFilter) -> Subscription<Arc<ListView>> {
        self.subscribe(&self.lists, filter)
    }

    /// Subscribes to a message; the subscription ends when the message is removed.
    pub fn message(&self, id: MessageId) -> Subscription<Arc<MessageView>> {
        self.subscribe(&self.messages, id)
    }

    /// Subscribes to an authorization.
    pub fn authorization(&self, id: AuthorizationId) -> Subscription<AuthorizationState> {
        self.subscribe(&self.authorizations, id)
    }

    /// Subscribes to the SMTP sessions of a sender, or of unknown clients.
    pub fn sender_sessions(&self, sender: Option<SenderId>) -> Subscription<Arc<SessionRows>> {
        self.subscribe(&self.sender_sessions, sender)
    }

    fn subscribe<K, V>(&self, topic: &Topic<K, V>, key: K) -> Subscription<V>
    where
        K: Clone + Eq + std::hash::Hash,
        V: Clone + PartialEq,
    {
        let subscription = topic.subscribe(key);
        self.wake.notify_one();
        subscription
    }

    fn is_idle(&self) -> bool {
        self.sessions.is_idle()
            && self.lists.is_idle()
            && self.messages.is_idle()
            && self.authorizations.is_idle()
            && self.sender_sessions.is_idle()
    }

    /// Polls while there are streams. Runs until the future is dropped.
    pub async fn poll(self: Arc<Self>) {
        let mut changes = self.mailer.changes.subscribe();
        loop {
            let began = Instant::now();
            changes.mark_unchanged();
            self.poll_once().await;
            let pause = async {
                if self.is_idle() {
                    std::future::pending::<()>().await;
                }
                sleep_until(began + POLL_INTERVAL).await;
            };
            tokio::select! {
                () = pause => {}
                () = self.wake.notified() => {}
                _ = changes.changed() => {}
            }
            sleep_until(began + MIN_POLL_INTERVAL).await;
        }
    }

    async fn poll_once(&self) {
        self.poll_sessions().await;
        self.poll_outbox().await;
        self.poll_authorizations().await;
        self.poll_sender_sessions().await;
    }

    async fn poll_sessions(&self) {
        let current = self.sessions.begin_poll();
        if current.keys.is_empty() {
            return;
        }
        match self.access.roles_of_sessions(&current.keys).await {
            Ok(roles) => {
                for key in &current.keys {
                    match roles.get(key) {
                        Some(role) => self.sessions.publish(&current, key, *role),
                        None => self.sessions.end(key),
                    }
                }
            }
            Err(error) => {
                log(&error, "cannot read the sessions of event streams");
                self.sessions.end_all();
            }
        }
    }

    async fn poll_outbox(&self) {
        let (lists, messages) = (self.lists.begin_poll(), self.messages.begin_poll());
        if lists.keys.is_empty() && messages.keys.is_empty() {
            return;
        }
        let polled = async {
            let overview = self.mailer.outbox.overview().await?;
            self.poll_lists(&lists, &overview).await?;
            self.poll_messages(&messages, &overview).await
        };
        if let Err(error) = polled.await {
            log(&error, "cannot read messages for event streams");
            self.lists.end_all();
            self.messages.end_all();
        }
    }

    async fn poll_lists(
        &self,
        current: &Poll<MessageFilter>,
        overview: &OutboxOverview,
    ) -> Result<(), MailError> {
        for filter in &current.keys {
            let page = self
                .mailer
                .outbox
                .messages(filter, None, api::PAGE_SIZE)
                .await?;
            let view = ListView::new(page.messages, overview.clone());
            self.lists.publish(current, filter, Arc::new(view));
        }
        Ok(())
    }

    async fn poll_messages(
        &self,
        current: &Poll<MessageId>,
        overview: &OutboxOverview,
    ) -> Result<(), MailError> {
        for id in &current.keys {
            match api::read_message(&self.mailer, id, overview).await? {
                Some(page) => {
                    let view = Arc::new(MessageView::new(page));
                    self.messages.publish(current, id, view);
                }
                None => self.messages.end(id),
            }
        }
        Ok(())
    }

    async fn poll_sender_sessions(&self) {
        let current = self.sender_sessions.begin_poll();
        for sender in &current.keys {
            match api::read_sender_sessions(&self.mailer, sender.as_ref()).await {
                Ok(page) => {
                    let rows = Arc::new(SessionRows::new(&page.subject, &page.own, &page.unknown));
                    self.sender_sessions.publish(&current, sender, rows);
                }
                Err(error) => {
                    log(&error, "SMTP sessions could not be read for event streams");
                    self.sender_sessions.end(sender);
                }
            }
        }
    }

    async fn poll_authorizations(&self) {
        let current = self.authorizations.begin_poll();
        for id in &current.keys {
            match self.mailer.authorizations.get(id).await {
                Ok(Some(state)) => self.authorizations.publish(&current, id, state),
                Ok(None) => self.authorizations.end(id),
                Err(error) => {
                    log(&error, "authorization could not be read");
                    self.authorizations.end(id);
                }
            }
        }
    }
}

fn log(error: &(dyn std::error::Error + 'static), what: &'static str) {
    tracing::error!(error, "{what}");
}
