//! Replies about an address: the domain or the mailbox does not exist.

use domain::FindingCode as F;

use super::row::{Reply, reply, text};

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    // No such domain.
    text("null mx", F::RecipientDomainInvalid), // Postfix: RFC 7505 support
    text("nullmx", F::RecipientDomainInvalid), // Exim: dnslookup router
    text("does not accept mail", F::RecipientDomainInvalid), // RFC 7504: 521, 556
    text("recipient address rejected: domain not found", F::RecipientDomainInvalid), // Postfix: reject_unknown_recipient_domain
    text("recipient domain not found", F::RecipientDomainInvalid), // Postfix: reject_unknown_recipient_domain
    text("host or domain name not found", F::RecipientDomainInvalid), // Postfix: smtp(8)
    text("host unknown", F::RecipientDomainInvalid), // sendmail: X.1.2
    text("no such domain", F::RecipientDomainInvalid), // Haraka: rcpt_to
    text("domain does not exist", F::RecipientDomainInvalid), // qmail
    text("unknown domain", F::RecipientDomainInvalid), // MDaemon
    text("not configured to use this mx", F::RecipientDomainInvalid), // VIPRE: rejection reasons
    text("rejected: no-domain", F::RecipientDomainInvalid), // Symantec: SMTP errors
    text("domain not found", F::RecipientDomainInvalid), // Postfix: smtpd_check.c
    text("domain name not found", F::RecipientDomainInvalid), // ZoneMTA: bounces.txt
    text("couldn't find any host named", F::RecipientDomainInvalid), // qmail-remote
    text("couldn't find any host by that name", F::RecipientDomainInvalid), // qmail-remote
    text("although i'm listed as a best-preference mx", F::RecipientDomainInvalid), // qmail-remote
    text("all relevant mx records point to non-existent hosts", F::RecipientDomainInvalid), // Exim: dnslookup router
    text("domain is not hosted here", F::RecipientDomainInvalid), // Zimbra
    text("tenant or domain not found", F::RecipientDomainInvalid), // KumoMTA: community bounces
    text("dns domain * does not exist", F::RecipientDomainInvalid), // Exchange Online: 5.4.310
    text("infodomainnonexistent", F::RecipientDomainInvalid), // Exchange Online: 5.4.310
    text("nosuchdomain", F::RecipientDomainInvalid), // Gmail: bounces

    // No such mailbox.
    text("user unknown", F::NoSuchUser), // Postfix: smtpd_check.c
    text("unknown user", F::NoSuchUser), // sendmail: X.1.1
    text("user*unknown", F::NoSuchUser), // KumoMTA: community bounces
    text("recipient*unknown", F::NoSuchUser), // ZoneMTA: bounces.txt
    text("unknown*recipient", F::NoSuchUser), // ZoneMTA: bounces.txt
    text("address*unknown", F::NoSuchUser), // KumoMTA: community bounces
    text("unknown address", F::NoSuchUser), // Lotus Domino
    text("unknown*address", F::NoSuchUser), // Lotus Domino
    text("mailbox*unknown", F::NoSuchUser), // Courier
    text("unknown*mailbox", F::NoSuchUser), // Courier
    text("account*unknown", F::NoSuchUser), // MDaemon
    text("unknown local", F::NoSuchUser), // Exim: local routers
    text("no such", F::NoSuchUser), // sendmail, Exim, qmail: user, recipient, mailbox, address, person
    text("nosuchuser", F::NoSuchUser), // Gmail: links in SMTP errors
    text("recipientnotfound", F::NoSuchUser), // Exchange Online: 5.1.10
    text("recipnotfound", F::NoSuchUser), // Exchange Server: RESOLVER.ADR
    text("recipient not found", F::NoSuchUser), // Exchange Online: 5.1.10
    text("adr.exrecipnotfound", F::NoSuchUser), // Exchange Server: RESOLVER.ADR
    text("mailbox not found", F::NoSuchUser), // Yahoo: postmaster
    text("user not found", F::NoSuchUser), // CommuniGate Pro
    text("user*not found", F::NoSuchUser), // CommuniGate Pro
    text("account not found", F::NoSuchUser), // IceWarp
    text("address not found", F::NoSuchUser), // Gmail: bounces
    text("does not exist", F::NoSuchUser), // Gmail: SMTP errors
    text("doesn't exist", F::NoSuchUser), // iCloud: SMTP errors
    text("not exist", F::NoSuchUser), // QQ Mail: SMTP return codes
    text("user doesn't have", F::NoSuchUser), // Yahoo: postmaster
    text("recipient address*is not a valid", F::NoSuchUser), // Gmail: 5.1.2, 5.1.3
    text("recipient verify*failed", F::NoSuchUser), // LDAP checks of recipients
    text("recipient verification failed", F::NoSuchUser), // Exim: verify = recipient
    text("not in recipient list", F::NoSuchUser), // SpamTitan: recipient verification
    text("not in route list", F::NoSuchUser), // hMailServer: routes
    text("not a valid recipient", F::NoSuchUser), // Yahoo: postmaster
    text("not a valid mailbox", F::NoSuchUser), // KumoMTA: community bounces
    text("not a valid user", F::NoSuchUser), // KumoMTA: community bounces
    text("not a valid address", F::NoSuchUser), // Mimecast: SMTP errors
    text("invalid recipient", F::NoSuchUser), // Mimecast: SMTP errors
    text("invalid*recipient", F::NoSuchUser), // Orange: OFR_416
    text("recipient*invalid", F::NoSuchUser), // Orange: OFR_416
    text("recipient is not valid", F::NoSuchUser), // Rackspace: SMTP errors
    text("invalid mailbox", F::NoSuchUser), // KumoMTA: community bounces
    text("invalid user", F::NoSuchUser), // NetEase: SMTP return codes
    text("invalid address", F::NoSuchUser), // QQ Mail: SMTP return codes
    text("address invalid", F::NoSuchUser), // KumoMTA: community bounces
    text("undeliverable address", F::NoSuchUser), // Postfix: address verification
    text("unrouteable address", F::NoSuchUser), // Exim: verify = recipient
    text("unroutable address", F::NoSuchUser), // Exim: verify = recipient
    text("no mailbox", F::NoSuchUser), // qmail: X.1.1
    text("no mail-box", F::NoSuchUser), // qmail: X.1.1
    text("sorry, no mailbox", F::NoSuchUser), // qmail: X.1.1
    text("no valid recipient", F::NoSuchUser), // sendmail: DATA
    text("no valid email address", F::NoSuchUser), // Telefónica: SMTP errors
    text("not our customer", F::NoSuchUser), // Comcast: postmaster
    text("no user", F::NoSuchUser), // KumoMTA: community bounces
    text("there is no one at this address", F::NoSuchUser), // iCloud: SMTP errors
    text("recipient unrecognized", F::NoSuchUser), // KumoMTA: community bounces
    text("unrecognized recipient", F::NoSuchUser), // Oracle Messaging
    text("unknown or illegal alias", F::NoSuchUser), // Oracle Messaging
    text("bad destination mailbox", F::NoSuchUser), // RFC 3463: X.1.1
    text("not listed in", F::NoSuchUser), // Lotus Domino
    text("not in*directory", F::NoSuchUser), // Lotus Domino
    text("not in my list of", F::NoSuchUser), // Lotus Domino
    text("not known", F::NoSuchUser), // Exim: local routers
    text("bad address", F::NoSuchUser), // Ipswitch IMail
    text("path no exist", F::NoSuchUser), // Coremail
    text("not a member of domain", F::NoSuchUser), // MailSite
    text("recipient cannot be verified", F::NoSuchUser), // Exim: callouts
    text("does not have an account", F::NoSuchUser), // Exim: local ACLs
    text("not our user", F::NoSuchUser), // sendmail: access database
    text("not a registered", F::NoSuchUser), // GroupWise
    text("mailbox not available", F::NoSuchUser), // 1&1
    text("is not ok", F::NoSuchUser), // Ipswitch IMail
    text("> not ok", F::NoSuchUser), // MailEnable
    text("by that name", F::NoSuchUser), // qmail: X.1.1
    text("this account is not allowed", F::RecipientRestricted), // Coremail
    text("utilisateur inconnu", F::NoSuchUser), // KumoMTA: community bounces
    text("destinataire inconnu", F::NoSuchUser), // Orange: OFR_416
    text("user has moved", F::NoSuchUser), // RFC 5321: 551
    text("no longer", F::NoSuchUser), // sendmail: access database
    text("has moved to", F::NoSuchUser), // RFC 5321: 551
    text("has left", F::NoSuchUser), // Exim: local routers
    text("mailbox name not allowed", F::NoSuchUser), // RFC 5321: 553
    text("mailbox unavailable", F::NoSuchUser), // RFC 5321: 550
    text("create output*permission denied", F::MailboxInactive), // sendmail: .forward files
    text("can't create output", F::MailboxFull), // sendmail: X.2.0
    reply(&[], "5.4.1", "recipient address rejected: access denied", F::NoSuchUser), // Exchange Online: directory-based edge blocking
    reply(&[550, 551, 553, 554], ".1.6", "", F::NoSuchUser), // RFC 3463: X.1.6
    text("desconocido", F::NoSuchUser), // sisimai: bounces
    text("inconnu", F::NoSuchUser), // Orange: postmaster
    text("unbekannt", F::NoSuchUser), // sisimai: bounces
    text("sconosciut", F::NoSuchUser), // sisimai: bounces
    text("no existe", F::NoSuchUser), // sisimai: bounces
    text("nessun utente", F::NoSuchUser), // sisimai: bounces
    text("not present in directory", F::NoSuchUser), // sisimai: bounces
    text("can't accept user", F::NoSuchUser), // sisimai: bounces
    text("could not be found", F::NoSuchUser), // sisimai: bounces
    text("not a known", F::NoSuchUser), // sisimai: bounces
    text("not an active address", F::NoSuchUser), // sisimai: bounces
    text("mailbox invalid", F::NoSuchUser), // sisimai: bounces
    text("mailbox is unavailable", F::NoSuchUser), // sisimai: bounces
    text("mailbox not present", F::NoSuchUser), // sisimai: bounces
    text("mailbox unavaiable", F::NoSuchUser), // sisimai: bounces
    text("no mail box", F::NoSuchUser), // sisimai: bounces
    text("not a local", F::NoSuchUser), // sisimai: bounces
    text("user not local", F::NoSuchUser), // RFC 5321: 551
    text("recipient is not local", F::NoSuchUser), // sisimai: bounces
    text("recipient not ok", F::NoSuchUser), // sisimai: bounces
    text("recipient is not accepted", F::NoSuchUser), // sisimai: bounces
    text("adr.recipient", F::NoSuchUser), // Exchange Server: RESOLVER.ADR
    text("was undeliverable", F::NoSuchUser), // sisimai: bounces
    text("validrcptto", F::NoSuchUser), // qmail: validrcptto
    text("missing home directory", F::NoSuchUser), // Exim: local routers
    text("virtual user", F::NoSuchUser), // vdeliver
    text("> not found", F::NoSuchUser), // sisimai: bounces
    text("was not found", F::NoSuchUser), // sisimai: bounces
    text("existent user", F::NoSuchUser), // sisimai: bounces
    text("in name directory", F::NoSuchUser), // sisimai: bounces
    text("has been replaced by", F::NoSuchUser), // sisimai: hasmoved
    text("couldn't be found", F::NoSuchUser), // Gmail: bounces
    text("have no mail", F::NoSuchUser), // mailing programs: bounce rules
    text("cannot deliver mail for", F::NoSuchUser), // KumoMTA: community bounces
    text("non esiste", F::NoSuchUser), // Libero: SMTP errors
    text("mailbox*unavailable", F::NoSuchUser), // RFC 5321: 550
    text("is not local", F::NoSuchUser), // qmail
    text("bad email address", F::NoSuchUser), // mailing programs: bounce rules
];
