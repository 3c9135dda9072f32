//! Matching of delivery status notifications to messages.

use decode::{smtp_reply, with_blocklist};
use domain::{DataCenterId, Finding, StepKind, finding::FindingValue};
use message::{DeliveryStatus, FailedRecipient};
use store::Bounce;

use super::Inbound;
use crate::MailError;

impl Inbound {
    /// Records a bounce for the message that a notification refers to.
    pub(super) async fn record_report(
        &self,
        id: &DataCenterId,
        report: &DeliveryStatus,
    ) -> Result<(), MailError> {
        let bounces: Vec<_> = report.failed.iter().map(bounce).collect();
        let (store, now) = (&self.store, self.clock.now());
        let ids = &report.message_ids;
        let mut message = store.bounce_message(id, ids, &bounces, now).await?;
        if message.is_none() {
            let ids = &report.provider_ids;
            message = store
                .bounce_accepted_message(id, ids, &bounces, now)
                .await?;
        }
        if let Some(message) = message {
            let finding = bounces.last().map(|bounce| bounce.finding.code.code());
            tracing::info!(data_center = %id, id = message.as_str(), finding, "bounce received");
        }
        Ok(())
    }
}

/// Returns the bounce with a diagnosis, as if the remote server had sent its reply to us.
fn bounce(failed: &FailedRecipient) -> Bounce {
    let reply = reply(failed);
    let code = reply.get(..3).and_then(|code| code.parse().ok());
    let meaning = smtp_reply(StepKind::RcptTo, false, code.unwrap_or(550), &reply);
    let address = failed.addresses.first();
    let finding = with_blocklist(Finding::new(meaning), &reply)
        .with(FindingValue::Server, &failed.server)
        .with(
            FindingValue::Address,
            address.map(ToString::to_string).unwrap_or_default(),
        )
        .saying(&reply);
    Bounce {
        addresses: failed.addresses.clone(),
        reply,
        finding,
    }
}

/// Returns a reply with a three-digit code: the one in the diagnostic, or one that corresponds to
/// the status.
fn reply(failed: &FailedRecipient) -> String {
    let diagnostic = failed.diagnostic.as_str();
    let has_code = diagnostic
        .get(..3)
        .is_some_and(|code| matches!(code.parse(), Ok(400..=599)));
    if has_code {
        return diagnostic.to_owned();
    }
    let code = if failed.status.starts_with('4') {
        "450"
    } else {
        "550"
    };
    let parts = [code, failed.status.as_str(), diagnostic];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use domain::FindingCode as F;

    use super::*;

    #[test]
    fn the_remote_servers_reason_is_decoded() {
        for (status, diagnostic, reply, meaning) in [
            (
                "5.1.1",
                "550 5.1.1 No such user",
                "550 5.1.1 No such user",
                F::NoSuchUser,
            ),
            (
                "5.7.1",
                "550-5.7.1 Blocked by policy",
                "550-5.7.1 Blocked by policy",
                F::PolicyRefused,
            ),
            ("5.1.1", "", "550 5.1.1", F::NoSuchUser),
            (
                "5.1.10",
                "RESOLVER.ADR.RecipientNotFound; not found",
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
                F::NoSuchUser,
            ),
            (
                "4.4.1",
                "connect to mx.example.net: timed out",
                "450 4.4.1 connect to mx.example.net: timed out",
                F::ReceiverUnreachable,
            ),
            ("", "", "550", F::RecipientRefused),
        ] {
            let failed = FailedRecipient {
                status: status.into(),
                diagnostic: diagnostic.into(),
                ..FailedRecipient::default()
            };
            let bounce = bounce(&failed);
            assert_eq!(
                (bounce.reply.as_str(), bounce.finding.code),
                (reply, meaning)
            );
        }
    }
}
