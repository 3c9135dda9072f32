//! A sender in JSON.

use axum::{body::Bytes, http::StatusCode, response::Response};
use domain::SenderForm;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;

/// A sender to add, or the new values of one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Printer, 2nd floor",
    "credentials": true,
    "other_from": "rewrite",
    "allowed_recipients": ["example.com"]
}))]
pub struct NewSender {
    /// The name, which no other sender has.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// True if the sender signs in with a user name and a password.
    #[serde(default)]
    pub credentials: bool,
    /// The user name: 1 to 20 letters and digits. Defaults to one for the name.
    #[serde(default)]
    pub user: Option<String>,
    /// Addresses and networks from which the sender may send without signing in.
    #[schema(max_items = 500)]
    #[serde(default)]
    pub networks: Vec<String>,
    /// True to allow networks that can be reached from the internet, and the address of a gateway.
    #[serde(default)]
    pub confirm_networks: bool,
    /// The ID of the data center to send from. Defaults to that of the API key, then to `default`.
    #[schema(max_length = 64, pattern = "^[a-z0-9-]+$")]
    #[serde(default)]
    pub data_center: Option<String>,
    /// The maximum number of messages in one minute.
    #[schema(minimum = 1, maximum = 100_000)]
    #[serde(default)]
    pub messages_per_minute: Option<u32>,
    /// The maximum number of messages in 24 hours.
    #[schema(minimum = 1, maximum = 100_000_000)]
    #[serde(default)]
    pub messages_per_day: Option<u32>,
    /// The last day (UTC) on which the sender may send.
    #[schema(example = "2027-01-31")]
    #[serde(default)]
    pub expires: Option<String>,
    /// Hours without a message after which an alert is raised. No alert by default.
    #[schema(minimum = 1, maximum = 8_760)]
    #[serde(default)]
    pub silent_after_hours: Option<u32>,
    /// Addresses and domains that the sender may use in `From`. Empty for the addresses that the
    /// data center allows.
    #[schema(max_items = 500)]
    #[serde(default)]
    pub allowed_from: Vec<String>,
    /// Handling of another From address: `reject` (the default), `rewrite` (the default address
    /// replaces it, and replies go to the original one), or `keep_name` (only the display name is
    /// kept).
    #[serde(default)]
    pub other_from: Option<String>,
    /// The display name of all messages. Defaults to that of each message.
    #[schema(max_length = 128)]
    #[serde(default)]
    pub display_name: Option<String>,
    /// The From address of messages that have none, which also replaces others. Defaults to that of
    /// the data center.
    #[serde(default)]
    pub default_from: Option<String>,
    /// Handling of the null sender `<>`: `map` (the default: bounces go to the From address) or
    /// `reject`.
    #[serde(default)]
    pub null_sender: Option<String>,
    /// Domains that the sender may send to. Empty for all.
    #[schema(max_items = 500)]
    #[serde(default)]
    pub allowed_recipients: Vec<String>,
    /// True if the sender may sign in to the mailbox gateway, where it can read and delete
    /// the mail of the data center. Requires `credentials`, and an API key with the scope `mailbox`.
    #[serde(default)]
    pub read_mailbox: bool,
}

impl NewSender {
    /// Reads a body.
    ///
    /// # Errors
    /// The response to one that is not JSON with these fields.
    pub fn read(body: &Bytes) -> Result<Self, Box<Response>> {
        serde_json::from_slice(body).map_err(|error| {
            let detail = format!("The body is not a sender in JSON: {error}.");
            Box::new(problem::answer(StatusCode::BAD_REQUEST, &detail))
        })
    }

    /// Returns the form with these values.
    pub fn form(self) -> SenderForm {
        let on = |is_on: bool| if is_on { "on" } else { "" }.to_owned();
        let number = |number: Option<u32>| number.map_or_else(String::new, |one| one.to_string());
        SenderForm {
            name: self.name,
            credentials: on(self.credentials),
            user: self.user.unwrap_or_default(),
            networks: self.networks.join("\n"),
            confirm_networks: on(self.confirm_networks),
            data_center: self.data_center.unwrap_or_default(),
            messages_per_minute: number(self.messages_per_minute),
            messages_per_day: number(self.messages_per_day),
            expires: self.expires.unwrap_or_default(),
            silent_after_hours: number(self.silent_after_hours),
            allowed_from: self.allowed_from.join("\n"),
            other_from: self.other_from.unwrap_or_default(),
            display_name: self.display_name.unwrap_or_default(),
            default_from: self.default_from.unwrap_or_default(),
            null_sender: self.null_sender.unwrap_or_default(),
            allowed_recipients: self.allowed_recipients.join("\n"),
            read_mailbox: on(self.read_mailbox),
        }
    }
}
