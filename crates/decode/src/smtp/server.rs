//! Replies about the server that rejects: it is busy, out of space, greylists, or cannot reach
//! another one.

use domain::{FindingCode as F, StepKind};

use super::row::{Reply, reply, text};

/// Codes of temporary rejections.
const LATER: &[u16] = &[421, 450, 451, 452, 454];
const RECIPIENT: &[StepKind] = &[StepKind::RcptTo, StepKind::Data, StepKind::Message];

#[rustfmt::skip]
pub(super) const GREYLISTING: &[Reply] = &[
    reply(LATER, "", "over quota", F::MailboxFull).at(RECIPIENT), // Dovecot: quota plugin, with a request to retry
    reply(LATER, "", "mailbox*full", F::MailboxFull).at(RECIPIENT), // Postfix: virtual(8), with a request to retry
    reply(LATER, "", "error in processing", F::Temporary), // RFC 5321: 451; amavis
    reply(LATER, "", "service unavailable", F::ServerOverloaded), // OpenDKIM: milter failures
    text("greylist", F::Greylisted), // Postgrey
    text("graylist", F::Greylisted), // MDaemon
    text("grey list", F::Greylisted), // milter-greylist
    text("gray list", F::Greylisted), // SpamTitan
    text("grey-list", F::Greylisted), // milter-greylist
    text("gray-list", F::Greylisted), // SpamTitan
    text("grey.rbl", F::Greylisted), // ZoneMTA: bounces.txt
    text("postgrey", F::Greylisted), // Postgrey
    text("policyd-weight", F::ReputationRefused), // policyd-weight
    reply(LATER, ".7.1", "please try again later", F::Greylisted), // milter-greylist
    reply(&[450, 451], "4.7.1", "try again later", F::Greylisted), // rspamd: greylist module
    reply(LATER, "", "please retry in", F::Greylisted), // SQLgrey
    reply(LATER, "", "deferred*try again in", F::Greylisted), // gld
    reply(LATER, "", "retry*seconds", F::Greylisted), // Postgrey
    reply(LATER, "", "try again in*minutes", F::Greylisted), // SQLgrey
    reply(LATER, "", "first*contact", F::Greylisted), // Exim: greylistd
    reply(LATER, "", "not yet authorized to deliver mail from", F::Greylisted), // Exim: greylistd
    reply(LATER, "", "temporary failure", F::Temporary), // RFC 5321: 451
];

