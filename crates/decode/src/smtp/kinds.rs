//! Kinds of replies: what they speak of, and what they say about it, in words of any order.
//!
//! They explain replies with a text that no row has. So they are searched after the tables of
//! phrases, and before the single words. Addresses, host names, and links count as nothing, because
//! their words belong to nobody's sentence.

use domain::{FindingCode as F, StepKind};

use super::row::Said;

/// Words of a reply. A reply has the kind if it contains one word or phrase of each group.
struct Kind {
    groups: &'static [Words],
    /// All steps if it is empty.
    steps: &'static [StepKind],
    /// 4 for temporary replies, 5 for permanent ones, 0 for both.
    class: u16,
    finding: F,
}

/// Beginnings of words or phrases, without punctuation. One that ends in a space is whole.
type Words = &'static [&'static str];

const fn kind(groups: &'static [Words], finding: F) -> Kind {
    Kind {
        groups,
        steps: &[],
        class: 0,
        finding,
    }
}

impl Kind {
    const fn at(self, steps: &'static [StepKind]) -> Self {
        Self { steps, ..self }
    }

    const fn class(self, class: u16) -> Self {
        Self { class, ..self }
    }
}

/// Returns the finding for the kind of a reply, or `None` if its words are of no kind.
pub(super) fn finding(said: &Said) -> Option<F> {
    let words = words(said.text);
    let is = |kind: &&Kind| {
        (kind.steps.is_empty() || kind.steps.contains(&said.step))
            && (kind.class == 0 || kind.class == said.code / 100)
            && kind.groups.iter().all(|group| has(&words, group))
    };
    KINDS.iter().find(is).map(|kind| kind.finding)
}

fn has(words: &str, group: Words) -> bool {
    let starts = |(at, _): (usize, &str)| words[..at].ends_with(' ');
    group.iter().any(|one| words.match_indices(one).any(starts))
}

/// Returns the words of a text with a space before and after each: `" no such user "`.
fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for token in text.split_whitespace() {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        let is_address = token.contains(['@', '=']) || token.contains("://");
        let is_host = token.contains('.') && token.split('.').all(|part| !part.is_empty());
        if is_address || is_host {
            continue;
        }
        for word in token.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’') {
            if !word.is_empty() {
                words.extend(word.chars().filter(|c| c.is_alphanumeric()));
                words.push(' ');
            }
        }
    }
    words
}

const GREETING: &[StepKind] = &[StepKind::Greeting];
const EHLO: &[StepKind] = &[StepKind::Greeting, StepKind::Ehlo];
const AUTH: &[StepKind] = &[StepKind::Authenticate];
const SENDER: &[StepKind] = &[StepKind::MailFrom];
/// Steps in which a reply may be about the recipient.
const RECIPIENT: &[StepKind] = &[StepKind::RcptTo, StepKind::Data, StepKind::Message];
const CONTENT: &[StepKind] = &[StepKind::Data, StepKind::Message];

// What a reply speaks of.

