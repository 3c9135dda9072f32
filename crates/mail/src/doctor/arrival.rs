//! Whether the test email has arrived.

use tokio::{join, sync::mpsc};

use super::job::Job;
use crate::{
    Mailer,
    imap::{Mailbox, Sent, look_for_arrival},
    recorder::Recorder,
};

impl Mailer {
    /// Looks for the test email in the mailbox that is read.
    pub(super) async fn arrival(&self, job: &Job, message_id: &str, recorder: &Recorder) {
        let Some(mailbox) = &job.settings.mailbox else {
            return;
        };
        let mailbox = Mailbox::of(mailbox, job.settings.tls_minimum);
        let sent = Sent {
            message_id: message_id.to_owned(),
            from: job.settings.from.address.to_string(),
        };
        let (sink, steps) = mpsc::unbounded_channel();
        let (outgoing, timeouts) = (&self.0.outgoing, self.0.options.timeouts);
        let looking = look_for_arrival(&mailbox, &sent, outgoing, timeouts, Some(sink));
        join!(looking, recorder.follow(steps));
    }
}
