//! The planned steps of each part of a check. They determine which steps were not tried.

use domain::{
    Authentication, CheckPart, Finding, FindingCode, MailboxSecurity, Security, StepKind, Verdict,
};
use net::Recorder;

use super::job::Job;

/// Returns the steps of a part in order. Empty for parts that always run to their end.
pub(super) fn steps(job: &Job, part: CheckPart) -> Vec<StepKind> {
    use StepKind as S;
    let mut steps = Vec::new();
    match part {
        CheckPart::OAuth => steps.extend([S::Discovery, S::TokenEndpoint, S::Grant]),
        CheckPart::Smtp => {
            steps.extend([S::Resolve, S::Connect]);
            match job.settings.security {
                Security::ImplicitTls => steps.extend([S::Tls, S::Greeting, S::Ehlo]),
                Security::StartTls => {
                    steps.extend([S::Greeting, S::Ehlo, S::StartTls, S::Tls, S::Ehlo]);
                }
                Security::Plaintext => steps.extend([S::Greeting, S::Ehlo]),
            }
            if !matches!(job.settings.authentication, Authentication::None) {
                steps.push(S::Authenticate);
            }
            steps.extend([S::MailFrom, S::RcptTo]);
            if job.recipient.is_some() {
                steps.extend([S::Data, S::Message, S::Quit]);
            } else {
                steps.extend([S::Reset, S::Quit]);
            }
        }
        CheckPart::Imap => {
            steps.extend([S::Resolve, S::Connect]);
            match &job.settings.mailbox {
                Some(mailbox) if mailbox.security == MailboxSecurity::ImplicitTls => {
                    steps.extend([S::Tls, S::Greeting]);
                }
                _ => steps.extend([S::Greeting, S::StartTls, S::Tls]),
            }
            steps.extend([S::Capability, S::Authenticate, S::Examine, S::Logout]);
        }
        CheckPart::Domain => steps.extend([S::Mx, S::Spf, S::Dkim, S::Dmarc]),
        CheckPart::Arrival => steps.push(S::Arrival),
    }
    steps
}

/// Returns the steps of `plan` that are not in `done`, counting repetitions.
fn missing(plan: &[StepKind], done: &[StepKind]) -> Vec<StepKind> {
    let mut done = done.to_vec();
    let planned = plan.iter().copied();
    planned
        .filter(|kind| match done.iter().position(|one| one == kind) {
            Some(at) => {
                done.remove(at);
                false
            }
            None => true,
        })
        .collect()
}

/// Records the steps of an ended part that were not tried as skipped, except `kept` (QUIT), which
/// still follows.
pub(super) fn skip_rest(job: &Job, part: CheckPart, kept: Option<StepKind>, recorder: &Recorder) {
    let recorder = recorder.of(part);
    let plan = steps(job, part);
    let first = plan.first().copied().unwrap_or(StepKind::Resolve);
    let missing = missing(&plan, &recorder.kinds_since(first));
    recorder.skip(missing.into_iter().filter(|kind| Some(*kind) != kept));
}

/// Ends an interrupted part. The current step fails with `finding`, or is skipped without one.
pub(super) fn interrupt_part(
    job: &Job,
    part: CheckPart,
    finding: Option<Finding>,
    recorder: &Recorder,
) {
    let own = recorder.of(part);
    let verdict = match &finding {
        None => Verdict::Skipped,
        // Late mail does not mean that the settings are wrong.
        Some(finding) if finding.code == FindingCode::NotArrived => Verdict::Warned,
        Some(_) => Verdict::Failed,
    };
    if own.give_up(verdict, finding.as_ref()) == 0 && finding.is_some() {
        // The step is not open in this recorder. The first missing step was in progress.
        let plan = steps(job, part);
        let first = plan.first().copied().unwrap_or(StepKind::Resolve);
        if let Some(kind) = missing(&plan, &own.kinds_since(first)).first() {
            let step = own.begin(*kind, "");
            own.end(step, verdict, "", finding);
        }
    }
    skip_rest(job, part, None, recorder);
}

#[cfg(test)]
mod tests {
    use super::*;
    use StepKind as S;

    #[test]
    fn missing_steps_are_the_planned_ones_that_were_not_done() {
        let plan = [S::Resolve, S::Connect, S::Ehlo, S::Tls, S::Ehlo, S::Quit];
        for (done, expected) in [
            (&[][..], &plan[..]),
            (&[S::Resolve, S::Connect, S::Connect], &plan[2..]),
            (
                &[S::Resolve, S::Connect, S::Ehlo, S::Quit],
                &[S::Tls, S::Ehlo],
            ),
            (&plan[..], &[]),
        ] {
            assert_eq!(missing(&plan, done), expected, "{done:?}");
        }
    }
}
