//! The data centers that can send with SMTPUTF8 (RFC 6531).

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::DataCenterId;
use mail::Mailer;
use tokio::{sync::Mutex, time::timeout};

/// Time after which a change is noticed.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Time for reading. The greeting waits for it, and SMTPUTF8 is not worth a delay.
const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// Data centers with settings. True if their mail server is known to offer SMTPUTF8.
type Offers = Arc<HashMap<DataCenterId, bool>>;

/// The offers of all data centers, as read a moment ago.
#[derive(Clone, Debug, Default)]
pub struct Utf8Offers(Arc<Mutex<Option<(Instant, Offers)>>>);

impl Utf8Offers {
    /// Returns the offers, or none if the database does not respond.
    pub async fn current(&self, mailer: &Mailer) -> Offers {
        // Others wait for the one that reads.
        let mut last = self.0.lock().await;
        if let Some((at, offers)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return Arc::clone(offers);
        }
        let offers: Offers = match timeout(READ_TIMEOUT, mailer.outbox.smtputf8_offers()).await {
            Ok(Ok(offers)) => Arc::new(offers.into_iter().collect()),
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("extensions of mail servers could not be read");
                Offers::default()
            }
        };
        *last = Some((Instant::now(), Arc::clone(&offers)));
        offers
    }
}
