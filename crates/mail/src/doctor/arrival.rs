//! Whether the test email has arrived.

use net::Recorder;
use tokio::{join, sync::mpsc};

use super::job::Job;
use crate::{MailError, Mailer, imap::Sent};

impl Mailer {
    /// Looks for the test email in the mailbox that is read.
    pub(super) async fn arrival(
        &self,
        job: &Job,
        message_id: &str,
        recorder: &Recorder,
    ) -> Result<(), MailError> {
        let sent = Sent {
            message_id: message_id.to_owned(),
            from: job.settings.from.address.to_string(),
        };
        let (sink, steps) = mpsc::unbounded_channel();
        let looking = self.look_for_arrival(&job.data_center, &job.settings, &sent, Some(sink));
        let (looked, ()) = join!(looking, recorder.follow(steps));
        looked
    }
}
