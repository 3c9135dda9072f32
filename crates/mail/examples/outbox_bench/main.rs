//! Measurements for `cargo xtask bench send`. They use the server's database, given by
//! `MAILGRANT_DATA_DIRECTORY` and `MAILGRANT_DATABASE_URL`.
//!
//! - `sink PORT CA_FILE`: runs a mail server with STARTTLS and XOAUTH2 that discards all messages
//! - `prepare PORT [CA_FILE]`: saves settings for a sink; with a certificate, also signs in there
//! - `direct CONNECTIONS MESSAGES [CA_FILE]`: prints messages per second of the SMTP client alone
//! - `post URL KEY MESSAGES`: prints messages per second from the API call to recorded delivery
//! - `wait MESSAGES`: waits until this many messages are delivered in all
//! - `crowd URL KEY`: prints the milliseconds that 1,000 concurrent API calls take
//! - `fill MESSAGES`: stores messages, half of them due now and half later
//! - `scale`: prints median milliseconds of enqueuing, claiming, and reading the first page
#![expect(clippy::unwrap_used, reason = "a measurement that fails says where")]

mod direct;
mod prepare;
mod program;
mod scale;
mod sink;
mod world;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<usize>().unwrap();
    match arguments.as_slice() {
        ["sink", port, ca] => sink::run(port.parse().unwrap(), ca.as_ref()).await,
        ["prepare", port] => prepare::prepare(port, None).await,
        ["prepare", port, ca] => prepare::prepare(port, Some(ca.as_ref())).await,
        ["direct", connections, messages] => {
            direct::run(number(connections), number(messages), None).await;
        }
        ["direct", connections, messages, ca] => {
            direct::run(number(connections), number(messages), Some(ca.as_ref())).await;
        }
        ["post", url, key, messages] => program::post(url, key, number(messages)).await,
        ["wait", messages] => program::wait(messages.parse().unwrap()).await,
        ["crowd", url, key] => program::crowd(url, key).await,
        ["fill", messages] => scale::fill(messages.parse().unwrap()).await,
        ["scale"] => scale::scale().await,
        _ => panic!("see the head of this file"),
    }
}