#[rustfmt::skip]
const ADDRESSEE: Words = &[
    "recipient", "rcpt", "user", "mailbox", "mail box", "mail user", "account", "address", "alias",
    "inbox", "destination", "addressee", "receiver", "customer", "subscriber", "person", "email",
    "e mail", "destinat", "empf", "postfach", "benutzer", "usuario", "buzon", "buzón", "boite",
    "boîte", "utilisateur", "casella", "utente", "skrzynk", "konto", "local part", "login",
    "maildrop", "nobody", "someone", "folder", "mailing list",
];
#[rustfmt::skip]
const DOMAIN: Words = &["domain", "host ", "hostname", "dns", "mx ", "mail exchanger", "zone"];
#[rustfmt::skip]
const AUTHOR: Words = &[
    "sender", "mail from", "mailfrom", "from address", "from header", "from field", "from domain",
    "from line", "header from", "envelope from", "envelope sender", "return path", "reverse path",
    "originator", "your address", "your domain", "your email address", "from name",
    "header address", "send from", "sending from", "return email", "return address",
    "return domain", "emetteur", "expediteur", "absender", "mittente", "remitente", "nadawc",
];
#[rustfmt::skip]
const CLIENT: Words = &[
    "ip ", "ips ", "ipv4", "ipv6", "client", "your host ", "your server", "your mail server",
    "your network", "your isp", "your provider", "your range", "netblock", "subnet", "connection",
    "connect", "network",
];
#[rustfmt::skip]
const PROGRAM: Words = &[
    "virus", "malware", "macro", "executable", "trojan", "worm", "file extension", "file type",
    "filetype", "file name", "filename", "extension", "dangerous", "harmful", "malicious", "infect",
    "archive", "zip ", "exe ", "banned file",
];
#[rustfmt::skip]
const MESSAGE: Words = &[
    "message", "mail", "email", "data", "attachment", "body", "file", "content", "stream",
];
#[rustfmt::skip]
const FORM: Words = &[
    "header", "mime", "rfc", "line too", "lines", "charset", "encoding", "encoded", "character",
    "8bit", "7bit", "8 bit", "cr ", "lf ", "crlf", "message id", "messageid", "date ", "subject",
    "standard", "format", "malformed", "conform", "compliant", "multipart", "boundary",
    "resent from", "from field", "to field", "structure",
];
#[rustfmt::skip]
const LIMIT: Words = &[
    "limit", "quota", "exceed", "too many", "maximum", "max ", "allowance", "threshold", "over ",
    "reached", "too much", "overlimit", "surpass", "not enough", "credit",
];
#[rustfmt::skip]
const SENDING: Words = &[
    "send", "sent ", "sending", "outgoing", "outbound", "outmail", "submission", "submit",
    "per hour", "per day", "per minute", "per second", "hourly", "daily", "24 hour", "monthly",
    "this hour", "today", "relay", "per session", "per connection", "credit", "plan ", "trial",
    "messages per", "emails per", "mails per",
];

// What it says about it.

