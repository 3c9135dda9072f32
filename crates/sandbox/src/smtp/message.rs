//! Parsing of the headers that the sandbox shows.

use mail_parser::MessageParser;

#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) subject: Option<String>,
    pub(super) message_id: Option<String>,
    pub(super) from: Option<String>,
}

pub(super) fn headers(raw: &[u8]) -> Headers {
    let Some(message) = MessageParser::default().parse_headers(raw) else {
        return Headers::default();
    };
    Headers {
        subject: message.subject().map(str::to_owned),
        message_id: message.message_id().map(str::to_owned),
        from: message
            .from()
            .and_then(|from| from.first())
            .and_then(|from| from.address())
            .map(str::to_owned),
    }
}
