//! Flash messages: the results of forms, shown on the page that follows.

/// Returns the message for the `do` of a form. Returns `None` if the page itself shows the result.
pub fn flash_message(action: &str) -> Option<&'static str> {
    match action {
        "change_password" => Some("Password changed. Your other sessions have ended."),
        "end_session" => Some("Session ended."),
        "end_other_sessions" => Some("All your other sessions have ended."),
        "set_role" => {
            Some("Role changed. The change takes effect immediately, also in open sessions.")
        }
        "remove_account" => Some("Account and its sessions removed."),
        "save_alerts" => Some("Saved."),
        "add_channel" => Some("Channel added. Send a test alert to verify that it arrives."),
        "change_channel" => Some("Channel changed. Send a test alert to verify that it arrives."),
        "remove_channel" => Some("Channel removed."),
        "save_inbound_webhook" => {
            Some("Saved. Mailgrant posts new mail to this webhook from now on.")
        }
        "remove_inbound_webhook" => Some("Webhook removed."),
        "end_key" => Some("API key ended. Requests with it are rejected."),
        "add_sender" => Some("Sender added. Mail from its addresses is accepted from now on."),
        "change_sender" => Some("Saved. The changes take effect immediately."),
        "remove_sender" => Some("Sender removed. It can send nothing more."),
        "retry" => Some("Delivery is retried now."),
        "cancel" => Some("Cancelled. You can retry it."),
        "resend" => Some("This is the new message."),
        _ => None,
    }
}
