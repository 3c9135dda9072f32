//! Replies as outcomes of recorded steps.

use domain::{Finding, Verdict};
use net::{Recorder, Step};

use crate::reply::Reply;

/// A positive reply, or the text of another one with its finding.
pub(crate) type Answer = Result<Reply, (String, Finding)>;

/// Ends a step: passed, or with `verdict`.
pub(crate) fn conclude(
    step: Step,
    answer: Answer,
    verdict: Verdict,
    recorder: &Recorder,
) -> Result<Reply, Finding> {
    match answer {
        Ok(reply) => {
            recorder.passed(step, &reply.text);
            Ok(reply)
        }
        Err((text, finding)) => {
            recorder.end(step, verdict, &text, Some(finding.clone()));
            Err(recorder.cleaned(finding))
        }
    }
}