#[rustfmt::skip]
pub(super) const CONNECTIONS: &[Reply] = &[
    reply(&[432], "4.3.2", "", F::TooManyConnections), // Exchange Online: concurrent connections
    text("too many connections", F::TooManyConnections), // Postfix: anvil
    text("too many concurrent", F::TooManyConnections), // Exim: smtp_accept_max
    text("too many simultaneous", F::TooManyConnections), // Yahoo: postmaster
    text("too many sessions", F::TooManyConnections), // Comcast: postmaster
    text("too many open connections", F::TooManyConnections), // sendmail: conncontrol
    text("too many smtp sessions", F::TooManyConnections), // GMX: postmaster
    text("maximum number of connections", F::TooManyConnections), // Dovecot: submission
    text("maximum connections", F::TooManyConnections), // Dovecot: submission
    text("concurrent connections", F::TooManyConnections), // Exchange Online: 432
    text("concurrent sessions", F::TooManyConnections), // Mimecast: SMTP errors
    text("connections*limit", F::TooManyConnections), // Exchange Server: receive connectors
    text("connection limit", F::TooManyConnections), // Postfix: anvil
    text("connection*concurrency", F::TooManyConnections), // NetEase: SMTP return codes
    text("max*connections", F::TooManyConnections), // Exim: smtp_accept_max_per_host
    text("trop de connexions", F::TooManyConnections), // Orange: OFR004_104
    text("sender thread limit", F::TooManyConnections), // Exchange Online: STOREDRV
    text("mail server has exceeded the maximum number of", F::TooManyConnections), // Comcast: postmaster
    text("thread limit", F::TooManyConnections), // Mimecast: SMTP error codes
    text("too many connection", F::TooManyConnections), // Exim: local ACLs
];

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    // Overloaded, full, or broken.
    text("insufficient system", F::ServerOverloaded), // Exchange: back pressure
    text("insufficient*storage", F::ServerOverloaded), // RFC 5321: 452
    text("insufficient disk", F::ServerOverloaded), // sendmail: confMIN_FREE_BLOCKS
    text("insufficient*space", F::ServerOverloaded), // Postfix: queue_minfree
    text("insufficient*resources", F::ServerOverloaded), // Exchange: back pressure
    text("not enough space", F::ServerOverloaded), // Exim: check_spool_space
    text("space shortage", F::ServerOverloaded), // Exim: check_spool_space
    text("load average", F::ServerOverloaded), // sendmail: confREFUSE_LA
    text("load too high", F::ServerOverloaded), // Exim: smtp_load_reserve
    text("system load", F::ServerOverloaded), // sendmail: confREFUSE_LA
    text("high load", F::ServerOverloaded), // Exim: smtp_load_reserve
    text("server load", F::ServerOverloaded), // Mail.ru: SMTP errors
    text("overload", F::ServerOverloaded), // Exchange: back pressure
    reply(LATER, "", "busy", F::ServerOverloaded), // KumoMTA: community bounces
    text("service currently unavailable", F::ServerOverloaded), // SurfControl
    text("no space left", F::ServerOverloaded), // Dovecot: LMTP
    text("disk full", F::ServerOverloaded), // sendmail: confMIN_FREE_BLOCKS
    text("server busy", F::ServerOverloaded), // Exchange: 4.3.2
    text("server is busy", F::ServerOverloaded), // Exchange: 4.3.2
    text("service busy", F::ServerOverloaded), // QQ Mail: SMTP return codes
    text("too busy", F::ServerOverloaded), // Exim: smtp_accept_queue
    text("system busy", F::ServerOverloaded), // NetEase: SMTP return codes
    text("resources temporarily unavailable", F::ServerOverloaded), // Yahoo: postmaster
    text("out of resources", F::ServerOverloaded), // Orange: OFR
    text("out of memory", F::ServerOverloaded), // qmail
    text("system resources", F::ServerOverloaded), // Exchange: back pressure
    text("not accepting network messages", F::ServerOverloaded), // Exchange: 4.3.2
    text("server temporarily unavailable", F::ServerOverloaded), // Yahoo: postmaster
    text("service temporarily unavailable", F::ServerOverloaded), // Yandex: SMTP errors
    text("service is currently unavailable", F::ServerOverloaded), // Yandex: SMTP errors
    text("server not available", F::ServerOverloaded), // RFC 5321: 421
    text("queue file write error", F::ServerOverloaded), // Postfix: cleanup
    text("file write error", F::ServerOverloaded), // ZoneMTA: bounces.txt
    text("queue is full", F::ServerOverloaded), // Exim: queue_only_load

    // Another server cannot be reached.
    text("connection timed out", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("operation timed out", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("timed out while", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("connection refused", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("no route to host", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("network is unreachable", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("network unreachable", F::ReceiverUnreachable), // Exim: remote_smtp
    text("lost connection", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("connection*lost", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("conversation with*timed out", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("connect to*:", F::ReceiverUnreachable), // Postfix: smtp(8)
    text("connection dropped", F::ReceiverUnreachable), // Exchange: 4.4.2
    text("unable to connect", F::ReceiverUnreachable), // Exchange: 4.4.1
    text("can't connect", F::ReceiverUnreachable), // Postini
    text("could not connect", F::ReceiverUnreachable), // Exim: remote_smtp
    text("deferred: connection", F::ReceiverUnreachable), // sendmail
    text("host not reachable", F::ReceiverUnreachable), // MDaemon
    text("delivery time expired", F::ReceiverUnreachable), // RFC 3463: X.4.7
    text("delivery expired", F::ReceiverUnreachable), // Exchange: 4.4.7
    text("message expired", F::ReceiverUnreachable), // Exchange Online: 4.4.7
    text("queue.expired", F::ReceiverUnreachable), // Exchange Online: 4.4.7
    text("retry timeout exceeded", F::ReceiverUnreachable), // Exim: retry rules
    text("retry time not reached", F::ReceiverUnreachable), // Exim: retry rules
    text("too long in the queue", F::ReceiverUnreachable), // qmail-send
    text("could not send message for past", F::ReceiverUnreachable), // sendmail: queue timeouts
    text("message timed out", F::ReceiverUnreachable), // Cisco: bounces
    text("unable to route", F::ReceiverUnreachable), // RFC 3463: X.4.4
    text("all hosts*failing", F::ReceiverUnreachable), // Exim: retry rules
    text("no hosts", F::ReceiverUnreachable), // Exim: dnslookup router
    text("not reachable", F::ReceiverUnreachable), // Outlook.com: bounces
    reply(LATER, ".4.1", "", F::ReceiverUnreachable), // RFC 3463: X.4.1
    text("no answer from host", F::ReceiverUnreachable), // RFC 3463: X.4.1
    reply(&[], ".4.2", "timeout exceeded", F::Temporary), // Postfix: smtpd.c, about this connection
    reply(&[], ".4.2", "", F::ReceiverUnreachable), // RFC 3463: X.4.2
    reply(&[], ".4.7", "", F::ReceiverUnreachable), // RFC 3463: X.4.7
    text("delivery timeout", F::ReceiverUnreachable), // GoDaddy: bounce messages
    text("could not find a gateway", F::ReceiverUnreachable), // sisimai: expired
    text("failed to deliver to domain", F::ReceiverUnreachable), // sisimai: expired
    text("failing for a long time", F::ReceiverUnreachable), // sisimai: expired
    text("has been delayed", F::ReceiverUnreachable), // sisimai: expired
    text("not been collected", F::ReceiverUnreachable), // sisimai: expired
    text("did not respond", F::ReceiverUnreachable), // sisimai: expired
    text("multiple retries", F::ReceiverUnreachable), // sisimai: expired
    text("could not be delivered for", F::ReceiverUnreachable), // sisimai: expired
    text("in the queue too long", F::ReceiverUnreachable), // qmail-send
    text("connection reset", F::ReceiverUnreachable), // sendmail
    text("connection was dropped", F::ReceiverUnreachable), // sisimai: bounces
    text("unreachable", F::ReceiverUnreachable), // sendmail
    text("unable to contact", F::ReceiverUnreachable), // sendmail 5
    text("name server reply", F::ReceiverUnreachable), // sisimai: networkerror
    text("unable to resolve route", F::ReceiverUnreachable), // sisimai: networkerror
    text("numerous attempts", F::ReceiverUnreachable), // sisimai: bounces
    text("mail system full", F::ServerOverloaded), // sisimai: systemfull
    text("system full", F::ServerOverloaded), // sisimai: systemfull
    text("internal resources", F::ServerOverloaded), // Mimecast: SMTP error codes
    text("not enough space on disk", F::ServerOverloaded), // Exim: check_spool_space
    text("not responding", F::ReceiverUnreachable), // RFC 3463: X.4.1
];
