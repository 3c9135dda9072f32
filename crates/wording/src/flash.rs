//! Flash messages: the results of forms, shown on the page that follows.

/// Returns the message for the `do` of a form. Returns `None` if the page itself shows the result.
pub fn flash_message(action: &str) -> Option<&'static str> {
    match action {
        "change_password" => Some("Password changed. Your other sessions have ended."),
        "end_session" => Some("Session ended."),
        "end_other_sessions" => Some("All your other sessions have ended."),
        "set_role" => Some("Role changed. It counts at once, also in open sessions."),
        "remove_account" => Some("Account removed, with its sessions."),
        "save_alerts" => Some("Saved."),
        "add_route" => Some("Added. Send a test alert to see that it arrives."),
        "change_route" => Some("Route changed. Send a test alert to see that it arrives."),
        "remove_route" => Some("Route removed."),
        "save_mail_hook" => Some("Saved. Mail that comes from now on is told of."),
        "remove_mail_hook" => Some("Webhook removed."),
        "end_key" => Some("API key ended. Programs that use it are refused from now on."),
        "retry" => Some("It is tried now."),
        "cancel" => Some("Cancelled. It can be tried again."),
        "resend" => Some("This is the new message."),
        _ => None,
    }
}
