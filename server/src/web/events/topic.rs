//! Values that event streams wait for. The poll publishes them, and streams subscribe to the ones
//! they display.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

/// A value with the number of the poll that read it.
#[derive(Clone, Debug)]
struct Polled<V> {
    poll: u64,
    value: V,
}

#[derive(Debug)]
struct Subject<V> {
    sender: watch::Sender<Option<Polled<V>>>,
    /// True if a stream subscribed after the last poll began.
    has_new: bool,
}

#[derive(Debug)]
struct Subjects<K, V> {
    by_key: HashMap<K, Subject<V>>,
    /// The number of the current poll.
    poll: u64,
}

/// All subjects of one kind that streams subscribe to.
#[derive(Debug)]
pub struct Topic<K, V>(Mutex<Subjects<K, V>>);

impl<K, V> Default for Topic<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Subjects {
            by_key: HashMap::new(),
            poll: 0,
        }))
    }
}

/// The subjects that the poll must read.
#[derive(Debug)]
pub struct Poll<K> {
    /// The keys that streams subscribe to.
    pub keys: Vec<K>,
    new: HashSet<K>,
    number: u64,
}

impl<K: Clone + Eq + Hash, V: Clone + PartialEq> Topic<K, V> {
    fn subjects(&self) -> MutexGuard<'_, Subjects<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes to a subject.
    pub fn subscribe(&self, key: K) -> Subscription<V> {
        let mut subjects = self.subjects();
        let after = subjects.poll;
        let subject = subjects.by_key.entry(key).or_insert_with(|| Subject {
            sender: watch::channel(None).0,
            has_new: true,
        });
        subject.has_new = true;
        Subscription {
            values: subject.sender.subscribe(),
            after,
        }
    }

    /// Begins a poll. Returns the subjects with subscribers and drops those without.
    pub fn begin_poll(&self) -> Poll<K> {
        let mut subjects = self.subjects();
        subjects.poll += 1;
        let poll = subjects.poll;
        let by_key = &mut subjects.by_key;
        by_key.retain(|_, subject| subject.sender.receiver_count() > 0);
        let mut new = HashSet::new();
        for (key, subject) in by_key.iter_mut() {
            if std::mem::take(&mut subject.has_new) {
                new.insert(key.clone());
            }
        }
        let keys = by_key.keys().cloned().collect();
        Poll {
            keys,
            new,
            number: poll,
        }
    }

    /// Publishes a value if it has changed or a subscriber has not received one yet.
    pub fn publish(&self, current: &Poll<K>, key: &K, value: V) {
        let subjects = self.subjects();
        let Some(subject) = subjects.by_key.get(key) else {
            return;
        };
        let is_new = current.new.contains(key);
        let poll = current.number;
        subject.sender.send_if_modified(|before| {
            let is_same = before.as_ref().is_some_and(|before| before.value == value);
            // All subscribers share one value, so derived data is computed once.
            match before {
                Some(before) if is_same => before.poll = poll,
                _ => *before = Some(Polled { poll, value }),
            }
            !is_same || is_new
        });
    }

    /// Ends the streams of a subject that no longer exists.
    pub fn end(&self, key: &K) {
        self.subjects().by_key.remove(key);
    }

    /// Ends all streams because the database cannot be read. Browsers reconnect.
    pub fn end_all(&self) {
        self.subjects().by_key.clear();
    }

    /// Returns true while there are no subscriptions.
    pub fn is_idle(&self) -> bool {
        let subjects = self.subjects();
        let mut all = subjects.by_key.values();
        !all.any(|subject| subject.sender.receiver_count() > 0)
    }
}

/// One stream's subscription to a subject.
#[derive(Debug)]
pub struct Subscription<V> {
    values: watch::Receiver<Option<Polled<V>>>,
    after: u64,
}

impl<V: Clone> Subscription<V> {
    /// Waits for the next value from a poll that began after the subscription. Returns `None` when
    /// the subject has ended.
    pub async fn next(&mut self) -> Option<V> {
        loop {
            self.values.changed().await.ok()?;
            let polled = self.values.borrow_and_update();
            if let Some(polled) = polled.as_ref().filter(|polled| polled.poll > self.after) {
                return Some(polled.value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::Topic;

    #[test]
    fn a_stream_receives_values_read_after_its_subscription_and_then_only_changes() {
        let topic = Topic::<&str, u32>::default();
        let mut first = topic.subscribe("key");
        let current = topic.begin_poll();
        assert_eq!(current.keys, ["key"]);
        let mut late = topic.subscribe("key");
        topic.publish(&current, &"key", 1);
        assert_eq!(first.next().now_or_never(), Some(Some(1)));
        assert_eq!(late.next().now_or_never(), None);
        let current = topic.begin_poll();
        topic.publish(&current, &"key", 1);
        assert_eq!(late.next().now_or_never(), Some(Some(1)));
        let current = topic.begin_poll();
        topic.publish(&current, &"key", 1);
        assert_eq!(late.next().now_or_never(), None);
        topic.publish(&current, &"key", 2);
        assert_eq!(late.next().now_or_never(), Some(Some(2)));
    }

    #[test]
    fn a_subject_without_streams_is_not_polled_and_an_ended_one_ends_its_streams() {
        let topic = Topic::<&str, u32>::default();
        drop(topic.subscribe("gone"));
        assert!(topic.is_idle());
        let mut stays = topic.subscribe("stays");
        assert_eq!(topic.begin_poll().keys, ["stays"]);
        topic.end(&"stays");
        assert_eq!(stays.next().now_or_never(), Some(None));
        let mut again = topic.subscribe("stays");
        topic.end_all();
        assert_eq!(again.next().now_or_never(), Some(None));
    }
}
