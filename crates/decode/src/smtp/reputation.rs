//! Replies about the reputation of addresses and domains, and about the client's name and address.

use domain::{FindingCode as F, StepKind};

use super::row::{Reply, reply, text};

const BEFORE_MESSAGE: &[StepKind] = &[StepKind::Greeting, StepKind::Ehlo, StepKind::MailFrom];

/// The client's name and address.
#[rustfmt::skip]
pub(super) const CLIENT: &[Reply] = &[
    text("blocked using spam pattern", F::SpamRefused), // filters of text patterns
    text("client host*listed", F::Blocklisted), // mail hosts: own lists
    text("client host*blocked using", F::Blocklisted), // Postfix: default_rbl_reply
    text(" listed at ", F::Blocklisted), // ZoneMTA: bounces.txt
    // The name in EHLO.
    text("you are me", F::EhloNameRefused), // VIPRE: rejection reasons
    text("helo command rejected", F::EhloNameRefused), // Postfix: smtpd_check.c
    text("ehlo command rejected", F::EhloNameRefused), // Postfix: smtpd_check.c
    text("invalid helo", F::EhloNameRefused), // Exim: ACLs
    text("invalid ehlo", F::EhloNameRefused), // Exim: ACLs
    text("helo/ehlo", F::EhloNameRefused), // GMX: postmaster
    text("ehlo/helo", F::EhloNameRefused), // GMX: postmaster
    text("bad helo", F::EhloNameRefused), // Exim: ACLs
    text("helo name", F::EhloNameRefused), // cPanel: Exim configuration
    text("forged helo", F::EhloNameRefused), // cPanel: Exim configuration
    text("helo*does not resolve", F::EhloNameRefused), // Haraka: helo.checks
    text("helo*invalid", F::EhloNameRefused), // Exim: helo_verify_hosts
    text("helo argument", F::EhloNameRefused), // Exim: smtp_in.c
    text("ehlo argument", F::EhloNameRefused), // Exim: smtp_in.c
    text("helo host", F::EhloNameRefused), // Haraka: helo.checks
    text("helo should be", F::EhloNameRefused), // GMX: postmaster
    text("bad dns helo", F::EhloNameRefused), // GMX: postmaster
    text("need fully-qualified hostname", F::EhloNameRefused), // Postfix: reject_non_fqdn_helo_hostname
    text("closing connection. (ehlo)", F::EhloNameRefused), // Gmail: SMTP relay

    // The name of the address in DNS.
    text("cannot find your hostname", F::ReverseDnsRefused), // Postfix: reject_unknown_client_hostname
    text("cannot find your reverse hostname", F::ReverseDnsRefused), // Postfix: reject_unknown_reverse_client_hostname
    text("reverse dns", F::ReverseDnsRefused), // AOL: RTR:RD; Comcast: postmaster
    text("reverse-dns", F::ReverseDnsRefused), // Haraka: fcrdns
    text("rdns", F::ReverseDnsRefused), // Haraka: fcrdns
    text("reverse lookup", F::ReverseDnsRefused), // sendmail: require_rdns
    text("reverse hostname", F::ReverseDnsRefused), // Postfix: smtpd_check.c
    text("reverse host", F::ReverseDnsRefused), // Exim: verify = reverse_host_lookup
    text("reverse mapping", F::ReverseDnsRefused), // Exim: verify = reverse_host_lookup
    text("no ptr", F::ReverseDnsRefused), // Comcast: postmaster
    text("ptr record", F::ReverseDnsRefused), // Gmail: SMTP errors
    text("ptr lookup", F::ReverseDnsRefused), // sendmail: require_rdns
    text("missing ptr", F::ReverseDnsRefused), // Gmail: SMTP errors
    text("client host rejected: cannot find", F::ReverseDnsRefused), // Postfix: smtpd_check.c
    text("ip name lookup failed", F::ReverseDnsRefused), // sendmail: require_rdns
    text("ip name possibly forged", F::ReverseDnsRefused), // sendmail: require_rdns
    text("fcrdns", F::ReverseDnsRefused), // Haraka: fcrdns
    text("rtr:rd", F::ReverseDnsRefused), // AOL: SMTP errors
    reply(&[], ".7.25", "", F::ReverseDnsRefused), // RFC 7372
    text("unresolvable hostname", F::ReverseDnsRefused), // Postfix: smtpd_check.c
    text("unverifyable sending ip", F::ReverseDnsRefused), // MagicMail
    text("unverifiable sending ip", F::ReverseDnsRefused), // MagicMail
    text("generic*hostname", F::ReverseDnsRefused), // Postfix: client access maps
    text("dynamically assigned", F::ReverseDnsRefused), // AOL: dynamic addresses
    text("dns:nr", F::ReverseDnsRefused), // AOL: SMTP errors
    text("dynamic*ip", F::ReverseDnsRefused), // Outlook.com: DY-001
    text("dynamic hostname", F::ReverseDnsRefused), // Postfix: client access maps
    text("requires domain address", F::EhloNameRefused), // Exchange Online: HELO
    text("forward dns", F::ReverseDnsRefused), // Gmail: SMTP errors
    text("dns ptr", F::ReverseDnsRefused), // GMX: postmaster
    text("unresolvable relay", F::ReverseDnsRefused), // sisimai: requireptr
    text("pointer (ptr)", F::ReverseDnsRefused), // Gmail: SMTP errors
    text("nameserver query", F::ReverseDnsRefused), // sisimai: bounces
    text("ip must resolve", F::ReverseDnsRefused), // sendmail: require_rdns
    text("rtr:du", F::ReverseDnsRefused), // AOL: SMTP errors
];

