//! The greeting, and the reply to EHLO.

use domain::{FactName, FindingCode, StepKind};
use lettre::transport::smtp::extension::ClientId;
use net::{RecordedReply, Recorder, RecordingStream, Step};

/// Records the greeting and the reply to EHLO, which lettre reads in one call. Returns the step
/// that failed with the server's reply and the finding code.
pub(crate) fn record_greeting(
    greeting: Step,
    replies: &[RecordedReply],
    failed: Option<FindingCode>,
    recorder: &Recorder,
) -> Option<(Step, String, FindingCode)> {
    let waited = greeting.elapsed();
    let mut step = greeting;
    let mut replies = replies.iter();
    let mut kind = StepKind::Greeting;
    loop {
        let reply = replies.next();
        let text = reply.map_or("", |reply| reply.text.as_str());
        step.micros = Some(reply.map_or(waited, |reply| reply.micros));
        if reply.is_some() {
            recorder.heard(text);
        }
        if kind == StepKind::Ehlo {
            note_extensions(&mut step, &extensions(text));
        }
        let positive = matches!(reply_code(text), 200..400);
        if let Some(failed) = failed
            && (!positive || kind == StepKind::Ehlo)
        {
            let code = reply_code(text);
            let meaning = if matches!(code, 400..600) {
                decode::smtp_reply(kind, false, code, text)
            } else {
                failed
            };
            return Some((step, text.to_owned(), meaning));
        }
        recorder.passed(step, text);
        if kind == StepKind::Ehlo {
            return None;
        }
        kind = StepKind::Ehlo;
        step = recorder.begin(kind, &format!("EHLO {}", ClientId::default()));
    }
}

/// Returns the reason for a missing greeting, as far as the client can determine it.
pub(crate) fn silence(timed_out: bool, wire: &RecordingStream) -> FindingCode {
    if timed_out {
        FindingCode::Timeout
    } else if wire.is_closed() {
        FindingCode::ConnectionClosed
    } else {
        FindingCode::NotSmtp
    }
}

/// Returns the lines of an EHLO reply after the first, in upper case (RFC 5321 §4.1.1.1).
pub(crate) fn extensions(reply: &str) -> Vec<String> {
    let lines = reply.lines().skip(1);
    lines
        .filter_map(|line| line.get(4..))
        .map(|line| line.trim().to_ascii_uppercase())
        .collect()
}

/// Returns true if an EHLO reply has this keyword.
pub(crate) fn offers(extensions: &[String], keyword: &str) -> bool {
    extensions
        .iter()
        .any(|line| line.split([' ', '=']).next() == Some(keyword))
}

/// Adds the facts of an EHLO reply to its step.
pub(crate) fn note_extensions(step: &mut Step, extensions: &[String]) {
    if extensions.is_empty() {
        return;
    }
    let size = extensions
        .iter()
        .find_map(|line| line.strip_prefix("SIZE ")?.trim().parse::<u64>().ok());
    let starttls = extensions.iter().any(|line| line == "STARTTLS");
    step.fact(
        FactName::SizeLimit,
        size.map(|size| size.to_string()).unwrap_or_default(),
    );
    step.fact(FactName::Mechanisms, mechanisms(extensions).join(" "));
    step.fact(FactName::StartTls, if starttls { "yes" } else { "no" });
}

/// Returns the mechanisms of `AUTH a b`, and of the old form `AUTH=a b`.
pub(crate) fn mechanisms(extensions: &[String]) -> Vec<String> {
    let all: std::collections::BTreeSet<_> = extensions
        .iter()
        .filter_map(|line| line.strip_prefix("AUTH")?.strip_prefix([' ', '=']))
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect();
    all.into_iter().collect()
}

/// Returns the code of a reply, or 0 if the text is not an SMTP reply.
pub(crate) fn reply_code(text: &str) -> u16 {
    let code = text
        .get(..3)
        .filter(|code| code.bytes().all(|b| b.is_ascii_digit()));
    let ends = matches!(
        text.as_bytes().get(3),
        None | Some(b' ' | b'-' | b'\r' | b'\n')
    );
    let code = code.filter(|_| ends).and_then(|code| code.parse().ok());
    code.filter(|code| (200..600).contains(code)).unwrap_or(0)
}
