//! Replies to the envelope: the sender at any step, the number of recipients, and relaying.

use domain::{FindingCode as F, StepKind};

use super::row::{Reply, reply, text};

const RCPT: &[StepKind] = &[StepKind::RcptTo];
/// Steps in which a server may report too many recipients.
const ENVELOPE: &[StepKind] = &[StepKind::RcptTo, StepKind::Data, StepKind::Message];
/// Codes for commands that the server did not expect.
const OUT_OF_ORDER: &[u16] = &[500, 502, 503];
/// Steps after the recipients: only the domain of the sender is still in question.
const CONTENT: &[StepKind] = &[StepKind::Data, StepKind::Message];
/// Codes for too many recipients. 552 counts as 452 here (RFC 5321 §4.5.3.1.10).
const TOO_MANY: &[u16] = &[450, 451, 452, 552];

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    // The conversation itself.
    reply(OUT_OF_ORDER, "", "expected", F::Refused), // msmtpd
    reply(OUT_OF_ORDER, "", "sequence", F::Refused), // RFC 5321: 503
    reply(OUT_OF_ORDER, "", "nested", F::Refused), // Postfix: smtpd.c
    reply(OUT_OF_ORDER, "", "unrecognized", F::Refused), // RFC 5321: 500
    reply(OUT_OF_ORDER, "", "unrecognised", F::Refused), // RFC 5321: 500
    reply(OUT_OF_ORDER, "", "not implemented", F::Refused), // RFC 5321: 502
    text("smtputf8 is required", F::Smtputf8NotOffered), // Postfix: smtp(8)
    text("pipelining", F::Refused), // Postfix: reject_unauth_pipelining
    text("failure on relaying", F::Temporary), // amavis: forwarding
    text("not authorized to send email directly", F::PolicyRefused), // Gmail: SMTP errors
    text("was rejected for policy reasons", F::PolicyRefused), // mail filters that list possible reasons
    text("reject due to policy restrictions", F::PolicyRefused), // GMX: postmaster
    text("mx record points to local host", F::MailLoop), // Exim: dnslookup router
    text("invalid dns mx", F::SenderRefused), // GMX: postmaster, about the sender's domain
    text("must resolve", F::SenderRefused), // sendmail: domain of the sender
    text("bypassing service provider", F::ReputationRefused), // Postfix: client access maps
    text("parameters not recognized", F::Refused), // RFC 5321: 555
    text("not authorized to send on behalf", F::SendAsDenied), // one.com: SMTP errors
    text("unconfigured sending domain", F::SenderRefused), // SparkPost: SMTP errors
    text("no longer relays", F::RelayDenied), // Apache
    text("(relaying)", F::RelayDenied), // mailing programs: bounce rules
    text("not in allowed-senders list", F::RecipientRestricted), // Exchange Online: 5.7.124
    reply(TOO_MANY, "4.5.3", "", F::TooManyRecipients).at(ENVELOPE), // RFC 3463: X.5.3
    reply(TOO_MANY, "5.5.3", "", F::TooManyRecipients).at(ENVELOPE), // RFC 3463: X.5.3
    reply(TOO_MANY, "", "too many recipients", F::TooManyRecipients).at(ENVELOPE), // RFC 5321 §4.5.3.1.10
    reply(TOO_MANY, "", "too many rcpt", F::TooManyRecipients).at(ENVELOPE), // qmail
    reply(TOO_MANY, "", "number of recipients", F::TooManyRecipients).at(RCPT), // Exchange
    reply(TOO_MANY, "", "recipient limit", F::TooManyRecipients).at(RCPT), // Exchange

    // The sender, which Postfix and Exim reject at RCPT TO by default.
    text("sender address rejected", F::SenderRefused), // Postfix: smtpd_check.c
    text("sender address verification", F::SenderRefused), // Postfix: address verification
    text("sender verify failed", F::SenderRefused), // Exim: verify = sender
    text("sender verification", F::SenderRefused), // Exim: verify = sender
    text("verification failed for <", F::SenderRefused), // Exim: verify = sender
    text("verification failed while", F::SenderRefused), // Exim: verify = sender/callout
    text("domain*not exist", F::SenderRefused).at(CONTENT), // filters: the domain in From
    text("callback setup failed", F::SenderRefused), // Exim: verify = sender/callout
    text("sender domain", F::SenderRefused), // KumoMTA: community bounces
    text("sender*domain*not exist", F::SenderRefused), // sendmail: X.1.8
    text("domain of sender", F::SenderRefused), // sendmail: X.1.8
    text("domain*sender address*does not", F::SenderRefused), // sendmail: X.1.8
    text("sender*does not exist", F::SenderRefused), // Exim: verify = sender
    text("sender*has no a, aaaa, or mx", F::SenderRefused), // KumoMTA: community bounces
    text("invalid sender", F::SenderRefused), // Zoho: SMTP errors
    text("sender address*invalid", F::SenderRefused), // NetEase: SMTP return codes
    text("unknown sender", F::SenderRefused), // IceWarp
    text("sender unknown", F::SenderRefused), // IceWarp
    text("sender rejected", F::SenderRefused), // AT&T: AUP
    text("sender is rejected", F::SenderRefused), // Coremail
    text("unroutable sender", F::SenderRefused), // Exim: verify = sender
    text("unrouteable sender", F::SenderRefused), // Exim: verify = sender
    text("mailfrom failed", F::SenderRefused), // Coremail
    text("sender email is not", F::SenderRefused), // hMailServer
    text("valid from:", F::SenderRefused), // GoDaddy: IB506
    text("mail from is mismatched", F::SenderRefused), // Coremail
    text("sender denied", F::SenderRefused), // Exchange: sender filter
    text("sender refused", F::SenderRefused), // sendmail: access database
    text("sender is blocked", F::SenderRefused), // Exchange: sender filter
    text("envelope sender domain must exist", F::SenderRefused), // KumoMTA: community bounces
    text("sender's*domain", F::SenderRefused), // QQ Mail: SMTP return codes
    text("mail from*must*exist", F::SenderRefused), // QQ Mail: SMTP return codes
    text("bad sender", F::SenderRefused), // qmail: badmailfrom
    text("badmailfrom", F::SenderRefused), // qmail: badmailfrom
    text("in my badmailfrom list", F::SenderRefused), // qmail: badmailfrom
    text("backscatter", F::SenderRefused), // Exim: ACLs
    text("null sender", F::SenderRefused), // Exim: ACLs
    reply(&[], ".1.8", "", F::SenderRefused), // RFC 3463: X.1.8
    reply(&[], ".1.7", "", F::SenderRefused), // RFC 3463: X.1.7

    // Relaying.
    text("relay access denied", F::RelayDenied), // Postfix: reject_unauth_destination
    text("relaying denied", F::RelayDenied), // sendmail: check_rcpt
    text("relay not permitted", F::RelayDenied), // Exim: default ACL
    text("relaying not allowed", F::RelayDenied), // MDaemon
    text("relay denied", F::RelayDenied), // Kerio Connect
    text("unable to relay", F::RelayDenied), // Exchange Server: 5.7.1
    text("configured to relay", F::RelayDenied), // Ipswitch IMail
    text("unauthorized relay", F::RelayDenied), // IronMail
    text("relaying to <", F::RelayDenied), // Exim: local ACLs
    text("not a gateway", F::RelayDenied), // GroupWise
    text("insecure mail relay", F::RelayDenied), // sendmail 5
    text("not*allowed to relay", F::RelayDenied), // KumoMTA: community bounces
    text("not permitted to relay", F::RelayDenied), // Exim: default ACL
    text("we do not relay", F::RelayDenied), // CommuniGate Pro
    text("relay operation rejected", F::RelayDenied), // CommuniGate Pro
    text("for relay", F::RelayDenied), // Gmail: SMTP relay
    text("relay*attempt", F::RelayDenied), // Exchange Online: 5.7.64
    text("relaying prohibited", F::RelayDenied), // sendmail: check_rcpt
    text("domain*not in my list", F::RelayDenied), // qmail: rcpthosts
    text("domain*isn't in my list", F::RelayDenied), // qmail: rcpthosts
    text("allowed rcpthosts", F::RelayDenied), // qmail: rcpthosts
    reply(&[550, 554], "5.7.1", "relay", F::RelayDenied).at(RCPT), // Postfix: reject_unauth_destination
    reply(&[550, 554], "", "no relay", F::RelayDenied), // Haraka: rcpt_to
    text("sender was rejected", F::SenderRefused), // sisimai: bounces
    text("sender email address rejected", F::SenderRefused), // sisimai: bounces
    text("sender address blocked", F::SenderRefused), // Mimecast: SMTP error codes
    text("blocked senders", F::SenderRefused), // Mimecast: SMTP error codes
    text("envelope blocked", F::SenderRefused), // Mimecast: SMTP error codes
    text("batv", F::SenderRefused), // sisimai: bounces
    text("bogus mail from", F::SenderRefused), // sisimai: bounces
    text("bouncedeny", F::SenderRefused), // sisimai: bounces
    text("purported responsible address", F::SenderRefused), // Courier: Sender ID
    text("emetteur invalide", F::SenderRefused), // Orange: postmaster
    text("empty envelope senders", F::SenderRefused), // sisimai: bounces
    text("third-party dsns", F::SenderRefused), // sisimai: bounces
    text("unsigned dsn", F::SenderRefused), // sisimai: bounces
    text("returned mail not accepted", F::SenderRefused), // sisimai: bounces
    text("bounce attacks", F::SenderRefused), // QQ Mail: SMTP return codes
    text("fully qualified email address required", F::SenderRefused), // sisimai: bounces
    text("empty email address", F::SenderRefused), // sisimai: bounces
    text("mail from not owned", F::SenderRefused), // sisimai: bounces
    text("sender not pre-approved", F::SenderRefused), // sisimai: bounces
    text("does not exist e2110", F::SenderRefused), // sisimai: bounces
    text("unresolvable rfc.5321", F::SenderRefused), // Yahoo: SMTP error codes
    text("recursive cname", F::SenderRefused), // sisimai: bounces
    text("this server does not accept mail from", F::SenderRefused), // sisimai: bounces
    text("not a valid rfc 5321 address", F::NoSuchUser), // Gmail: SMTP errors
    text("not an open relay", F::RelayDenied), // sisimai: bounces
    text("relay not allowed", F::RelayDenied), // Mimecast: SMTP error codes
    text("relay is not allowed", F::RelayDenied), // Mimecast: SMTP error codes
    text("as a relay", F::RelayDenied), // sisimai: bounces
    text("not local host", F::RelayDenied), // sisimai: bounces
    text("relaying mail to", F::RelayDenied), // sisimai: bounces
    text("specified domain is not allowed", F::RelayDenied), // sisimai: bounces
    text("my list of allowed rcpthost", F::RelayDenied), // qmail: rcpthosts
    text("don't handle mail for", F::RelayDenied), // sisimai: bounces
    text("not relay for", F::RelayDenied), // CommuniGate Pro
    text("open relay", F::ReputationRefused), // Outlook.com: SC-003
];

