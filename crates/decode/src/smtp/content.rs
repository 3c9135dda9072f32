//! Replies about a message: its size, its form, and what a filter made of it.

use domain::{FindingCode as F, StepKind};

use super::row::{Reply, reply, text};

/// Size.
#[rustfmt::skip]
pub(super) const SIZE: &[Reply] = &[
    text("line is too long", F::MessageFormatRefused), // Stalwart: RFC 5322, 2.1.1
    reply(&[], ".3.4", "", F::MessageTooLarge), // RFC 3463: X.3.4
    text("mailpolicy violation", F::PolicyRefused), // Zoho: SMTP errors
    reply(&[], ".2.3", "", F::MessageTooLarge), // RFC 3463: X.2.3
    text("mailsize", F::MessageTooLarge), // Coremail: bounces
    reply(&[552], "", "message size", F::MessageTooLarge), // RFC 5321: 552
    text("message size exceeds", F::MessageTooLarge), // Postfix: smtpd.c
    text("exceeds*maximum*size", F::MessageTooLarge), // Exim: message_size_limit
    text("size exceeds", F::MessageTooLarge), // sendmail: SIZE
    text("exceeds size limit", F::MessageTooLarge), // Exchange: receive connectors
    text("message too large", F::MessageTooLarge), // Exim: message_size_limit
    text("message too big", F::MessageTooLarge), // qmail: databytes
    text("message is too large", F::MessageTooLarge), // NetEase: SMTP return codes
    text("mail size*limit", F::MessageTooLarge), // QQ Mail: SMTP return codes
    text("message*size limit", F::MessageTooLarge), // qmail: databytes
    text("too large", F::MessageTooLarge), // Gmail: SMTP errors
    text("message length exceeds", F::MessageTooLarge), // Amazon SES: SMTP response codes
    text("maximum message size", F::MessageTooLarge), // Comcast: postmaster
    text("maximum email size", F::MessageTooLarge), // Mimecast: SMTP error codes
    text("message size exceed", F::MessageTooLarge), // Postfix: smtpd.c
    text("max message size", F::MessageTooLarge), // mailing programs: bounce rules
    text("inbound message size", F::MessageTooLarge), // sisimai: bounces
    text("file too big", F::MessageTooLarge), // sisimai: bounces
    text("taille limite", F::MessageTooLarge), // Orange: postmaster
    text("too big", F::MessageTooLarge), // Exchange Online: non-delivery reports
    text("total size*exceeds", F::MessageTooLarge), // mailing programs: bounce rules
];

