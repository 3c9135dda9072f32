//! Formats of alerts for different webhook receivers.

use domain::{AlertSubject, ChannelKind, Notification, NotificationEvent, UnixTime};
use serde_json::{Value, json};
use wording::NotificationText;

/// Maximum length of a Slack header in characters.
const SLACK_HEADER: usize = 150;

/// Returns an alert in the format of a channel's kind.
pub(super) fn of(
    kind: ChannelKind,
    notification: &Notification,
    name: &str,
    words: &NotificationText,
    url: Option<&str>,
) -> Value {
    match kind {
        ChannelKind::Slack => slack(words, url),
        ChannelKind::Teams => teams(notification.event, words, url),
        ChannelKind::Mattermost => mattermost(notification.event, words, url),
        ChannelKind::Webhook | ChannelKind::Mail => standard(notification, name, words, url),
    }
}

/// Returns our own format: `type`, `timestamp`, and `data`, as Standard Webhooks recommends.
fn standard(
    notification: &Notification,
    name: &str,
    words: &NotificationText,
    url: Option<&str>,
) -> Value {
    let condition = &notification.condition;
    let facts = &condition.facts;
    let data_center = condition.subject.data_center();
    let data_center = data_center.map(|id| json!({ "id": id.as_str(), "name": name }));
    let sender = match &condition.subject {
        AlertSubject::Sender { id, name } => Some(json!({ "id": id.as_str(), "name": name })),
        AlertSubject::DataCenter(_) | AlertSubject::Server(_) => None,
    };
    let time = |at: Option<UnixTime>| at.map(UnixTime::rfc3339);
    let finding = facts.finding.as_ref().map(|finding| finding.code.code());
    json!({
        "type": format!("alert.{}", notification.event.code()),
        "timestamp": notification.created_at.rfc3339(),
        "data": {
            "alert": condition.id.as_str(),
            "condition": condition.kind.code(),
            "data_center": data_center,
            "server": condition.subject.server(),
            "sender": sender,
            "since": condition.since.rfc3339(),
            "finding": finding,
            "ends_at": time(facts.ends_at),
            "waiting_since": time(facts.waiting_since),
            "free_bytes": facts.free_bytes,
            "clock_ahead_seconds": facts.clock_ahead_seconds,
            "silent_since": time(facts.silent_since),
            "sent_again_at": time(facts.sent_again_at),
            "title": words.title,
            "text": words.text,
            "url": url,
        },
    })
}

/// Returns the format of Slack ("Sending messages using incoming webhooks"): blocks of plain text,
/// and `text` for notifications.
fn slack(words: &NotificationText, url: Option<&str>) -> Value {
    let plain = |text: &str| json!({ "type": "plain_text", "text": text, "emoji": false });
    let header: String = words.title.chars().take(SLACK_HEADER).collect();
    let mut blocks = vec![
        json!({ "type": "header", "text": plain(&header) }),
        json!({ "type": "section", "text": plain(&words.text) }),
    ];
    if !words.facts.is_empty() {
        let facts: Vec<_> = words
            .facts
            .iter()
            .map(|(name, value)| plain(&format!("{name}: {value}")))
            .collect();
        blocks.push(json!({ "type": "context", "elements": facts }));
    }
    if let Some(url) = url {
        blocks.push(json!({
            "type": "actions",
            "elements": [{ "type": "button", "text": plain("Open Mailgrant"), "url": url }],
        }));
    }
    // `&`, `<`, and `>` are control characters in `text`.
    let text = words.title.replace('&', "&amp;");
    let text = text.replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": text, "blocks": blocks })
}

/// Returns the format of Microsoft Teams (workflow "When a Teams webhook request is received"): an
/// adaptive card.
fn teams(event: NotificationEvent, words: &NotificationText, url: Option<&str>) -> Value {
    let color = match event {
        NotificationEvent::Began => "attention",
        NotificationEvent::Ended => "good",
        NotificationEvent::Test => "default",
    };
    let facts: Vec<_> = words
        .facts
        .iter()
        .map(|(name, value)| json!({ "title": name, "value": unmarked(value) }))
        .collect();
    let mut body = vec![
        json!({
            "type": "TextBlock", "text": unmarked(&words.title), "wrap": true,
            "size": "medium", "weight": "bolder", "color": color,
        }),
        json!({ "type": "TextBlock", "text": unmarked(&words.text), "wrap": true }),
    ];
    if !facts.is_empty() {
        body.push(json!({ "type": "FactSet", "facts": facts }));
    }
    let actions: Vec<_> = url
        .iter()
        .map(|url| json!({ "type": "Action.OpenUrl", "title": "Open Mailgrant", "url": url }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": actions,
            },
        }],
    })
}

/// Returns the format of Mattermost ("Incoming webhooks" and "Message attachments").
fn mattermost(event: NotificationEvent, words: &NotificationText, url: Option<&str>) -> Value {
    let color = match event {
        NotificationEvent::Began => "#c62828",
        NotificationEvent::Ended => "#2e7d32",
        NotificationEvent::Test => "#607d8b",
    };
    let fields: Vec<_> = words
        .facts
        .iter()
        .map(|(name, value)| json!({ "short": true, "title": name, "value": unmarked(value) }))
        .collect();
    let title = unmarked(&words.title);
    json!({
        "text": title,
        "attachments": [{
            "fallback": words.title,
            "color": color,
            "title": words.title,
            "title_link": url,
            "text": unmarked(&words.text),
            "fields": fields,
        }],
    })
}

/// Escapes Markdown and mentions in a text.
fn unmarked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '#' => {
                out.push('\\');
                out.push(character);
            }
            // `@all` would mention everyone.
            '@' => out.push_str("@\u{200b}"),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unmarked;

    #[test]
    fn text_means_itself() {
        assert_eq!(
            unmarked("[x](y) @all *a*"),
            "\\[x\\](y) @\u{200b}all \\*a\\*"
        );
    }
}
