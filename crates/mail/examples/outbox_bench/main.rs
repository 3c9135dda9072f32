//! What `cargo xtask bench send` measures with. It works on the database that the server would take, by the same
//! `MAILGRANT_DATA_DIRECTORY` and `MAILGRANT_DATABASE_URL`.
//!
//! - `sink PORT CA_FILE`: a mail server with STARTTLS and XOAUTH2 that keeps nothing, until it is ended
//! - `prepare PORT [CA_FILE]`: saves settings that lead to a sink; with a certificate to that one, and signs in
//! - `direct CONNECTIONS MESSAGES [CA_FILE]`: prints messages a second of the way to the mail server alone
//! - `post URL KEY MESSAGES`: prints messages a second from the API calls, durable, to the mail server
//! - `crowd URL KEY`: prints milliseconds of 1,000 API calls at once
//! - `fill MESSAGES`: stores messages, half of them due, half of them later
//! - `scale`: prints milliseconds of enqueue, claim and the first page, medians
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
        ["crowd", url, key] => program::crowd(url, key).await,
        ["fill", messages] => scale::fill(messages.parse().unwrap()).await,
        ["scale"] => scale::scale().await,
        _ => panic!("see the head of this file"),
    }
}