/// Form.
#[rustfmt::skip]
pub(super) const FORM: &[Reply] = &[
    text("file extension", F::VirusRefused), // mail hosts: banned extensions
    text("attachments or embedded", F::VirusRefused), // mailing programs: bounce rules
    text("rfc 5322", F::MessageFormatRefused), // Gmail: SMTP errors
    text("rfc5322", F::MessageFormatRefused), // Exim: verify = header_syntax
    text("rfc 2822", F::MessageFormatRefused), // Gmail: SMTP errors
    text("rfc2822", F::MessageFormatRefused), // Exim: verify = header_syntax
    text("rfc 822", F::MessageFormatRefused), // qmail
    text("message must be rfc", F::MessageFormatRefused), // ZoneMTA: bounces.txt
    text("bare lf", F::MessageFormatRefused), // Exchange Online: 5.6.11
    text("bare <lf>", F::MessageFormatRefused), // Postfix: smtpd_forbid_bare_newline
    text("bare linefeed", F::MessageFormatRefused), // qmail: bare LF
    text("stray newline", F::MessageFormatRefused), // qmail: bare LF
    text("invalidcharacters", F::MessageFormatRefused), // Exchange Online: 5.6.11
    text("line too long", F::MessageFormatRefused), // Exim: line length limit
    text("lines longer than", F::MessageFormatRefused), // Exim: line length limit
    text("maximum line length", F::MessageFormatRefused), // Exim: line length limit
    text("missing*header", F::MessageFormatRefused), // Gmail: SMTP errors
    text("header*missing", F::MessageFormatRefused), // mail filters of rspamd
    text("messages missing", F::MessageFormatRefused), // Gmail: SMTP errors
    text("multiple from", F::MessageFormatRefused), // Gmail: SMTP errors
    text("duplicate header", F::MessageFormatRefused), // Gmail: SMTP errors
    text("single header", F::MessageFormatRefused), // Gmail: SMTP errors
    text("header*syntax", F::MessageFormatRefused), // Exim: verify = header_syntax
    text("header error", F::MessageFormatRefused), // amavis: bad headers
    text("addresses in from", F::MessageFormatRefused), // Gmail: SMTP errors
    text("mime/reject", F::MessageFormatRefused), // MessageWall
    text("line limit exceeded", F::MessageFormatRefused), // MailEnable
    text("headers too large", F::MessageFormatRefused), // sendmail: MaxHeadersLength
    text("improper use of 8-bit", F::MessageFormatRefused), // Postfix: strict_7bit_headers
    text("improper*header", F::MessageFormatRefused), // sendmail: header rules
    text("invalid header", F::MessageFormatRefused), // QQ Mail: SMTP return codes
    text("header*invalid", F::MessageFormatRefused), // NetEase: SMTP return codes
    text("message header", F::MessageFormatRefused), // Exim: ACLs
    text("too many header", F::MessageFormatRefused), // Exchange: header limits
    text("malformed address", F::RecipientRefused).at(&[StepKind::RcptTo]), // Courier: address syntax
    text("malformed sender", F::SenderRefused), // maddy: sender addresses
    text("malformed", F::MessageFormatRefused), // Exim: ACLs
    text("content conversion", F::MessageFormatRefused), // Exchange: 5.6.0
    text("corrupt message", F::MessageFormatRefused), // Exchange: 5.6.0
    text("mime*error", F::MessageFormatRefused), // Exim: MIME ACL
    text("8-bit", F::MessageFormatRefused), // Postfix: strict_7bit_headers
    text("8bit data", F::MessageFormatRefused), // Postfix: strict_7bit_headers
    text("lone cr or lf", F::MessageFormatRefused), // GMX: postmaster
    text("unicode character", F::MessageFormatRefused), // Gmail: SMTP errors
    text("encoded-word", F::MessageFormatRefused), // Gmail: SMTP errors
    text("mime complexity", F::MessageFormatRefused), // sisimai: contenterror
    text("mime headers", F::MessageFormatRefused), // sisimai: contenterror
    text("improperly-formatted", F::MessageFormatRefused), // sisimai: contenterror
    text("unnecessary base64", F::MessageFormatRefused), // sisimai: contenterror
    text("not rfc compliant", F::MessageFormatRefused), // Yahoo: SMTP error codes
    text("rfcmessagenoncompliant", F::MessageFormatRefused), // Gmail: links in SMTP errors
    text("header are not accepted", F::MessageFormatRefused), // Gmail: SMTP errors
    text("header size", F::MessageFormatRefused), // Exim: header_maxsize
];