/// Blocklists and reputation.
#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    text("connection refused from", F::ReputationRefused), // Cloudmark: bizsmtp
    text("mail refused -", F::ReputationRefused).at(BEFORE_MESSAGE), // Road Runner: security.rr.com
    text("not want your mail", F::RecipientRestricted), // mail hosts: decisions of users
    text("n't want your mail", F::RecipientRestricted), // mail hosts: decisions of users
    text("account or domain may not exist", F::NoSuchUser).at(&[StepKind::RcptTo]), // cPanel: Exim configuration
    text("has blacklisted", F::RecipientRestricted).at(&[StepKind::RcptTo]), // mail hosts: decisions of users
    text("rejected content", F::SpamRefused), // Cisco: content filters
    text("c=bl", F::Blocklisted), // GMX: links in SMTP errors
    text("spammer", F::ReputationRefused), // mailing programs: bounce rules
    text("connections from your ip", F::ReputationRefused), // mailing programs: bounce rules
    // Blocklists. `blocklist` names them.
    text("spamhaus", F::Blocklisted), // Spamhaus
    text("spamcop", F::Blocklisted), // SpamCop
    text("barracuda", F::Blocklisted), // Barracuda Reputation Block List
    text("sorbs", F::Blocklisted), // SORBS
    text("uceprotect", F::Blocklisted), // UCEPROTECT
    text("abuseat", F::Blocklisted), // Composite Blocking List
    text("invaluement", F::Blocklisted), // Invaluement
    text("ivmsip", F::Blocklisted), // Invaluement
    text("spamrl", F::Blocklisted), // SpamRL
    text("hostkarma", F::Blocklisted), // HostKarma
    text("junkemailfilter", F::Blocklisted), // HostKarma
    text("psbl", F::Blocklisted), // Passive Spam Block List
    text("mailspike", F::Blocklisted), // Mailspike
    text("abusix", F::Blocklisted), // Abusix
    text("mail-abuse", F::Blocklisted), // Trend Micro Email Reputation Services
    text("trend micro", F::Blocklisted), // Trend Micro Email Reputation Services
    text("trendmicro", F::Blocklisted), // Trend Micro Email Reputation Services
    text("cloudmark", F::Blocklisted), // Cloudmark Sender Intelligence
    text("ipcheck.proofpoint", F::Blocklisted), // Proofpoint Dynamic Reputation
    text("dnsbl.cobion", F::Blocklisted), // Cobion
    text("surbl", F::Blocklisted), // SURBL
    text("uribl", F::Blocklisted), // URIBL
    text("nixspam", F::Blocklisted), // NiX Spam
    text("manitu", F::Blocklisted), // NiX Spam
    text("backscatterer", F::Blocklisted), // Backscatterer
    text("s3140", F::Blocklisted), // Outlook.com: postmaster
    text("s3150", F::Blocklisted), // Outlook.com: postmaster
    text("on our block list", F::Blocklisted), // Outlook.com: postmaster
    text("banned sending ip", F::Blocklisted), // Exchange Online: 5.7.606
    text("banned sender", F::Blocklisted), // Exchange Online: 5.7.511
    text("delist", F::Blocklisted), // Exchange Online: 5.7.606
    text("dnsbl", F::Blocklisted), // Postfix: postscreen
    text("rbl ", F::Blocklisted), // Exim: ACLs
    text("rbl:", F::Blocklisted), // AT&T: DNSBL:RBL
    text("[rbl", F::Blocklisted), // Postfix: reject_rbl_client
    text(".rbl.", F::Blocklisted), // Postfix: reject_rbl_client
    text(" rbl", F::Blocklisted), // Exim: ACLs
    text("blocked using", F::Blocklisted), // Postfix: default_rbl_reply
    text("user in blacklist", F::RecipientRestricted), // Coremail: bounces
    text("blacklist", F::Blocklisted), // ZoneMTA: bounces.txt
    text("black list", F::Blocklisted), // ZoneMTA: bounces.txt
    text("blocklist", F::Blocklisted), // KumoMTA: community bounces
    text("block list", F::Blocklisted), // KumoMTA: community bounces
    text("black-list", F::Blocklisted), // ZoneMTA: bounces.txt
    text("denylist", F::Blocklisted), // Stalwart
    text("dictionary attack", F::ReputationRefused), // Baruwa: rejections
    text("is listed", F::Blocklisted), // ZoneMTA: bounces.txt
    text("listed at", F::Blocklisted), // ZoneMTA: bounces.txt
    text("not listed in*directory", F::NoSuchUser), // Domino
    text("listed in", F::Blocklisted), // ZoneMTA: bounces.txt
    text("block.list", F::Blocklisted), // IONOS: SMTP errors
    text("[bl21]", F::Blocklisted), // Yahoo: BL21
    text("[bl23]", F::Blocklisted), // Yahoo: BL23
    text("rtr:bl", F::Blocklisted), // AOL: SMTP errors
    text("mi:spb", F::Blocklisted), // NetEase: SMTP return codes

    // Reputation.
    text("reputation", F::ReputationRefused), // Gmail, Cisco, and Comcast: SMTP errors
    text("senderbase", F::ReputationRefused), // Cisco: SenderBase
    text("senderscore", F::ReputationRefused), // Validity: Sender Score
    text("user complaints", F::ReputationRefused), // Yahoo: TSS04
    text("complaints", F::ReputationRefused), // Yahoo: TSS04
    text("unusual rate", F::ReputationRefused), // Gmail: SMTP errors
    text("unexpected volume", F::ReputationRefused), // Yahoo: TSS04
    text("temporarily deferred due to", F::ReputationRefused), // Yahoo: TSS04
    text("[ts", F::ReputationRefused), // Yahoo: TSS01 to TSS09
    text("tss0", F::ReputationRefused), // Yahoo: TSS01 to TSS09
    text("ipts0", F::ReputationRefused), // Yahoo: IPTS04
    text("con:b1", F::ReputationRefused), // AOL: SMTP errors
    text("rtr:bb", F::ReputationRefused), // AOL: SMTP errors
    text("rtr:sc", F::ReputationRefused), // AOL: SMTP errors
    text("rly:bl", F::ReputationRefused), // AOL: SMTP errors
    text("access to this mail system has been rejected", F::ReputationRefused), // Cisco: SenderBase
    text("access to submit messages to this e-mail system has been rejected", F::ReputationRefused), // Cisco: SenderBase
    text("bad ip", F::ReputationRefused), // ZoneMTA: bounces.txt
    text("identified as spammer", F::ReputationRefused), // ZoneMTA: bounces.txt
    text("ask your postmaster for help", F::ReputationRefused), // T-Online: postmaster
    text("unsolicited mail originating from your ip", F::ReputationRefused), // Gmail: SMTP errors
    text("originating from your ip address", F::ReputationRefused), // Gmail: SMTP errors
    text("ip not in whitelist", F::ReputationRefused), // Gmail: SMTP errors
    text("geographical location", F::ReputationRefused), // ZoneMTA: bounces.txt
    text("geoip", F::ReputationRefused), // ZoneMTA: bounces.txt
    text("blocked for abuse", F::ReputationRefused), // Exim: local ACLs
    text("network not allowed", F::ReputationRefused), // Mimecast: SMTP errors
    text("bypassing service provider", F::ReputationRefused), // Postfix: client access maps
    text("use the smtp server of your isp", F::ReputationRefused), // Exim: local ACLs
    text(" ip *blocked", F::ReputationRefused), // GMX: postmaster
    text(" ip *banned", F::ReputationRefused), // QQ Mail: SMTP return codes
    text("client host*blocked", F::ReputationRefused), // Postfix: client access maps
    text("your network*blocked", F::ReputationRefused), // Outlook.com: postmaster
    text("domain *blocked", F::ReputationRefused), // Zoho: SMTP errors
    text("sc-001", F::ReputationRefused), // Outlook.com: postmaster
    text("sc-002", F::ReputationRefused), // Outlook.com: postmaster
    text("sc-004", F::ReputationRefused), // Outlook.com: postmaster
    text("ou-001", F::ReputationRefused), // Outlook.com: postmaster
    text("ou-002", F::SpamRefused), // Outlook.com: postmaster
    text("dy-001", F::ReputationRefused), // Outlook.com: postmaster
    text("bad sender ip", F::ReputationRefused), // sisimai: blocked
    text("sender ip address rejected", F::ReputationRefused), // sisimai: blocked
    text("mail from your ip", F::ReputationRefused), // sisimai: blocked
    text("forbidden by your ip", F::ReputationRefused), // sisimai: blocked
    text("spams from your ip", F::ReputationRefused), // sisimai: blocked
    text("unwanted messages have been sent", F::ReputationRefused), // Outlook.com: SC-004
    text("you are sending spam", F::ReputationRefused), // ZoneMTA: bounces.txt
    text("like spammer", F::ReputationRefused), // sisimai: blocked
    text("currently sending spam", F::Blocklisted), // SORBS
    text("sender is spammer", F::ReputationRefused), // sisimai: rejected
    text("listed as abusive", F::ReputationRefused), // sisimai: blocked
    text("not allowed to connect", F::ReputationRefused), // ZoneMTA: bounces.txt
    text("no access from mail server", F::ReputationRefused), // sendmail: open relays
    text("open proxy", F::ReputationRefused), // sisimai: blocked
    text("blocked - see", F::Blocklisted), // Proofpoint
    text("refused - see", F::ReputationRefused), // sisimai: blocked
    text("confirm this mail server", F::ReputationRefused), // sisimai: blocked
    text("server requires confirmation", F::ReputationRefused), // sisimai: blocked
    text("not passed validation", F::ReputationRefused), // sisimai: blocked
    text("mail server at*is blocked", F::ReputationRefused), // sisimai: blocked
    text("esmtp not accepting connections", F::ReputationRefused), // Postfix: postscreen
    text("message rejected*this e-mail system", F::ReputationRefused), // Cisco: SenderBase
    text("e-mail system has been rejected", F::ReputationRefused), // Cisco: SenderBase
    text("your country", F::ReputationRefused), // bounce-classifier: geo_blocked
    text("your region", F::ReputationRefused), // bounce-classifier: geo_blocked
    text("spam ip", F::ReputationRefused), // QQ Mail: SMTP return codes
    text("will be permanently deferred", F::ReputationRefused), // Yahoo: TS03
    text("same message-id", F::SpamRefused), // Gmail: 4.7.28
    text("deactivated due to", F::MailboxInactive), // mailing programs: bounce rules
    text("due to abuse", F::ReputationRefused), // mailing programs: bounce rules
    text("mail server is*blocked", F::ReputationRefused), // mailing programs: bounce rules
    text("not in approved list", F::ReputationRefused), // Postfix: client access maps
    text("from that country", F::ReputationRefused), // Exim: local ACLs
    text("dyn:t1", F::ReputationRefused), // AOL: SMTP errors
    text("not allowed to send us", F::ReputationRefused), // Tiscali: SMTP errors
    text("for this ip", F::ReputationRefused), // sendmail: access database
    // Before the message is sent, spam is what the address is known for.
    text("spam", F::ReputationRefused).at(BEFORE_MESSAGE), // Comcast: BL000000
    text("invalid ip", F::ReputationRefused).at(BEFORE_MESSAGE), // Coremail: bounces
    text("ip is ", F::ReputationRefused).at(BEFORE_MESSAGE), // Coremail: bounces
];
