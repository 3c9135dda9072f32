//! What strangers send, ten thousand times each: replies, challenges, token answers, names and URLs. Nothing of it may make
//! us panic, say a secret, or end a line.

mod urls;
