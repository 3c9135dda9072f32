//! Property tests with untrusted input, ten thousand cases each: replies, challenges, token
//! responses, names, and URLs. None may cause a panic, leak a secret, or end a line early.

mod urls;
