//! What strangers send, ten thousand times each: forms, names, hosts, URLs, days. What is accepted keeps its promises.
#![cfg(test)]

mod access_forms;
mod days;
mod names;
mod smtp_forms;
mod text;