/// Loops, viruses, and spam.
#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    text("received:*exceed", F::MailLoop), // Exim: received_headers_max
    text("hop count", F::MailLoop), // Exchange: 5.4.14
    text("spam or virus", F::SpamRefused), // Proofpoint
    text("consider it spam", F::SpamRefused), // vger.kernel.org
    text("attachment*forbidden", F::VirusRefused), // Cox: email error codes
    text("images or other attachments", F::VirusRefused), // sisimai: bounces
    text("routing loop", F::MailLoop), // Exchange: 5.4.6
    text("forwarding loop", F::MailLoop), // sisimai: bounces
    text("exceeded*hops", F::MailLoop), // Gmail: SMTP errors
    text("is looping", F::MailLoop), // GoDaddy: bounce messages
    // Viruses and forbidden attachments.
    text("virus", F::VirusRefused), // ClamAV milter; AOL: RTR:CH
    text("malware", F::VirusRefused), // Exim: malware condition
    text("infected", F::VirusRefused), // amavis
    text("potential security issue", F::VirusRefused), // Gmail: SMTP errors
    text("dangerous", F::VirusRefused), // Exim: demime
    text("banned*attachment", F::VirusRefused), // amavis: banned files
    text("banned file", F::VirusRefused), // amavis: banned files
    text("banned content", F::VirusRefused), // amavis: banned files
    text("attachment*not allowed", F::VirusRefused), // Postfix: header_checks
    text("attachment*blocked", F::VirusRefused), // Postfix: header_checks
    text("executable", F::VirusRefused), // Exim: demime
    text("trojan", F::VirusRefused), // MessageLabs
    text("phishing", F::SpamRefused), // ClamAV signatures
    text("suspicious*attachment", F::VirusRefused), // ZoneMTA: bounces.txt
    text("illegal attachment", F::VirusRefused), // Gmail: SMTP errors
    text("content presents a potential", F::VirusRefused), // Gmail: SMTP errors

    // Loops.
    text("too many hops", F::MailLoop), // Postfix: hopcount_limit
    text("hop count exceeded", F::MailLoop), // Exchange: 5.4.14
    text("hops exceeded", F::MailLoop), // Exchange: 5.4.14
    text("mail loop", F::MailLoop), // Postfix: local(8)
    text("mail forwarding loop", F::MailLoop), // Postfix: local(8)
    text("loops back to", F::MailLoop), // Postfix: smtp(8)
    text("loop detected", F::MailLoop), // Exchange: 5.4.6
    text("looping", F::MailLoop), // qmail
    text("mailloop", F::MailLoop), // KumoMTA: community bounces
    text("points back to", F::MailLoop), // sendmail: MX lists
    text("received headers", F::MailLoop), // Exim: received_headers_max
    text("received header fields", F::MailLoop), // Exim: received_headers_max
    text("receivedheaders", F::MailLoop), // Exim: received_headers_max
    text("indicate a loop", F::MailLoop), // mailing programs: bounce rules

    // Spam.
    text("spam", F::SpamRefused), // SpamAssassin; Gmail: SMTP errors
    text("unwanted", F::SpamRefused), // filters with their own code
    text("unsolicited", F::SpamRefused), // Gmail: SMTP errors
    text("junk", F::SpamRefused), // Barracuda
    text("bulk", F::SpamRefused), // rspamd
    text("gtube", F::SpamRefused), // rspamd
    text("content*rejected", F::SpamRefused), // iCloud: SMTP errors
    text("content reject", F::SpamRefused), // NetEase: SMTP return codes
    text("message filtered", F::SpamRefused), // Amazon SES: receiving
    text("ofr_506", F::SpamRefused), // Orange: OFR_506
    text("mail rejete", F::SpamRefused), // Orange: OFR_506
    text(" ube,", F::SpamRefused), // amavis
    text("content*denied", F::SpamRefused), // QQ Mail: SMTP return codes
    text("rejected*content", F::SpamRefused), // Cisco: content filters
    text("content*blocked", F::SpamRefused), // Yahoo: postmaster
    text("content*unacceptable", F::SpamRefused), // Postfix: body_checks
    text("unacceptable content", F::SpamRefused), // Postfix: body_checks
    text("message content", F::SpamRefused), // Postfix: body_checks
    text("objectionable", F::SpamRefused), // Yahoo: PH01
    text("forbidden content", F::SpamRefused), // Mail.ru: SMTP errors
    text("milter*reject", F::SpamRefused), // Postfix: milters
    text("hvu:b", F::SpamRefused), // AOL: SMTP errors
    text("rly:bd", F::SpamRefused), // AOL: SMTP errors
    text("(#4.16.55)", F::SpamRefused), // Yahoo: 421 TSS
    text("dt:spm", F::SpamRefused), // NetEase: SMTP return codes
    text("suspicious", F::SpamRefused), // Proofpoint
    text("message scored", F::SpamRefused), // Barracuda
    text("this message looks like", F::SpamRefused), // GMX: postmaster
    text("ph01", F::SpamRefused), // Yahoo: postmaster
    text("url*in*message", F::SpamRefused), // ZoneMTA: bounces.txt
    text("content filter", F::SpamRefused), // Exchange Online: 5.2.1
    text("mail content", F::SpamRefused), // sisimai: spamdetected
    text("recurrent pattern detection", F::SpamRefused), // Commtouch
    text("blocked by our filter", F::SpamRefused), // sisimai: spamdetected
    text("mass mailer", F::SpamRefused), // sisimai: bounces
    text("our system has detected that this message is", F::SpamRefused), // Gmail: SMTP errors
    text("quarantined", F::SpamRefused), // Exchange Online: 5.2.1
    text("by dcc", F::SpamRefused), // DCC
    text("html tag", F::SpamRefused), // Postfix: body_checks
    text("words in the message", F::SpamRefused), // mailing programs: bounce rules
    text("sensitive words", F::SpamRefused), // Tencent: SMTP errors
];
