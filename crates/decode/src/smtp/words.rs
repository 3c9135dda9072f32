//! Single words and short phrases that nearly always have one meaning. They are searched after the
//! tables of whole phrases.

use domain::FindingCode as F;

use super::row::{Reply, reply, text};

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    text("could not be sent at this time", F::AccountSuspended), // Rediff: blocked accounts
    text("protocol error", F::Refused), // RFC 3463: X.5.0
    text("protocol violation", F::Refused), // RFC 3463: X.5.0
    text("protocol deviation", F::Refused), // RFC 3463: X.5.0
    text("policy", F::PolicyRefused), // Postfix, GMX, and Exchange: SMTP errors
    text("policies", F::PolicyRefused), // KumoMTA: community bounces
    text("access denied", F::PolicyRefused), // Postfix: access(5)
    text("client host rejected", F::PolicyRefused), // Postfix: access(5)
    text("administrative prohibition", F::PolicyRefused), // Exim: default deny message
    text("administratively", F::PolicyRefused), // Exchange: 5.7.1
    text("transport.rules", F::PolicyRefused), // Exchange Online: mail flow rules
    text(" ptr ", F::ReverseDnsRefused), // RFC 7372: X.7.25
    text("ptr,", F::ReverseDnsRefused), // RFC 7372: X.7.25
    text("reverse", F::ReverseDnsRefused), // RFC 7372: X.7.25
    text("be resolved", F::ReverseDnsRefused), // Postfix: smtpd_check.c
    text("your helo", F::EhloNameRefused), // qmail: badhelo
    text("helo*denied", F::EhloNameRefused), // qmail: badhelo
    text("helo*rejected", F::EhloNameRefused), // Exim: ACLs
    text("auth first", F::AuthenticationWanted), // QQ Mail: SMTP return codes
    text("relaying", F::RelayDenied), // sendmail: check_rcpt
    text("relay", F::RelayDenied), // Postfix: smtpd_check.c
    text("outgoing*limit", F::QuotaExceeded), // Plesk: outgoing mail control
    text("limit*outgoing", F::QuotaExceeded), // Plesk: outgoing mail control
    text("sending limit", F::QuotaExceeded), // Zoho: SMTP errors
    text("outbound", F::AccountSuspended), // Hostinger: SMTP errors
    text("outgoing mail", F::AccountSuspended), // Plesk: outgoing mail control
    text("sending*disabled", F::AccountSuspended), // Hostinger: SMTP errors
    text("sending*suspended", F::AccountSuspended), // Mailgun: SMTP errors
    text("too many*message", F::SendingRateLimited), // RFC 5321: 4.5.3.1
    text("too many*mail", F::SendingRateLimited), // RFC 5321: 4.5.3.1
    text("too many*request", F::SendingRateLimited), // Mailtrap: sending limits
    text("too fast", F::SendingRateLimited), // nodemailer smtp-server
    text("too quickly", F::SendingRateLimited), // Gmail: SMTP errors
    text("throttl", F::SendingRateLimited), // Comcast: postmaster
    text("rate limit", F::SendingRateLimited), // Exim: ratelimit in ACLs
    text("mail from", F::SenderRefused), // NetEase: SMTP return codes
    text("from address", F::SenderRefused), // SendGrid: SMTP errors
    text("from header", F::SenderRefused), // iCloud: SMTP errors
    text("header address", F::SenderRefused), // Stalwart
    text("sending from", F::SenderRefused), // Mailtrap: domains
    text("sender", F::SenderRefused), // RFC 3463: X.1.7, X.1.8
    text("recipient is only", F::RecipientRestricted), // mailing programs: bounce rules
    text("blocked by the recipient", F::RecipientRestricted), // mailing programs: bounce rules
    text("attachment", F::VirusRefused), // Postfix: mime_header_checks
    text("file type", F::VirusRefused), // Exchange Online: 5.0.350
    text("reject content", F::SpamRefused), // Postfix: body_checks
    text("content", F::SpamRefused), // Postfix: body_checks
    text("filter", F::SpamRefused), // Cisco: content filters
    text("your ip", F::ReputationRefused), // Exim: ACLs
    text("your host", F::ReputationRefused), // Exim: ACLs
    text("exceed*hop", F::MailLoop), // Exchange: 5.4.14
    reply(&[550, 551, 552, 553, 554], "", "n't exist", F::NoSuchUser), // Alibaba: SMTP errors
    reply(&[550, 551, 552, 553, 554], "", "not valid", F::NoSuchUser), // CommuniGate Pro
    reply(&[550, 551, 552, 553, 554], "", "email is invalid", F::NoSuchUser), // Drip
    reply(&[550, 551, 552, 553, 554], "", "email address", F::NoSuchUser), // Rackspace: SMTP errors
];
