//! Replies with a text that no other table has: by enhanced status code, step, and code.

use domain::{FindingCode as F, StepKind};

use super::row::{Reply, reply};

const RCPT: &[StepKind] = &[StepKind::RcptTo];
const FINAL: &[u16] = &[550, 551, 552, 553, 554];
/// Codes about the form of the address, and codes that only some servers use for it.
const SYNTAX: &[u16] = &[501, 510, 511, 513, 540, 541];

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    reply(&[530], "", "", F::AuthenticationWanted), // RFC 4954
    reply(&[], ".7.13", "", F::AccountSuspended).at(&[StepKind::Authenticate]), // RFC 5248: X.7.13
    reply(FINAL, ".1.1", "", F::NoSuchUser).at(RCPT), // RFC 3463: X.1.1
    reply(FINAL, ".1.10", "", F::NoSuchUser).at(RCPT), // Exchange Online: 5.1.10
    reply(&[], ".1.2", "", F::RecipientDomainInvalid).at(RCPT), // RFC 3463: X.1.2
    reply(&[], ".4.4", "", F::RecipientDomainInvalid).at(RCPT), // RFC 3463: X.4.4
    reply(&[521, 556], "", "", F::RecipientDomainInvalid).at(RCPT), // RFC 7504
    reply(FINAL, ".2.1", "", F::MailboxInactive).at(RCPT), // RFC 3463: X.2.1
    reply(&[], ".2.2", "", F::MailboxFull).at(RCPT), // RFC 3463: X.2.2
    reply(&[], ".3.1", "", F::ServerOverloaded), // RFC 3463: X.3.1
    reply(&[], ".4.6", "", F::MailLoop), // RFC 3463: X.4.6
    reply(&[], ".4.14", "", F::MailLoop), // Exchange: 5.4.14
    reply(&[], ".6.0", "", F::MessageFormatRefused), // RFC 3463: X.6.0
    reply(&[], ".6.3", "", F::MessageFormatRefused), // RFC 3463: X.6.3
    reply(&[], ".6.11", "", F::MessageFormatRefused), // Exchange Online: 5.6.11
    reply(&[], ".6.211", "", F::MessageFormatRefused), // Exchange Online: 5.6.211
    reply(SYNTAX, "", "", F::RecipientRefused).at(RCPT), // RFC 5321, and X.1.3 of RFC 3463
    reply(FINAL, "5.7.1", "", F::PolicyRefused), // RFC 3463: X.7.1
    reply(FINAL, "5.7.0", "", F::PolicyRefused), // RFC 3463: X.7.0
    reply(FINAL, "", "", F::RecipientRefused).at(RCPT), // RFC 5321
    reply(FINAL, "", "", F::SenderRefused).at(&[StepKind::MailFrom]), // RFC 5321
];
