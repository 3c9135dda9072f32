//! Recorded SMTP sessions of senders.

use domain::SenderSession;

/// Returns the result of a session in a few words.
pub fn sender_session_result(session: &SenderSession) -> String {
    let is_refused = session.finding.is_some();
    match (session.accepted, is_refused) {
        _ if session.ended_at.is_none() => "Connected now".to_owned(),
        (0, true) => "Refused".to_owned(),
        (0, false) => "Nothing sent".to_owned(),
        (accepted, is_refused) => {
            let messages = if accepted == 1 { "message" } else { "messages" };
            let rest = if is_refused {
                ", another one refused"
            } else {
                ""
            };
            format!("{accepted} {messages} accepted{rest}")
        }
    }
}

/// Returns the address, the listener, and the encryption of a session.
pub fn sender_session_connection(session: &SenderSession) -> String {
    let tls = session.tls.as_deref().unwrap_or("no encryption");
    format!("{} to {}, {tls}", session.address, session.listener)
}