/// A sign-in is missing.
#[rustfmt::skip]
pub(super) const UNAUTHENTICATED: &[Reply] = &[
    text("client not authenticated", F::AuthenticationWanted), // Exchange Online: 5.7.57
    text("client was not authenticated", F::AuthenticationWanted), // Exchange Server: 5.7.1
    text("authentication required", F::AuthenticationWanted), // RFC 4954
    text("authentication is required", F::AuthenticationWanted), // NetEase: SMTP return codes
    text("requires authentication", F::AuthenticationWanted), // KumoMTA: community bounces
    text("turn on smtp authentication", F::AuthenticationWanted), // KumoMTA: community bounces
    text("must authenticate", F::AuthenticationWanted), // Exim: ACLs
    text("allowed with authentication", F::AuthenticationWanted), // mailing programs: bounce rules
    text("receive your mail before", F::AuthenticationWanted), // POP before SMTP
    text("not logged in", F::AuthenticationWanted), // hMailServer
    text("must check for new mail before sending", F::AuthenticationWanted), // POP before SMTP
    text("auth required", F::AuthenticationWanted), // mailcow
    text("unauthenticated senders not allowed", F::AuthenticationWanted), // Exchange Server: recipient filter
    text("authentication turned on", F::AuthenticationWanted), // sisimai: bounces
    text("don't authenticate", F::AuthenticationWanted), // qmail: SMTP AUTH
    text("authentification invalide", F::AuthenticationWanted), // Orange: OFR_305
    text("authentification requise", F::AuthenticationWanted), // Orange: postmaster
];
