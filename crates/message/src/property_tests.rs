//! Property tests with untrusted input, ten thousand cases each: drafts, raw messages, and mail
//! that is read. None of them may cause a panic, add a header field, or end a line.

mod drafts;
mod notices;
mod raw_messages;
mod read_mail;
mod sender_rules;
mod submitted;
