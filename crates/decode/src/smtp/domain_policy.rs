//! Replies about the authentication of the From domain: SPF, DKIM, and DMARC.

use domain::FindingCode as F;

use super::row::{Reply, reply, text};

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    // Filters that name SPF among the things that they look at.
    text("antispam check", F::SpamRefused), // mail hosts: scoring filters
    text("anti-spam check", F::SpamRefused), // mail hosts: scoring filters
    text("spam score", F::SpamRefused), // SpamAssassin
    text("scored*as spam", F::SpamRefused), // SpamAssassin
    reply(&[], "5.7.509", "", F::DmarcFailed), // Exchange Online: 5.7.509
    reply(&[], ".7.515", "", F::DmarcFailed), // Outlook.com: requirements for high-volume senders
    text("dmarc", F::DmarcFailed), // Gmail, Yahoo, and Comcast: SMTP errors
    text("anti-spoofing", F::DmarcFailed), // Mimecast: SMTP errors
    text("antispoofing", F::DmarcFailed), // Zoho: SMTP errors
    text("spoofed", F::DmarcFailed), // content filters: forged From addresses
    text("mail is unauthenticated", F::DmarcFailed), // Gmail: 5.7.26
    text("unauthenticated email", F::DmarcFailed), // Gmail: 5.7.26
    text("sender is unauthenticated", F::DmarcFailed), // Gmail: 5.7.26
    text("does not pass*authentication", F::DmarcFailed), // Gmail: 5.7.26
    text("authentication information", F::DmarcFailed), // Gmail: IPv6 guidelines
    text("ipv6 sending guidelines", F::DmarcFailed), // Gmail: IPv6 guidelines
    text("spf*and*dkim*fail", F::DmarcFailed), // Gmail: 5.7.26
    text("spf*dkim*did not pass", F::DmarcFailed), // Gmail: 5.7.26
    text("either spf or dkim", F::DmarcFailed), // Gmail: 5.7.26
    text("spf or dkim", F::DmarcFailed), // QQ Mail: SMTP return codes
    text("dkim or spf", F::DmarcFailed), // QQ Mail: SMTP return codes
    text("au01", F::DkimFailed), // Yahoo: postmaster
    text("dkim", F::DkimFailed), // Yahoo: postmaster; RFC 7372: X.7.20
    text("domainkeys", F::DkimFailed), // Yahoo: postmaster
    reply(&[], ".7.20", "", F::DkimFailed), // RFC 7372
    reply(&[], ".7.21", "", F::DkimFailed), // RFC 7372
    reply(&[], ".7.22", "", F::DkimFailed), // RFC 7372
    reply(&[], ".7.23", "", F::SpfFailed), // RFC 7372
    reply(&[], ".7.24", "", F::SpfFailed), // RFC 7372
    text("sender policy framework", F::SpfFailed), // Exim: spf condition
    text("spf", F::SpfFailed), // Postfix: policyd-spf; Exchange Online: 5.7.23
    text("openspf", F::SpfFailed), // Postfix: policyd-spf
    text("not permitted to send", F::SpfFailed), // Exim: spf condition
    text("mail from*mismatch*ip", F::SpfFailed), // Coremail
    text("domain*mismatches client ip", F::SpfFailed), // Coremail
    text("invalid ip for sending mail of domain", F::SpfFailed), // Yahoo Japan
    text("not allowed to send mail from", F::SpfFailed), // Exim: spf condition
    text("not designated", F::SpfFailed), // Exim: spf condition
    text("is not authorized to send email from", F::SpfFailed), // Exim: spf condition
    text("is not authorized to use", F::SpfFailed), // pypolicyd-spf
    reply(&[], ".7.26", "", F::DmarcFailed), // RFC 7372
    reply(&[], ".7.30", "require", F::DmarcFailed), // Gmail: 5.7.30
];
