//! Messages of the outbox: states, attempts, counts.

use domain::{
    ArrivalProtocol, AttemptOutcome, MessageRefusal, MessageState, RecipientKind, RecipientState,
};

use crate::{Words, request_problem::UNAVAILABLE, words};

/// Returns the name of a state.
pub fn message_state(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "Waiting",
        MessageState::Sending => "Sending",
        MessageState::Delivered => "Delivered",
        MessageState::PartlyDelivered => "Partly delivered",
        MessageState::Failed => "Failed",
        MessageState::Cancelled => "Cancelled",
        MessageState::Bounced => "Bounced",
    }
}

/// Returns the way in which a message came in.
pub fn arrival_protocol(protocol: ArrivalProtocol) -> &'static str {
    match protocol {
        ArrivalProtocol::Smtp => "Over SMTP",
        ArrivalProtocol::Http => "Over the HTTP API",
        ArrivalProtocol::Spool => "From the spool of mailgrant send, over the HTTP API",
        ArrivalProtocol::Resent => "Resent by a user",
        ArrivalProtocol::Alert => "Written by Mailgrant, as an alert",
    }
}

/// Returns the explanation of a state.
pub fn message_state_help(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting => "Mailgrant delivers it when it is due.",
        MessageState::Sending => "Delivery is in progress.",
        MessageState::Delivered => "The mail server accepted it for all recipients.",
        MessageState::PartlyDelivered => {
            "The mail server accepted it for some recipients and rejected it for others."
        }
        MessageState::Failed => "Delivery failed permanently. Mailgrant does not retry it.",
        MessageState::Cancelled => "It was cancelled before delivery.",
        MessageState::Bounced => "The mail server accepted it, but a later server returned it.",
    }
}

/// Returns the name of the state of a message for one recipient.
pub fn recipient_state(state: RecipientState) -> &'static str {
    match state {
        RecipientState::Waiting => "Waiting",
        RecipientState::Accepted => "Accepted",
        RecipientState::Refused => "Refused",
        RecipientState::Bounced => "Bounced",
    }
}

/// Returns the header field that names a recipient.
pub fn recipient_kind(kind: RecipientKind) -> &'static str {
    match kind {
        RecipientKind::To => "To",
        RecipientKind::Cc => "Cc",
        RecipientKind::Bcc => "Bcc",
    }
}

/// Returns the name of an outcome.
pub fn attempt_outcome(outcome: AttemptOutcome) -> &'static str {
    match outcome {
        AttemptOutcome::Delivered => "Delivered",
        AttemptOutcome::PartlyDelivered => "Delivered to some",
        AttemptOutcome::PutOff => "Deferred",
        AttemptOutcome::Refused => "Refused",
        AttemptOutcome::Unknown => "Interrupted at the end: it may have been accepted",
    }
}

/// Returns why an action on a message was refused.
pub fn message_refusal(refusal: MessageRefusal) -> Words {
    match refusal {
        MessageRefusal::NotNow(MessageState::Sending) => words(
            "Delivery is in progress.",
            "Wait a moment, then check the result.",
        ),
        MessageRefusal::NotNow(_) => words(
            "The message has changed its state, so this is no longer possible.",
            "This page shows the current state.",
        ),
        MessageRefusal::ContentGone => words(
            "The content was deleted, so this message cannot be sent again.",
            "Submit the message again. Settings :: Sending determines how long contents are kept.",
        ),
        MessageRefusal::Unavailable => UNAVAILABLE,
    }
}

/// Stands for an empty subject.
pub const NO_SUBJECT: &str = "(no subject)";

/// Returns the subject of a message, or a text that stands for none.
pub fn message_subject(subject: &str) -> String {
    if subject.trim().is_empty() {
        NO_SUBJECT.to_owned()
    } else {
        subject.to_owned()
    }
}

/// Returns a number with its thousands separated: `12,345`.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 {
        text.insert(0, '-');
    }
    text
}

/// Returns a number with its noun: `1 message`, `2,000 messages`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    [&count(number), " ", word].concat()
}

#[cfg(test)]
mod tests {
    use super::{count, counted};

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(count(number), text);
        }
        assert_eq!(counted(1, "message", "messages"), "1 message");
        assert_eq!(counted(0, "message", "messages"), "0 messages");
    }
}
