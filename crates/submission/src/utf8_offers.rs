//! The data centers that can send with SMTPUTF8 (RFC 6531).

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use access::Access;
use domain::{DataCenterId, SenderName};
use mail::Mailer;
use tokio::{sync::Mutex, time::timeout};

/// Time after which a change is noticed.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Time for reading. The greeting waits for it, and SMTPUTF8 is not worth a delay.
const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// Offers of mail servers, as they were read a moment ago.
#[derive(Clone, Debug, Default)]
pub struct Utf8Offers {
    /// Data centers with settings. True if their mail server is known to offer SMTPUTF8.
    offers: Recent<HashMap<DataCenterId, bool>>,
    /// The data center of each sender, by its folded name.
    senders: Recent<HashMap<String, DataCenterId>>,
}

impl Utf8Offers {
    /// Returns true if the mail server of a data center is known to offer SMTPUTF8.
    pub async fn is_offered_by(&self, data_center: &DataCenterId, mailer: &Mailer) -> bool {
        let offers = self.offers.get(mailer.outbox.smtputf8_offers()).await;
        offers.get(data_center) == Some(&true)
    }

    /// Returns true if the mail servers of these senders are known to offer SMTPUTF8, or of all
    /// data centers if no senders are named.
    pub async fn is_offered_for(
        &self,
        senders: &[SenderName],
        mailer: &Mailer,
        access: &Access,
    ) -> bool {
        let offers = self.offers.get(mailer.outbox.smtputf8_offers()).await;
        if senders.is_empty() || offers.values().all(|offers| *offers) {
            return !offers.is_empty() && offers.values().all(|offers| *offers);
        }
        let known = async {
            let all = access.senders().await?.into_iter();
            Ok::<_, access::AccessError>(all.map(|one| (one.name.folded(), one.data_center)))
        };
        let known = self.senders.get(known).await;
        senders.iter().all(|name| {
            let data_center = known.get(&name.folded());
            data_center.is_some_and(|data_center| offers.get(data_center) == Some(&true))
        })
    }
}

/// A value from the database that may be a second old.
#[derive(Clone, Debug, Default)]
struct Recent<T>(Arc<Mutex<Option<Read<T>>>>);

/// A value with the time at which it was read.
type Read<T> = (Instant, Arc<T>);

impl<K, V> Recent<HashMap<K, V>>
where
    K: std::hash::Hash + Eq,
{
    /// Returns the value, or an empty one if the database does not respond. Others wait for the
    /// one that reads.
    async fn get<I: IntoIterator<Item = (K, V)>, E: std::error::Error>(
        &self,
        read: impl Future<Output = Result<I, E>>,
    ) -> Arc<HashMap<K, V>> {
        let mut last = self.0.lock().await;
        if let Some((at, value)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return Arc::clone(value);
        }
        let value = if let Ok(Ok(value)) = timeout(READ_TIMEOUT, read).await {
            value.into_iter().collect()
        } else {
            tracing::warn!("extensions of mail servers could not be read");
            HashMap::new()
        };
        let value = Arc::new(value);
        *last = Some((Instant::now(), Arc::clone(&value)));
        value
    }
}
