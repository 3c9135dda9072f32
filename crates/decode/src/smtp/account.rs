//! Replies about the account or client that sends: its rights, its limits, and its connections.

use domain::FindingCode as F;

use super::row::{Reply, reply, text};

/// Codes that refuse permanently or for now.
const REFUSALS: &[u16] = &[421, 450, 451, 452, 454, 550, 551, 552, 553, 554, 571];

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    text("too many connections", F::TooManyConnections), // Orange: OFR004_104, with a request to slow down
    text("outgoing email disabled", F::AccountSuspended), // cPanel: outgoing mail suspended
    text("encrypted smtp session", F::TlsRequired), // VIPRE: rejection reasons
    text("route requires encryption", F::TlsRequired), // mail routes with TLS only
    text("be send with an encryption", F::TlsRequired), // spam-mail-blocker.de: greylisting
    text("reached its limit for processing requests", F::SendingRateLimited), // GoDaddy: SMTP relays
    text("you have exceeded your", F::QuotaExceeded), // mail hosts: outgoing quotas
    text("disabled by user", F::AccountSuspended), // Hostinger: SMTP errors
    text("limits for your account", F::QuotaExceeded), // ISPs: sending limits
    text("limit of*rcpts per", F::QuotaExceeded), // mailbox.org: sending limits
    text("limit of*recipients per", F::QuotaExceeded), // mailbox.org: sending limits
    text("limit of*messages per", F::QuotaExceeded), // mailbox.org: sending limits
    text("limits for how many messages", F::SendingRateLimited), // Outlook.com: RP-001
    reply(&[421], "", "rp-00", F::SendingRateLimited), // Outlook.com: RP-001 to RP-003
    text("sender*quota", F::QuotaExceeded), // Namecheap: sending limits
    text("email has been rate limited because*spf authentication", F::SpfFailed), // Gmail: 4.7.27
    text("email has been rate limited because*dkim authentication", F::DkimFailed), // Gmail: 4.7.30
    text("rate limited*unauthenticated", F::DmarcFailed), // Gmail: 4.7.26
    text("rate limited because*aligned", F::DmarcFailed), // Gmail: 4.7.32
    text("rate limited because*alignment", F::DmarcFailed), // Gmail: 4.7.32
    text("rate limited*tls", F::TlsRequired), // Gmail: 4.7.29
    text("rate limited*ptr", F::ReverseDnsRefused), // Gmail: 4.7.23
    text("rate limited due to ip reputation", F::ReputationRefused), // Microsoft: 4.7.650
    reply(&[], "5.1.90", "", F::QuotaExceeded), // Exchange Online: 5.1.90
    reply(&[], "5.7.750", "", F::AccountSuspended), // Exchange Online: 5.7.750
    reply(&[], "5.7.508", "", F::SendingRateLimited), // Exchange Online: 5.7.508
    // The sender's address.
    reply(&[550], "5.7.60", "", F::SendAsDenied), // Exchange Online: non-delivery reports
    reply(&[554], "5.2.252", "", F::SendAsDenied), // Exchange Online: non-delivery reports
    text("sendasdenied", F::SendAsDenied), // Exchange Online: STOREDRV exceptions
    text("not allowed to send as", F::SendAsDenied), // Exchange Online: STOREDRV exceptions
    text("not have permission to send on behalf", F::SendAsDenied), // Exchange Online: non-delivery reports
    text("not have permissions to send as this sender", F::SendAsDenied), // Exchange Server: MapiSubmit
    text("sender address rejected: not owned by user", F::SenderRefused), // Postfix: smtpd_check.c
    text("sender is not allowed to relay emails", F::SenderRefused), // Zoho: SMTP errors
    text("sender address must match authenticated user", F::SenderRefused), // Haraka: auth_enforce
    text("mail from must equal authorized user", F::SenderRefused), // QQ Mail: SMTP return codes
    text("mail from must equal to authorized user", F::SenderRefused), // NetEase: SMTP return codes
    text("email address is not verified", F::SenderRefused), // Amazon SES: SMTP response codes

    // Account blocked by its own provider.
    text("unusual sending activity", F::AccountSuspended), // Zoho: SMTP errors
    text("suspected spam bot", F::AccountSuspended), // Zoho: SMTP errors
    text("access denied, bad outbound sender", F::AccountSuspended), // Exchange Online: 5.1.8
    text("tenant has exceeded threshold", F::AccountSuspended), // Exchange Online: 5.7.705
    text("traffic not accepted from this ip", F::AccountSuspended), // Exchange Online: 5.7.708
    text("outbound spam last", F::AccountSuspended), // Exchange Online: 5.1.90
    reply(&[550, 554], "5.7.705", "", F::AccountSuspended), // Exchange Online: 5.7.705
    reply(&[550, 554], "5.1.8", "bad outbound", F::AccountSuspended), // Exchange Online: 5.1.8
    text("sending paused for this account", F::AccountSuspended), // Amazon SES: SMTP response codes
    text("account's ability to send email has been", F::AccountSuspended), // Amazon SES: account review
    text("sender account*suspended", F::AccountSuspended), // cPanel: outgoing mail suspended
    text("outgoing mail from*has been suspended", F::AccountSuspended), // cPanel: outgoing mail suspended
    text("your account*blocked from sending", F::AccountSuspended), // Fastmail: SMTP errors
    text("your account has been temporarily blocked for sending", F::AccountSuspended), // Yandex: SMTP errors

    // Quotas of the account.
    text("submissionquotaexceeded", F::QuotaExceeded), // Exchange Online: STOREDRV exceptions
    reply(&[550], "5.4.5", "", F::QuotaExceeded), // Gmail: SMTP errors
    text("sending limit exceeded", F::QuotaExceeded), // Gmail: SMTP errors
    text("sending quota exceeded", F::QuotaExceeded), // Amazon SES: SMTP response codes
    text("daily message quota exceeded", F::QuotaExceeded), // Amazon SES: SMTP response codes
    text("daily user sending", F::QuotaExceeded), // Gmail: SMTP errors
    text("daily smtp relay", F::QuotaExceeded), // Gmail: SMTP errors
    text("reached a limit for sending mail", F::QuotaExceeded), // Gmail: SMTP errors
    text("exceeded the maximum number of emails", F::QuotaExceeded), // SendGrid: SMTP errors
    text("maximum credits exceeded", F::QuotaExceeded), // SendGrid: SMTP errors
    text("exceeded your messaging limits", F::QuotaExceeded), // Postmark and SMTP2GO: SMTP errors
    text("exceeded*messages per day", F::QuotaExceeded), // GoDaddy: SMTP relays
    text("exceeded*relay quota", F::QuotaExceeded), // GoDaddy: SMTP relays
    text("relay quota", F::QuotaExceeded), // Exim: local ACLs
    text("hour sending limit", F::QuotaExceeded), // Open-Xchange: sending limits
    text("messages per day", F::QuotaExceeded), // policyd: quotas
    text("too many recipients this hour", F::QuotaExceeded), // GoDaddy: IB607
    text("daily*limit*exceeded", F::QuotaExceeded), // Mailgun and Brevo: SMTP errors
    text("exceeded*daily*limit", F::QuotaExceeded), // Yahoo: sending limits
    text("sender*exceeded*quota", F::QuotaExceeded), // Titan and Hostinger: SMTP errors
    text("recipientratelimitexceeded", F::QuotaExceeded), // Exchange Online: recipient rate limit
    text("has exceeded the max emails per hour", F::QuotaExceeded), // cPanel: Exim configuration
    text("exceeded the max defers and failures per hour", F::QuotaExceeded), // cPanel: Exim configuration
    text("max emails per hour", F::QuotaExceeded), // cPanel: Exim configuration
    text("hourly*limit", F::QuotaExceeded), // Namecheap: sending limits
    text("sender rate limit quota", F::QuotaExceeded), // mailcow: ratelimits
    text("ex_quota", F::QuotaExceeded), // OVH: SMTP errors
    text("mfe:a", F::QuotaExceeded), // IONOS: SMTP errors

    // Frequency limits of the account or client.
    reply(&[421, 454], "", "too many login attempts", F::TooManySignIns), // Gmail: SMTP errors
    text("connection frequency limited", F::SendingRateLimited), // QQ Mail: SMTP return codes
    reply(REFUSALS, "", "frequency limit", F::SendingRateLimited), // QQ Mail: SMTP return codes
    text("mail frequency", F::SendingRateLimited), // QQ Mail: SMTP return codes
    text("maximum sending rate exceeded", F::SendingRateLimited), // Amazon SES: SMTP response codes
    text("submission rate*exceeded", F::SendingRateLimited), // Exchange Online: throttling limits
    text("message submission rate*has exceeded", F::SendingRateLimited), // Exchange Server: throttling
    text("sending rate*exceeded", F::SendingRateLimited), // Amazon SES: SMTP response codes
    text("exceeded*sending rate", F::SendingRateLimited), // Mailgun: SMTP errors
    text("sender rate overlimit", F::SendingRateLimited), // Stalwart and MDaemon: rate limits
    reply(REFUSALS, "", "sender rate", F::SendingRateLimited), // Exim: ratelimit in ACLs
    text("sending too fast", F::SendingRateLimited), // nodemailer smtp-server and ZoneMTA
    text("sending messages too fast", F::SendingRateLimited), // Zoho: SMTP errors
    text("too many messages from", F::SendingRateLimited), // Mailtrap: sending limits
    text("too many emails per second", F::SendingRateLimited), // Mailtrap: sending limits
    text("too many messages in this session", F::SendingRateLimited), // NetEase: SMTP return codes
    text("too many messages in this connection", F::SendingRateLimited), // sendmail: confMAX_MESSAGES
    text("too many mails", F::SendingRateLimited), // NetEase: SMTP return codes
    text("too many emails", F::SendingRateLimited), // OVH: SMTP errors
    text("frequency limited", F::SendingRateLimited), // QQ Mail: SMTP return codes
    text("too much mail from", F::SendingRateLimited), // Postfix: anvil
    text("too many recipients from", F::SendingRateLimited), // policyd: quotas
    text("message delivery request rate limit exceeded", F::SendingRateLimited), // Postfix: smtpd_client_message_rate_limit
    text("too many new tls sessions", F::SendingRateLimited), // Postfix: anvil
    text("connection rate limit exceeded", F::SendingRateLimited), // sendmail: ratecontrol
    text("rate limit exceeded", F::SendingRateLimited), // Exim: ratelimit in ACLs
    text("exceeded*rate limit", F::SendingRateLimited), // Outlook.com: postmaster
    reply(REFUSALS, "", "ratelimit", F::SendingRateLimited), // mailcow: ratelimits
    text("rate limited", F::SendingRateLimited), // Microsoft: 4.7.650
    text("being rate limited", F::SendingRateLimited), // Outlook.com: RP-001
    text("policyd*quota*exceeded", F::SendingRateLimited), // policyd: quotas
    reply(REFUSALS, "", "throttled", F::SendingRateLimited), // Comcast: postmaster
    text("throttling failure", F::SendingRateLimited), // Amazon SES: SMTP response codes
    text("emails too quickly", F::SendingRateLimited), // Mailjet: SMTP errors
    reply(REFUSALS, "", "slow down", F::SendingRateLimited), // Orange: postmaster
    text("mail sending denied", F::AccountSuspended), // Gmail: SMTP errors
    text("submission quota exceeded", F::QuotaExceeded), // Exchange Online: submission quota
    text("daily limit", F::QuotaExceeded), // Exchange Online: 5.1.90
    text("relay limit exceeded", F::QuotaExceeded), // Gmail: SMTP relay
    text("max message per connection", F::SendingRateLimited), // Yahoo: SMTP error codes
    text("messages per connection", F::SendingRateLimited), // sendmail: confMAX_MESSAGES
    text("excessive volume", F::SendingRateLimited), // iCloud: postmaster
    text("try again slower", F::SendingRateLimited), // sisimai: bounces
    text("slower", F::SendingRateLimited), // sisimai: bounces
    text("message threshold exceeded", F::SendingRateLimited), // Cox: email error codes
    text("account not subscribed", F::AccountSuspended), // Amazon SES: SMTP response codes
    text("not authorized to perform*ses:", F::SenderRefused), // Amazon SES: SMTP response codes
    text("allowable number of posts", F::SendingRateLimited), // sisimai: bounces
    text("too many messages, please", F::SendingRateLimited), // Exim: local ACLs
];
