//! What a server says first: the greeting and the reply to EHLO.

use domain::{Finding, FindingCode, StepKind, Verdict};
use lettre::transport::smtp::extension::ClientId;

use super::Target;
use crate::{
    decode,
    recorder::Recorder,
    wire::{Reply, Wire},
};

/// The greeting and the reply to EHLO, which lettre reads in one call.
pub(super) fn record_greeting(replies: &[Reply], recorder: &mut Recorder) {
    let steps = [
        (StepKind::Greeting, String::new()),
        (StepKind::Ehlo, format!("EHLO {}", ClientId::default())),
    ];
    for ((kind, sent), reply) in steps.into_iter().zip(replies) {
        let verdict = if reply.text.starts_with('2') {
            Verdict::Passed
        } else {
            Verdict::Failed
        };
        recorder.step(kind, verdict, reply.micros, &sent, &reply.text);
        recorder.heard(&reply.text);
    }
}

pub(super) fn greeting_failure(
    target: &Target,
    timed_out: bool,
    wire: &Wire,
    replies: &[Reply],
    recorder: &Recorder,
) -> Finding {
    let last = replies.last().map_or("", |reply| reply.text.as_str());
    let kind = if replies.len() > 1 {
        StepKind::Ehlo
    } else {
        StepKind::Greeting
    };
    let code = if timed_out {
        FindingCode::Timeout
    } else if matches!(reply_code(last), 400..600) {
        decode::smtp_reply(kind, false, reply_code(last), last)
    } else if wire.is_closed() {
        FindingCode::ConnectionClosed
    } else {
        FindingCode::NotSmtp
    };
    target.finding(code).saying(recorder.clean(last))
}

/// The lines of an EHLO reply after the first, upper case (RFC 5321 §4.1.1.1).
pub(super) fn extensions(reply: Option<&Reply>) -> Vec<String> {
    reply.map_or_else(Vec::new, |reply| {
        let lines = reply.text.lines().skip(1);
        lines
            .filter_map(|line| line.get(4..))
            .map(|line| line.trim().to_ascii_uppercase())
            .collect()
    })
}

pub(super) fn reply_code(text: &str) -> u16 {
    text.get(..3)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0)
}
