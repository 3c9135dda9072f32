//! Replies about a mailbox: full, closed, restricted, and its own limits.

use domain::FindingCode as F;

use super::row::{Reply, reply, text};

/// The recipient gets too much mail.
#[rustfmt::skip]
pub(super) const RATE: &[Reply] = &[
    text("received too much", F::RecipientRateLimited), // Rackspace: G30
    text("invalid rcptto", F::NoSuchUser), // InsMail: DATA state
    text("all rcpt commands were rejected", F::RecipientRefused), // Exim: smtp_in.c
    text("verification failed for <*sender verify failed", F::SenderRefused), // Exim: verify = sender/callout, with the answer to it
    text("at a rate that prevents", F::RecipientRateLimited), // Gmail: SMTP errors
    text("per hour message receive limit", F::RecipientRateLimited), // Exchange Online: 5.2.121, 5.2.122
    text("message receive limit", F::RecipientRateLimited), // Exchange Online: 5.2.121, 5.2.122
    text("exceeding receiving limits", F::RecipientRateLimited), // sisimai: bounces
    text("recipient has exceeded their limit", F::RecipientRateLimited), // Exchange Online: 5.2.122
    reply(&[], ".2.121", "", F::RecipientRateLimited), // Exchange Online: 5.2.121
    reply(&[], ".2.122", "", F::RecipientRateLimited), // Exchange Online: 5.2.122
    text("receiving mail too quickly", F::RecipientRateLimited), // Gmail: SMTP errors
    text("receiving mail at a rate", F::RecipientRateLimited), // Gmail: SMTP errors
    text("receivingrate", F::RecipientRateLimited), // Gmail: links in SMTP errors
    text("organization queue quota exceeded", F::RecipientRateLimited), // Exchange Online: 4.7.3
    text("recipient*rate limit", F::RecipientRateLimited), // Exchange Online: receiving limits
    text("recipient*exceeded*limit*receiv", F::RecipientRateLimited), // Exchange Online: receiving limits
    text("recipient thread limit exceeded", F::RecipientRateLimited), // Exchange Online: STOREDRV
    text("mailbox server is too busy", F::RecipientRateLimited), // Exchange Online: STOREDRV
    text("recipient*too many messages", F::RecipientRateLimited), // Yandex: SMTP errors
    text("too many messages for this recipient", F::RecipientRateLimited), // Yandex: SMTP errors
    text("too many messages to this recipient", F::RecipientRateLimited), // Comcast: postmaster
    text("receiver*frequency", F::RecipientRateLimited), // QQ Mail: SMTP return codes
];

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    // Texts that later rows would take for something else.
    text("badrcptto*not found", F::NoSuchUser), // qmail: badrcptto with a reason
    text("not available on this system", F::NoSuchUser), // mailing programs: bounce rules
    text("unknown account", F::NoSuchUser), // mailing programs: bounce rules
    text("doesn't handle mail for", F::NoSuchUser), // mailing programs: bounce rules
    text("user invalid", F::NoSuchUser), // mailing programs: bounce rules
    text("does not receive mail", F::MailboxInactive), // mailing programs: bounce rules
    text("not a recognised", F::NoSuchUser), // mailing programs: bounce rules
    text("not a recognized", F::NoSuchUser), // mailing programs: bounce rules
    text("not a valid email", F::NoSuchUser), // mailing programs: bounce rules
    text("unable to find alias", F::NoSuchUser), // mailing programs: bounce rules
    text("does not have an email", F::NoSuchUser), // mailing programs: bounce rules
    text("no smtp service", F::RecipientDomainInvalid), // mailing programs: bounce rules
    text("domain not used", F::RecipientDomainInvalid), // mailing programs: bounce rules
    text("not have any mail exchanger", F::RecipientDomainInvalid), // mailing programs: bounce rules
    text("extended inactivity", F::MailboxInactive), // mailing programs: bounce rules
    text("hasn't entered during", F::MailboxInactive), // mailing programs: bounce rules
    text("never logged", F::MailboxInactive), // mailing programs: bounce rules
    text("disabled mailbox", F::MailboxInactive), // mailing programs: bounce rules
    text("recipient's domain name cannot be found", F::RecipientDomainInvalid), // mailing programs: bounce rules
    text("want your email", F::RecipientRestricted), // mailing programs: bounce rules
    text("deleted by user", F::MailboxInactive), // Rambler: SMTP errors
    text("dominio non valido", F::RecipientDomainInvalid), // Aruba: SMTP errors
    text("existant domain", F::RecipientDomainInvalid), // mailing programs: bounce rules
    text("not accepting mail from", F::RecipientRestricted), // mailing programs: bounce rules
    text("does not accept mails from this sender", F::RecipientRestricted), // Exchange Server: sender filter
    text("not enough disk space", F::MailboxFull), // mailing programs: bounce rules
    text("not enough diskspace", F::MailboxFull), // mailing programs: bounce rules
    text("space not enough", F::MailboxFull), // mailing programs: bounce rules
    text("exceed maximum mailbox", F::MailboxFull), // mailing programs: bounce rules
    text("quota is over", F::MailboxFull), // mailing programs: bounce rules
    text("out of quota", F::MailboxFull), // mailing programs: bounce rules
    text("over quote", F::MailboxFull), // mailing programs: bounce rules
    text("over their quota", F::MailboxFull), // mailing programs: bounce rules
    text("too many messages on", F::MailboxFull), // mailing programs: bounce rules
    text("too many messages in", F::MailboxFull), // mailing programs: bounce rules
    text("allowed number of messages", F::MailboxFull), // mailing programs: bounce rules
    text("allowed message count", F::MailboxFull), // mailing programs: bounce rules
    text("to receive any more mail", F::MailboxFull), // mailing programs: bounce rules
    text("larger than the space", F::MailboxFull), // mailing programs: bounce rules
    text("space has used up", F::MailboxFull), // mailing programs: bounce rules
    text("no recipient activity", F::MailboxInactive), // mailing programs: bounce rules
    text("cannot receive email", F::MailboxInactive), // mailing programs: bounce rules
    text("enable receiving", F::MailboxInactive), // mailing programs: bounce rules
    text("account is unavailable", F::MailboxInactive), // EarthLink
    text("not used", F::NoSuchUser), // UKR.NET
    text("bogus and forged", F::NoSuchUser), // mailing programs: bounce rules
    reply(&[], ".7.12", "", F::RecipientRestricted), // Exchange Online: 5.7.12
    reply(&[], ".7.124", "", F::RecipientRestricted), // Exchange Online: 5.7.124
    reply(&[], ".7.129", "", F::RecipientRestricted), // Exchange Online: 5.7.129
    reply(&[], ".7.133", "", F::RecipientRestricted), // Exchange Online: 5.7.133
    reply(&[], ".7.134", "", F::RecipientRestricted), // Exchange Online: 5.7.134
    reply(&[], ".7.135", "", F::RecipientRestricted), // Exchange Online: 5.7.135
    reply(&[], ".7.136", "", F::RecipientRestricted), // Exchange Online: 5.7.136
    text("banned recipient", F::RecipientRestricted), // Exchange Online: 5.7.505
    text("user reject", F::RecipientRestricted), // sisimai: filtered
    text("isn't on the recipient's list of senders", F::RecipientRestricted), // sisimai: bounces
    text("members-only list", F::RecipientRestricted), // sisimai: bounces
    text("closed mailing list", F::RecipientRestricted), // sisimai: bounces
    text("not subscribed to this", F::RecipientRestricted), // sisimai: bounces
    text("allowed to post to", F::RecipientRestricted), // sisimai: bounces
    text("organizational settings", F::RecipientRestricted), // sisimai: bounces
    text("refuses to accept your mail", F::RecipientRestricted), // sisimai: bounces
    text("is not accepting mail with", F::RecipientRestricted), // sisimai: bounces
    text("badrecipientto", F::RecipientRestricted), // qmail: badrcptto
    text("envelope recipient has been denied", F::RecipientRestricted), // qmail: badrcptto
    text("account storage", F::MailboxFull), // GoDaddy: bounce messages
    text("full mailbox", F::MailboxFull), // sisimai: bounces
    text("diskspace quota", F::MailboxFull), // sisimai: bounces
    text("storage space in", F::MailboxFull), // sisimai: bounces
    text("allowed quota", F::MailboxFull), // sisimai: bounces
    text("space has been used up", F::MailboxFull), // sisimai: bounces
    text("too much mail data", F::MailboxFull), // docomo
    text("user has too many messages", F::MailboxFull), // sisimai: bounces
    text("sufficient*space", F::MailboxFull), // sisimai: bounces
    text("deactivated", F::MailboxInactive), // QQ Mail: SMTP return codes
    text("suspend the service", F::MailboxInactive), // sisimai: suspend
    text("has been suspended", F::MailboxInactive), // sisimai: bounces
    text("currently suspended", F::MailboxInactive), // sisimai: bounces
    text("archived recipient", F::MailboxInactive), // Orange: postmaster
    text("destinataire archivee", F::MailboxInactive), // Orange: postmaster
    text("cannot be accessed", F::MailboxInactive), // Exchange Online: 5.2.1
    text("no longer accepts mail", F::MailboxInactive), // sisimai: bounces
    text("account unavailable", F::MailboxInactive), // sisimai: bounces
    text("mail receiving disabled", F::MailboxInactive), // sisimai: bounces
    text("recipient domain must exist", F::RecipientDomainInvalid), // sisimai: bounces
    text("unknown host", F::RecipientDomainInvalid), // sendmail: X.1.2
    text("name or service not known", F::RecipientDomainInvalid), // Postfix: smtp(8)
    text("mail domain*unknown", F::RecipientDomainInvalid), // sisimai: bounces
    text("unrouteable mail domain", F::RecipientDomainInvalid), // Exim: dnslookup router
    text("nonexistent domain", F::RecipientDomainInvalid), // Exchange Online: 5.4.4
    text("nonexistentdomain", F::RecipientDomainInvalid), // Exchange Online: 5.4.4
    text("no mx record", F::RecipientDomainInvalid), // sisimai: bounces
    text("host not found", F::RecipientDomainInvalid), // sendmail: X.1.2
    text("host name lookup failure", F::RecipientDomainInvalid), // sendmail: X.1.2
    text("dead domain", F::RecipientDomainInvalid), // sisimai: bounces
    text("dns records for the destination", F::RecipientDomainInvalid), // sisimai: bounces
    text("able to find the recipient domain", F::RecipientDomainInvalid), // Gmail: SMTP errors
    // A full mailbox.
    text("overquota", F::MailboxFull), // Orange: OFR_417; Gmail: links in SMTP errors
    text("over quota", F::MailboxFull), // Dovecot: quota plugin
    text("over the quota", F::MailboxFull), // Gmail: SMTP errors
    text("over its quota", F::MailboxFull), // KumoMTA: community bounces
    text("out of storage", F::MailboxFull), // Gmail: SMTP errors
    text("quota exceeded", F::MailboxFull), // Dovecot: quota plugin
    text("quota*exceeded", F::MailboxFull), // cPanel: Exim quota messages
    text("exceeded*quota", F::MailboxFull), // Cyrus: LMTP
    text("exceed*storage", F::MailboxFull), // RFC 5321: 552
    text("exceed*quota", F::MailboxFull), // Courier: maildrop
    text("quota violation", F::MailboxFull), // KumoMTA: community bounces
    text("mailbox*full", F::MailboxFull), // Postfix: virtual(8)
    text("mailbox*size limit*exceeded", F::MailboxFull), // Postfix: virtual(8)
    text("mailbox*exceed", F::MailboxFull), // ZoneMTA: bounces.txt
    text("mailbox limit ex", F::MailboxFull), // KumoMTA: community bounces
    text("inbox*full", F::MailboxFull), // Mail.com: postmaster
    text("mail box*full", F::MailboxFull), // Zimbra: LMTP
    text("folder is full", F::MailboxFull), // Lotus Domino
    text("account is full", F::MailboxFull), // ZoneMTA: bounces.txt
    text("account*full", F::MailboxFull), // MDaemon
    text("user is full", F::MailboxFull), // KumoMTA: community bounces
    text("user*disk*full", F::MailboxFull), // vpopmail
    text("not enough*space*for*mailbox", F::MailboxFull), // Kerio Connect
    text("exceeded storage allocation", F::MailboxFull), // RFC 5321: 552
    text("storage*exceeded", F::MailboxFull), // Exchange: mailbox quotas
    text("storage quota", F::MailboxFull), // iCloud: SMTP errors
    text("mapiexceptionshutoffquotaexceeded", F::MailboxFull), // Exchange Online: STOREDRV
    text("quotaexceededexception", F::MailboxFull), // Exchange Online: STOREDRV
    text("boite du destinataire pleine", F::MailboxFull), // Orange: OFR_417
    text("casella*piena", F::MailboxFull), // Libero: SMTP errors
    text("zuviele mails", F::MailboxFull), // Lotus Domino
    text("exhausted*storage", F::MailboxFull), // Oracle Messaging
    text("storage full", F::MailboxFull), // Mirapoint
    text("does not have enough space", F::MailboxFull), // CommuniGate Pro
    text("exceeds allowed size", F::MailboxFull), // Oracle Messaging
    text("buzon lleno", F::MailboxFull), // Telefónica: SMTP errors
    text("postfach*voll", F::MailboxFull), // T-Online: SMTP errors
    text("insufficient*quota", F::MailboxFull), // Zimbra: LMTP
    text("maildir over", F::MailboxFull), // Courier: deliverquota
    text("disk quota", F::MailboxFull), // Courier: deliverquota

    // A mailbox that exists but takes no mail.
    text("inactive", F::MailboxInactive), // Gmail: SMTP errors
    text("domain size limit", F::MailboxFull), // hMailServer: limits
    text("account*disabled", F::MailboxInactive), // Gmail: SMTP errors
    text("mailbox*disabled", F::MailboxInactive), // Yahoo: postmaster
    text("user*disabled", F::MailboxInactive), // Exim: local routers
    text("disableduser", F::MailboxInactive), // Gmail: links in SMTP errors
    text("disabled*recipient", F::MailboxInactive), // sendmail: access database
    text("recipient*disabled", F::MailboxInactive), // sendmail: access database
    text("address*disabled", F::MailboxInactive), // Exim: local routers
    text("account*suspended", F::MailboxInactive), // cPanel: suspended accounts
    text("user*suspended", F::MailboxInactive), // Mail.ru: SMTP errors
    text("is locked", F::MailboxInactive), // Coremail
    text("temporary locked", F::MailboxInactive), // Postfix: restriction classes
    text("temporarily locked", F::MailboxInactive), // Postfix: restriction classes
    text("is now disabled", F::MailboxInactive), // Coremail
    text("account is blocked", F::MailboxInactive), // Orange: LPN007_426
    text("mailbox*suspended", F::MailboxInactive), // Mail.ru: SMTP errors
    text("recipient*suspended", F::MailboxInactive), // Postfix: restriction classes
    text("account*locked", F::MailboxInactive), // Mail.ru: SMTP errors
    text("mailbox*locked", F::MailboxInactive), // Mail.ru: SMTP errors
    text("mailbox*frozen", F::MailboxInactive), // Mail.ru: SMTP errors
    text("account*closed", F::MailboxInactive), // Comcast: postmaster
    text("account*expired", F::MailboxInactive), // ZoneMTA: bounces.txt
    text("expired account", F::MailboxInactive), // ZoneMTA: bounces.txt
    text("account*blocked", F::MailboxInactive), // Mail.ru: SMTP errors
    text("account*deactivated", F::MailboxInactive), // Zoho: SMTP errors
    text("account is not active", F::MailboxInactive), // KumoMTA: community bounces
    text("account not activated", F::MailboxInactive), // KumoMTA: community bounces
    text("not active", F::MailboxInactive), // KumoMTA: community bounces
    text("mailbox is not available", F::MailboxInactive), // Mail.ru: SMTP errors
    text("mailbox currently unavailable", F::MailboxInactive), // IMail Server
    text("mailbox temporarily disabled", F::MailboxInactive), // NetEase: SMTP return codes
    text("not accepting messages", F::MailboxInactive), // RFC 3463: X.2.1
    text("not accepting mail", F::MailboxInactive), // RFC 3463: X.2.1
    text("mailbox*not accepting", F::MailboxInactive), // RFC 3463: X.2.1
    text("temporarily suspended", F::MailboxInactive), // Zoho: SMTP errors
    text("user is terminated", F::MailboxInactive), // ZoneMTA: bounces.txt

    // A recipient that takes mail of some senders only.
    text("resolver.rst", F::RecipientRestricted), // Exchange Online: 5.7.1, 5.7.133
    text("sendernotauthenticated", F::RecipientRestricted), // Exchange Online: 5.7.133
    text("only accepts mail from", F::RecipientRestricted), // Exchange Online: non-delivery reports
    text("not authorized to send to this recipient", F::RecipientRestricted), // Exchange Server
    text("not allowed to send to this recipient", F::RecipientRestricted), // Exim: local ACLs
    text("not authorized to send to", F::RecipientRestricted), // Google Groups
    text("permission to*post messages to the group", F::RecipientRestricted), // Google Groups
    text("you may not have permission to post", F::RecipientRestricted), // Google Groups
    text("delivery not authorized, message refused", F::RecipientRestricted), // RFC 3463: X.7.1
    text("receiver denied", F::RecipientRestricted), // mail hosts of companies
    text("recipient denied", F::RecipientRestricted), // mail hosts of companies
    text("rule imposed", F::RecipientRestricted), // Merak
    text("closed system", F::RecipientRestricted), // mail hosts for approved partners
    text("blocked by recipient", F::RecipientRestricted), // ZoneMTA: bounces.txt
    text("blacklisted by recipient", F::RecipientRestricted), // ZoneMTA: bounces.txt
    text("rejected by this user", F::RecipientRestricted), // ZoneMTA: bounces.txt
    text("rejected by recipient", F::RecipientRestricted), // Kerio Connect
    text("recipient preferences", F::RecipientRestricted), // Facebook: postmaster
    text("refused to receive", F::RecipientRestricted), // Coremail
    text("mailbox*is restricted", F::RecipientRestricted), // Mirapoint
    text("badrcptto", F::RecipientRestricted), // qmail: badrcptto
    text("recipient does not accept mails from", F::RecipientRestricted), // GMX: postmaster
    text("user has blocked", F::RecipientRestricted), // Proton: SMTP errors
    text("recipient has rejected", F::RecipientRestricted), // Zoho: SMTP errors
    text("senderfilterconfig", F::RecipientRestricted), // Trend Micro: sender filter
    text("address rejected: restricted", F::RecipientRestricted), // Postfix: restriction classes
];
