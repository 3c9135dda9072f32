//! Property tests with untrusted input: forms, names, hosts, URLs, and days, ten thousand cases
//! each. They check that accepted values are valid.
#![cfg(test)]

mod access_forms;
mod days;
mod names;
mod smtp_forms;
mod text;
