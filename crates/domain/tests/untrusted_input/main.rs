//! Property tests with untrusted input: forms, names, hosts, URLs, and days, ten thousand cases
//! each. They check that accepted values are valid.
#![cfg(test)]

mod access_forms;
mod days;
mod names;
mod smtp_forms;

/// Cases of each test.
const CASES: u32 = 10_000;

/// Returns true if nothing in the text can end a line, a header, or a SASL message.
fn is_one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
