//! The recipients of one attempt, split into transactions.

use std::collections::VecDeque;

use domain::{Finding, FindingCode};
use smtp::{TransactionEnd, TransactionOutcome};

/// Reply and finding of a rejected recipient, or `None` for an accepted one.
type Refused = Option<(String, Finding)>;

/// Recipients that are still to be tried, by their index in the message.
#[derive(Debug)]
pub(super) struct Batches {
    left: VecDeque<usize>,
    size: usize,
}

/// Recipients that exceeded the limit of a transaction.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) recipients: Vec<usize>,
    /// Number of recipients that the server accepts in one transaction.
    pub(super) fits: usize,
}

impl Excess {
    /// Returns the recipients to try in another transaction because the server rejected them as too
    /// many. Returns `None` if there are none, or if there is no sign that the server accepts a
    /// smaller number.
    pub(super) fn of(part: &[usize], outcome: &TransactionOutcome, broken: bool) -> Option<Self> {
        let is_excess = |refused: &Refused| {
            let code = refused.as_ref().map(|(_, finding)| finding.code);
            code == Some(FindingCode::TooManyRecipients)
        };
        let taken = |refused: &[Refused]| refused.iter().filter(|one| one.is_none()).count();
        let all = part.iter().zip(&outcome.refused);
        let (recipients, fits): (Vec<usize>, usize) = match &outcome.end {
            TransactionEnd::Accepted(_) => {
                let excess = all.filter(|(_, refused)| is_excess(refused));
                (excess.map(|(at, _)| *at).collect(), taken(&outcome.refused))
            }
            TransactionEnd::Failed(finding) if finding.code != FindingCode::ClosedAfterMessage => {
                let fits = if finding.code == FindingCode::TooManyRecipients {
                    // The server rejected the whole transaction without stating its limit.
                    taken(&outcome.refused) / 2
                } else if broken {
                    // Some servers count each rejected recipient as an error and then close the
                    // connection.
                    let first = outcome.refused.iter().position(is_excess)?;
                    taken(&outcome.refused[..first])
                } else {
                    return None;
                };
                let again = all.filter(|(_, refused)| refused.is_none() || is_excess(refused));
                (again.map(|(at, _)| *at).collect(), fits)
            }
            _ => return None,
        };
        (fits > 0 && !recipients.is_empty()).then_some(Self { recipients, fits })
    }
}

impl Batches {
    pub(super) fn new(recipients: impl IntoIterator<Item = usize>, size: usize) -> Self {
        Self {
            left: recipients.into_iter().collect(),
            size: size.max(1),
        }
    }

    /// Removes and returns the recipients of the next transaction. `None` if none are left.
    pub(super) fn next(&mut self) -> Option<Vec<usize>> {
        let count = self.size.min(self.left.len());
        let batch: Vec<usize> = self.left.drain(..count).collect();
        (!batch.is_empty()).then_some(batch)
    }

    /// Puts recipients back at the front. Later transactions have at most `excess.fits` recipients.
    pub(super) fn put_back(&mut self, excess: Excess) {
        self.size = self.size.min(excess.fits.max(1));
        for recipient in excess.recipients.into_iter().rev() {
            self.left.push_front(recipient);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_that_did_not_fit_come_next_and_in_smaller_batches() {
        let mut batches = Batches::new(0..7, 4);
        assert_eq!(batches.next(), Some(vec![0, 1, 2, 3]));
        let excess = Excess {
            recipients: vec![2, 3],
            fits: 2,
        };
        batches.put_back(excess);
        assert_eq!(batches.next(), Some(vec![2, 3]));
        assert_eq!(batches.next(), Some(vec![4, 5]));
        assert_eq!(batches.next(), Some(vec![6]));
        assert_eq!(batches.next(), None);
    }
}