#[rustfmt::skip]
const MISSING: Words = &[
    "unknown", "not found", "not exist", "doesnt exist", "doesnot exist", "no such", "invalid",
    "not valid", "isnt valid", "unrecognized", "unrecognised", "not recognized", "not recognised",
    "not recognize", "not known", "not a known", "unavailable", "not available", "not listed",
    "nonexist", "non exist", "not registered", "not hosted", "not here", "wrong", "incorrect",
    "undeliverable", "unroutable", "unrouteable", "cannot be found", "could not be found",
    "couldnt be found", "cant be found", "not be located", "no longer", "not a user", "not user of",
    "not our", "unable to find", "cannot find", "could not find", "cant find", "couldnt find",
    "unable to verify", "not be verified", "not verified", "verify failed", "verification failed",
    "not defined", "not configured", "not present", "does not have", "doesnt have", "dont have",
    "have no", "has no", "is no ", "no valid", "no user", "no mailbox", "no account",
    "no recipient", "no data", "no address", "not a valid", "not a local", "not a member",
    "not in ", "moved", "has left", "not working", "bad ", "malformed", "illegal", "not resolve",
    "unresolv", "not resolvable", "desconoc", "inexist", "inconnu", "unbekannt", "nicht gefunden",
    "existiert nicht", "nicht bekannt", "sconosciut", "non esiste", "no existe", "nao existe",
    "não existe", "nie istnieje", "introuvable", "invalide", "ungultig", "ungültig",
];
#[rustfmt::skip]
const FULL: Words = &[
    "full ", "quota", "overquota", "exceed", "over limit", "overlimit", "out of space", "no space",
    "storage", "out of storage", "too many messages", "not enough space", "no room", "disk space",
    "overflow", "overdrawn", "saturat", "lleno", "llena", "pleine", "plein", "voll", "pieno",
    "piena", "cheia", "pelna", "pełna", "over the allowed", "size limit", "capacity",
];
#[rustfmt::skip]
const INACTIVE: Words = &[
    "disable", "inactiv", "suspend", "lock", "closed", "expire", "deactivat", "blocked", "frozen",
    "terminat", "cancel", "dormant", "archived", "deleted", "removed", "not active",
    "not configured to receive", "not receive", "cannot receive", "unable to receive",
    "not activated", "abandon", "retired", "discontinu", "hibernat", "paused", "not accepting",
    "desactiv", "désactiv", "deaktiv", "gesperrt", "sospes", "bloquead", "no longer in use",
    "not in use", "unused", "on hold", "hold ", "unpaid", "not poped", "not popped",
    "not been used",
];
#[rustfmt::skip]
const UNWELCOME: Words = &[
    "not allowed to send", "not allowed to post", "not allowed to receive",
    "not authorized to send to", "not authorised to send to", "only accept", "accepts only",
    "does not want", "doesnt want", "dont want", "not want", "not wish", "blocked you",
    "blocked your", "denied your", "refused your", "rejected your", "blocked by the recipient",
    "blocked by recipient", "blocked by user", "blocked by the user", "permission", "private",
    "members only", "members of", "moderat", "whitelist", "white list", "allow list",
    "allowed sender", "receive mail from", "receive mails from", "receive email from",
    "receive emails from", "only be sent", "approved", "allowed list", "restrict", "from you",
    "internal only", "internal use", "not open to", "closed group", "suppression list",
    "local user only", "local users only",
];
#[rustfmt::skip]
const REFUSED: Words = &[
    "reject", "refus", "block", "denied", "deny", "ban ", "banned", "not allowed", "not accept",
    "dont accept", "prohibit", "forbid", "not permitted", "not welcome", "unwelcome", "prison",
    "bad ", "poor", "suspicious", "abus", "hangup", "hang up", "untrusted", "not trusted",
    "disallow", "drop", "restricted",
];
#[rustfmt::skip]
const LISTED: Words = &[
    "black", "blacklist", "blocklist", "denylist", "rbl", "dnsbl", "listed", "block list", "dnsrbl",
    "blockliste", "rhsbl",
];
#[rustfmt::skip]
const TOO_LARGE: Words = &[
    "too long", "too large", "too big", "larger than", "bigger than", "oversize", "over size",
    "exceed", "maximum", "max ", "limit", "violat", "more than", "greater than", "trop volumineux",
    "zu gross", "zu groß", "troppo grande",
];
#[rustfmt::skip]
const SIZE: Words = &[
    "size", "length", "long ", "large", "big ", "bytes", "byte ", "kb ", "mb ", "volumin", "gross",
    "groß", "taille", "dimension",
];
#[rustfmt::skip]
const WANTS_SIGN_IN: Words = &[
    "authenticat", "unauthenticat", "authentification", "auth ", "authorization required",
    "auth required", "smtp auth", "log in", "login", "logged in", "sign in", "logon", "password",
];
#[rustfmt::skip]
const NEEDED: Words = &[
    "required", "require", "requires", "need", "must", "please", "first", "not authenticat",
    "without", "before", "only authenticated", "unauthenticated", "turn on", "enable", "anonymous",
    "only", "mechanism", "not allowed", "not logged",
];

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    // Words that settle it.
    kind(&[&["belong", "match", "owned by", "not own"], &["authenticated user", "authenticated account", "authenticated sender", "login", "logged in", "logged on"]], F::SendAsDenied).at(&[StepKind::MailFrom, StepKind::RcptTo, StepKind::Data, StepKind::Message]),
    kind(&[&["not authorized to send", "not authorised to send", "not allowed to send"], &["identity", "from this address", "on behalf"]], F::SendAsDenied).at(&[StepKind::MailFrom, StepKind::Data, StepKind::Message]),
    kind(&[&["too many", "too much"], &["authenticat", "auth ", "login", "password", "sign in"]], F::TooManySignIns).at(AUTH),
    kind(&[&["authenticat"]], F::AuthenticationUnavailable).at(AUTH).class(4),
    kind(&[&["mechanism", "auth type", "authentication type", "authentication method"], &["not supported", "unsupported", "not available", "unknown", "unrecogni", "not implemented", "unimplemented", "disabled"]], F::MechanismNotOffered).at(AUTH),
    kind(&[&["unable to verify", "could not verify", "cannot verify"]], F::Temporary).at(&[StepKind::RcptTo]).class(4),
    kind(&[&["mta sts", "tlsa ", "requiretls"]], F::TlsRequired),
    kind(&[&["not accept", "dont accept", "doesnt accept"], &["mail for", "email for", "mails for", "emails for", "message for", "messages for"], &["domain", "ip "]], F::RelayDenied).at(&[StepKind::RcptTo]),
    kind(&[&["temporar"], &["unavailable", "not available", "not be available"]], F::Temporary).class(4),
    kind(&[&["secure connection", "ssl", "tls", "encrypt", "starttls"], &["requi", "need", "must", "only", "use "]], F::TlsRequired),

    // The names of the client.
    kind(&[&["helo", "ehlo"]], F::EhloNameRefused).at(EHLO),
    kind(&[&["helo", "ehlo"], &["bad", "invalid", "not valid", "wrong", "helo error", "ehlo error", "fail", "reject", "refus", "denied", "resolv", "impersonat", "forged", "mismatch", "unknown", "suspicious", "literal", "fqdn", "must", "should", "match", "check", "not found"]], F::EhloNameRefused),
    kind(&[&["reverse", "rdns", "ptr ", "in addr arpa", "pointer record"]], F::ReverseDnsRefused),
    kind(&[&["ip ", "client", "host"], &["hostname", "host name", "dns"], &["resolv", "not match", "mismatch", "unverif", "generic", "dynamic", "no ", "missing", "lookup"]], F::ReverseDnsRefused).at(&[StepKind::Greeting, StepKind::Ehlo]),
    kind(&[&["dynamic", "dialup", "dial up", "residential", "broadband", "dsl "], &["ip ", "address", "host", "client", "range", "network", "pool", "customer"]], F::ReverseDnsRefused),

    // Loops and size.
    kind(&[&["hop", "received header", "received line", "received field"], &["too many", "exceed", "maximum", "limit", "count", "max "]], F::MailLoop),
    kind(&[&["loop", "looping"]], F::MailLoop),
    kind(&[&["forwarded"], &["too many", "times"]], F::MailLoop),
    kind(&[&["line", "lines"], &["too long", "length", "longer", "limit"]], F::MessageFormatRefused).at(CONTENT),
    kind(&[&["invalid", "unknown", "nonexist", "non exist", "bad ", "wrong"], &["too many", "many ", "excessive"], &["recipient", "user", "rcpt", "address"]], F::ReputationRefused),
    kind(&[LIMIT, &["24h", "24 h", "past hour", "last hour"], &["message", "mail", "recipient", "email"]], F::QuotaExceeded).at(&[StepKind::MailFrom, StepKind::RcptTo, StepKind::Data, StepKind::Message]),
    kind(&[&["number of", "numbers", "too many", "maximum", "max ", "limit"], &["recipients", "rcpts", "rcpt number", "receivers", "addressees"]], F::TooManyRecipients).at(RECIPIENT),
    kind(&[&["mime", "header"], &["invalid", "exceed", "too ", "maximum", "missing", "malformed", "bad "]], F::MessageFormatRefused).at(CONTENT),
    kind(&[MESSAGE, TOO_LARGE, SIZE], F::MessageTooLarge).at(&[StepKind::MailFrom, StepKind::Data, StepKind::Message]),

    // The rules of the server.
    kind(&[&["policy", "policies", "client host rejected"]], F::PolicyRefused),
    kind(&[&["access denied"]], F::PolicyRefused),
    kind(&[WANTS_SIGN_IN, NEEDED], F::AuthenticationWanted).at(&[StepKind::MailFrom, StepKind::RcptTo, StepKind::Data, StepKind::Message]),
    kind(&[&["registered users", "authorized users", "authorised users"], &["only"]], F::AuthenticationWanted).at(&[StepKind::MailFrom, StepKind::RcptTo]),

    // The recipient's rules for senders.
    kind(&[&["to this domain", "to this user", "to this address", "to this email", "to this recipient", "to the recipient", "to this group", "to this mailbox", "to this list", "to that"], &["not allowed", "not authorized", "not authorised", "not permitted", "denied", "forbid", "prohibit", "restrict", "cannot send", "can not send", "block"]], F::RecipientRestricted).at(RECIPIENT),

    // The account.
    kind(&[&["account", "login", "user", "mailbox"], &["disabl", "suspend", "lock ", "locked", "inactive", "deactivat", "expired", "terminat"]], F::AccountSuspended).at(AUTH),
    kind(&[&["your account", "this account", "main account", "your mailbox", "your service", "your subscription", "sender account", "the account"], &["disabl", "suspend", "block", "lock", "unavailable", "expired", "restrict", "overdue", "terminat", "inactive", "hacked", "compromis"]], F::AccountSuspended).at(SENDER),
    kind(&[&["cannot send", "can not send", "not allowed to send", "unable to send", "prevented from sending", "blocked from sending", "sending is", "sending has been", "sending for"], &["disabl", "suspend", "block", "support", "administrator", "contact"]], F::AccountSuspended).at(&[StepKind::MailFrom, StepKind::RcptTo]),
    kind(&[&["outbound", "outgoing", "sending"], &["disabl", "suspend", "block", "lock", "pause"]], F::AccountSuspended),
    kind(&[&["messages per", "mails per", "emails per", "message per", "mail per"]], F::SendingRateLimited),
    kind(&[&["number of messages", "number of mails", "number of emails"], LIMIT], F::QuotaExceeded),
    kind(&[&["connection", "connections", "session", "sessions", "thread", "slots"], &["too many", "limit", "maximum", "max ", "exceed", "out of", "concurrent", "simultaneous", "parallel"]], F::TooManyConnections),
    kind(&[&["rate"], &["limit", "exceed", "too high", "over", "high", "send"]], F::SendingRateLimited),
    kind(&[SENDING, LIMIT, &["message", "mail", "email", "quota", "limit", "recipient", "credit", "allowance"]], F::QuotaExceeded),
    kind(&[&["too fast", "too quickly", "too often", "too frequent", "slow down"]], F::SendingRateLimited),
    kind(&[&["frequen", "throttl", "flood", "too many"], &["mail", "message", "email", "send", "request", "attempt", "command", "recipient", "unknown", "slow", "throttl"]], F::SendingRateLimited).class(4),

    // The server.
    kind(&[&["greylist", "graylist", "grey list", "gl01 ", "first time", "try again in", "come back", "retry after", "retry in"]], F::Greylisted).class(4),
    kind(&[&["connection refused"]], F::ReputationRefused).at(GREETING).class(5),
    kind(&[&["unreachable", "unable to reach", "cannot connect", "cant connect", "could not connect", "couldnt connect", "not responding", "no response", "no answer", "connection refused", "unable to establish", "able to establish"]], F::ReceiverUnreachable),
    kind(&[&["timeout", "timed out", "time out"], &["connect", "host", "server", "remote", "network", "deliver", "mx ", "dns", "lookup"]], F::ReceiverUnreachable),
    kind(&[&["busy", "overload", "high load", "load average", "server load", "system load", "resources", "disk", "memory", "space", "queue", "capacity", "congest", "maintenance", "shutting down", "shutdown", "starting up"]], F::ServerOverloaded).class(4),

    // Viruses and spam.
    kind(&[PROGRAM, &["found", "detect", "contain", "block", "reject", "banned", "forbid", "not allowed", "not permitted", "prohibit", "disallow", "suspicious", "risk", "refus", "illegal", "looks like"]], F::VirusRefused).at(CONTENT),
    kind(&[&["spam", "junk", "uce ", "ube ", "phish", "scam", "fraud", "false positive"]], F::SpamRefused).at(RECIPIENT),

    // Reputation.
    kind(&[CLIENT, LISTED], F::Blocklisted),
    kind(&[LISTED], F::Blocklisted).at(EHLO),
    kind(&[&["rbl", "dnsbl", "blocklist", "blacklist", "black list", "block list"]], F::Blocklisted),
    kind(&[&["ip ", "ips ", "client", "your server", "your mail server", "your network", "your host ", "network", "netblock", "country", "region"], REFUSED], F::ReputationRefused),
    kind(&[&["ip "], &["check", "error", "fail", "not match", "mismatch"]], F::ReputationRefused).at(&[StepKind::Greeting, StepKind::Ehlo, StepKind::MailFrom]),
    kind(&[CLIENT, REFUSED], F::ReputationRefused).at(GREETING).class(5),

    // Relaying.
    kind(&[&["uucp", "source rout", "routed address", "percent hack"]], F::RelayDenied),
    kind(&[&["forwarding"], &["denied", "prohibit", "forbid", "not allowed", "not permitted", "disallow"]], F::RelayDenied),
    kind(&[&["relay", "gateway"], &["denied", "deny", "not", "no ", "prohibit", "forbid", "reject", "refus", "disallow", "cannot", "cant", "unable", "dont", "wont", "without", "disable", "unauthorized"]], F::RelayDenied),

    // The sender.
    kind(&[AUTHOR, &["match", "mismatch", "differ", "same as", "equal", "not own", "not yours", "belong", "login", "authenticat", "authoriz", "authoris", "unauthori", "verif", "allow", "permit", "valid", "exist", "unknown", "reject", "refus", "denied", "deny", "block", "bad", "missing", "resolve", "required", "not found", "must", "wrong", "incorrect", "banned", "bogus", "forged", "fake", "format", "syntax", "malformed", "normaliz", "not accept", "disabled", "null", "empty", "mx ", "a record", "dns"]], F::SenderRefused),

    kind(&[&["bounce message", "bounces ", "null sender", "null reverse", "empty sender"], &["must", "only", "single", "cant be", "not accept", "not allowed"]], F::SenderRefused).at(&[StepKind::MailFrom, StepKind::RcptTo]),
    kind(&[DOMAIN, &["routable", "ipv4 only", "violat", "required", "must", "need", "missing", "not exist", "not found", "resolv", "invalid", "unknown", "no ", "not valid", "has no"]], F::SenderRefused).at(SENDER),

    kind(&[&["recipient domain"]], F::RecipientDomainInvalid).at(RECIPIENT),
    kind(&[DOMAIN, MISSING], F::SenderRefused).at(CONTENT),

    // The message.
    kind(&[FORM, &["invalid", "missing", "malformed", "error", "bad", "not", "no ", "violat", "illegal", "improper", "wrong", "broken", "too", "multiple", "duplicate", "more than", "incorrect", "required", "must", "unsupported", "fail", "non ", "lack", "exactly", "violation", "mandatory"]], F::MessageFormatRefused).at(CONTENT),

    kind(&[&["parse", "parsing"], &["fail", "cannot", "unable", "could not", "error"]], F::MessageFormatRefused).at(CONTENT),
    kind(&[&["content"], REFUSED], F::SpamRefused).at(CONTENT),
    kind(&[&["invalid data", "bad data", "data invalid", "invalid message", "invalid format"]], F::MessageFormatRefused).at(CONTENT),

    // The recipient.
    kind(&[&["address"], &["required", "malformed", "missing", "must"]], F::RecipientRefused).at(&[StepKind::RcptTo]),
    kind(&[&["address"], &["required", "malformed", "missing"]], F::MessageFormatRefused).at(CONTENT),
    kind(&[ADDRESSEE, &["receiv", "got "], &["too much", "too many", "too fast", "too quickly"]], F::RecipientRateLimited).at(RECIPIENT),
    kind(&[&["character"], &["address", "recipient", "rcpt", "local part", "mailbox", "user"]], F::RecipientRefused).at(&[StepKind::RcptTo]),
    kind(&[ADDRESSEE, FULL], F::MailboxFull).at(RECIPIENT),
    kind(&[&["you", "your", "mail from", "messages from", "sender", "recipient", "user", "address"], UNWELCOME], F::RecipientRestricted).at(RECIPIENT),
    kind(&[&["group", "list ", "lists"], &["not allowed", "permission", "authoriz", "authoris", "member", "moderat", "restrict", "closed", "private", "subscrib", "post"]], F::RecipientRestricted).at(RECIPIENT),
    kind(&[ADDRESSEE, INACTIVE], F::MailboxInactive).at(&[StepKind::RcptTo]),
    kind(&[&["mailbox", "mail box", "inbox", "account", "recipient", "user "], INACTIVE], F::MailboxInactive).at(CONTENT),
    kind(&[&["domain user", "domain mailbox", "mailbox user"], MISSING], F::NoSuchUser).at(&[StepKind::RcptTo]),
    kind(&[DOMAIN, MISSING], F::RecipientDomainInvalid).at(&[StepKind::RcptTo]),
    kind(&[&["dns", "mx ", "name server", "nameserver"], &["error", "fail", "query", "no data"]], F::RecipientDomainInvalid).at(&[StepKind::RcptTo]).class(5),
    kind(&[ADDRESSEE, MISSING], F::NoSuchUser).at(&[StepKind::RcptTo]),
    kind(&[&["fully qualified"]], F::RecipientRefused).at(&[StepKind::RcptTo]),
    kind(&[&["syntax"]], F::RecipientRefused).at(&[StepKind::RcptTo]).class(5),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_links_are_no_words() {
        for (text, expected) in [
            ("no such user", " no such user "),
            ("<spam@example.com>: it doesn't exist.", " it doesnt exist "),
            ("see https://example.com/spam?a=b, mx.example.com", " see "),
            ("from/sender (#5.1.1)", " from sender "),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_word_is_found_at_its_beginning() {
        assert!(has(" the mailbox was locked ", &["lock"]));
        assert!(!has(" it is blocked ", &["lock"]));
        assert!(has(" an ip ", &["ip "]));
        assert!(!has(" an ipad ", &["ip "]));
    }

    #[test]
    fn each_word_is_written_as_it_is_compared() {
        for word in KINDS
            .iter()
            .flat_map(|kind| kind.groups)
            .flat_map(|group| *group)
        {
            let plain = |c: char| c == ' ' || (c.is_alphanumeric() && !c.is_uppercase());
            assert!(word.chars().all(plain) && !word.starts_with(' '), "{word}");
        }
    }
}
