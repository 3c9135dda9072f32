//! Classes of states in the style sheet.

use domain::{MessageState, RecipientState};

/// Returns the class of a message's state.
pub fn message_state_class(state: MessageState) -> &'static str {
    match state {
        MessageState::Waiting | MessageState::Sending => "state under-way",
        MessageState::Delivered => "state good",
        MessageState::PartlyDelivered => "state careful",
        MessageState::Failed | MessageState::Bounced => "state bad",
        MessageState::Cancelled => "state none",
    }
}

/// Returns the class of a recipient's state.
pub fn recipient_state_class(state: RecipientState) -> &'static str {
    match state {
        RecipientState::Waiting => "state under-way",
        RecipientState::Accepted => "state good",
        RecipientState::Refused | RecipientState::Bounced => "state bad",
    }
}
