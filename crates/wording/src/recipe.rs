//! Recipes: what to enter in a program or device so that it sends through Mailgrant.
//!
//! Pure functions from the kind and the values to blocks of fields or text. Pages and the command
//! line render them. Sources of the keys are the manuals of the programs.

mod certificate;
mod devices;
mod go;
mod php;
mod quote;
mod ruby;
mod shell;
#[cfg(test)]
mod tests;
mod yaml;

use std::fmt;

use domain::{DeviceKind, FromAddress, Security};

pub use certificate::certificate_help;

/// Path at which the recipes expect Mailgrant's own certificate on the other machine.
pub const CERTIFICATE_FILE: &str = "/etc/ssl/mailgrant.pem";

/// Values that a recipe fills in.
#[derive(Clone, Copy)]
pub struct RecipeValues<'a> {
    /// Name of the sender.
    pub name: &'a str,
    /// Host name or address of the server.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// User name and password. `None` for a device that is known by its address.
    pub credentials: Option<(&'a str, &'a str)>,
    /// From address.
    pub from: &'a FromAddress,
    /// True if the other side does not know the issuer of the server's certificate.
    pub is_self_signed: bool,
}

/// Does not write the password.
impl fmt::Debug for RecipeValues<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecipeValues")
            .field("name", &self.name)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// A part of a recipe.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipeBlock {
    /// The device, the file, or the place in the program.
    pub title: &'static str,
    /// What to do with it, and how to test it.
    pub help: &'static str,
    /// The configuration.
    pub body: RecipeBody,
}

/// The configuration of a block.
#[derive(Clone, PartialEq, Eq)]
pub enum RecipeBody {
    /// Labels of fields, as the program shows them, with their values.
    Fields(Vec<(&'static str, String)>),
    /// Text for a file or a command line, without a line break at its end.
    Text(String),
}

impl RecipeBlock {
    fn fields(
        title: &'static str,
        help: &'static str,
        fields: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Self {
        let body = RecipeBody::Fields(fields.into_iter().collect());
        Self { title, help, body }
    }

    fn text(title: &'static str, help: &'static str, lines: &[String]) -> Self {
        let body = RecipeBody::Text(lines.join("\n"));
        Self { title, help, body }
    }
}

impl RecipeValues<'_> {
    /// Returns `host:port`, with brackets around an IPv6 address.
    fn host_and_port(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    fn address(&self) -> &str {
        self.from.address.as_str()
    }

    /// Returns the display name, or else the name of the sender.
    fn display_name(&self) -> &str {
        self.from.name.as_deref().unwrap_or(self.name)
    }

    /// Returns the display name if it needs no quotes in a header field. Some programs add none.
    fn plain_display_name(&self) -> Option<&str> {
        let special = |letter: char| "\"'\\<>()[]@,;:".contains(letter);
        Some(self.display_name()).filter(|name| !name.contains(special))
    }

    /// Returns true if the recipe has to say how the certificate is trusted.
    fn needs_certificate(&self) -> bool {
        self.is_self_signed && self.security != Security::Plaintext
    }
}

/// Returns the values that every program and device needs, with their labels.
pub fn recipe_fields(values: &RecipeValues<'_>) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("Host", values.host.to_owned()),
        ("Port", values.port.to_string()),
        ("Encryption", encryption(values.security).to_owned()),
    ];
    match values.credentials {
        Some((user, password)) => {
            fields.push(("User name", user.to_owned()));
            fields.push(("Password", password.to_owned()));
        }
        None => fields.push(("Authentication", "none".to_owned())),
    }
    fields.push(("From", values.from.to_string()));
    fields
}

/// Returns the names that programs have for a protection of the connection.
pub fn encryption(security: Security) -> &'static str {
    match security {
        Security::ImplicitTls => "TLS (also called SSL/TLS or SMTPS)",
        Security::StartTls => "STARTTLS (also called TLS or explicit TLS)",
        Security::Plaintext => "none",
    }
}

/// Returns the configuration of a program or device.
pub fn recipe(kind: DeviceKind, values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    match kind {
        DeviceKind::Printer => devices::printer(values),
        DeviceKind::Nas => devices::nas(values),
        DeviceKind::Zabbix => vec![devices::zabbix(values)],
        DeviceKind::Grafana => go::grafana(values),
        DeviceKind::Alertmanager => vec![yaml::alertmanager(values)],
        DeviceKind::HomeAssistant => yaml::home_assistant(values),
        DeviceKind::Gitlab => vec![ruby::gitlab(values)],
        DeviceKind::Wordpress => php::wordpress(values),
        DeviceKind::Nextcloud => vec![php::nextcloud(values)],
        DeviceKind::Php => php::php(values),
        DeviceKind::Proxmox => shell::proxmox(values),
        DeviceKind::Cron => shell::cron(values),
        DeviceKind::Other => shell::other(values),
    }
}

/// Returns the sheet as text, for the command line.
pub fn recipe_text(kind: DeviceKind, values: &RecipeValues<'_>) -> String {
    let mut text = String::new();
    add_fields(&mut text, &recipe_fields(values));
    for block in recipe(kind, values) {
        text.extend(["\n", block.title, "\n", block.help, "\n\n"]);
        match block.body {
            RecipeBody::Fields(fields) => add_fields(&mut text, &fields),
            RecipeBody::Text(lines) => text.extend([lines.as_str(), "\n"]),
        }
    }
    if values.needs_certificate() {
        for sentence in certificate_help(kind) {
            text.extend(["\n", sentence, "\n"]);
        }
    }
    text
}

fn add_fields(text: &mut String, fields: &[(&'static str, String)]) {
    for (label, value) in fields {
        text.extend([label, ": ", value, "\n"]);
    }
}
