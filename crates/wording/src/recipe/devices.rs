//! Recipes with the names of fields on the pages of devices and programs.

use domain::Security;

use super::{RecipeBlock, RecipeValues, encryption};

const ON: &str = "on";
const OFF: &str = "off";

/// Chooses the name of a maker for the protection of the connection.
fn named(values: &RecipeValues<'_>, names: [&str; 3]) -> String {
    let [tls, starttls, none] = names;
    match values.security {
        Security::ImplicitTls => tls,
        Security::StartTls => starttls,
        Security::Plaintext => none,
    }
    .to_owned()
}

fn sign_in(
    values: &RecipeValues<'_>,
    switch: (&'static str, [&str; 2]),
    labels: [&'static str; 2],
) -> Vec<(&'static str, String)> {
    let (label, [with, without]) = switch;
    let [user_label, password_label] = labels;
    match values.credentials {
        Some((user, password)) => vec![
            (label, with.to_owned()),
            (user_label, user.to_owned()),
            (password_label, password.to_owned()),
        ],
        None => vec![(label, without.to_owned())],
    }
}

fn host(values: &RecipeValues<'_>) -> String {
    values.host.to_owned()
}

fn port(values: &RecipeValues<'_>) -> String {
    values.port.to_string()
}

fn from(values: &RecipeValues<'_>) -> String {
    values.address().to_owned()
}

pub fn printer(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let mut hp = vec![
        ("SMTP server name or address", host(values)),
        ("Port number", port(values)),
        (
            "Use a secure connection (SSL/TLS)",
            named(values, [ON, ON, OFF]),
        ),
    ];
    hp.extend(sign_in(
        values,
        ("Server requires authentication", [ON, OFF]),
        ["User name", "Password"],
    ));
    hp.push(("From (default)", from(values)));
    let mut xerox = vec![
        ("SMTP server (host name)", host(values)),
        ("Port number", port(values)),
        (
            "SMTP connection encryption",
            named(values, ["SSL/TLS", "STARTTLS", "No encryption"]),
        ),
    ];
    xerox.extend(sign_in(
        values,
        ("SMTP authentication", ["System", "None"]),
        ["Login name", "Password"],
    ));
    xerox.push(("Device email address", from(values)));
    let mut ricoh = vec![
        ("SMTP Server Name", host(values)),
        ("SMTP Port No.", port(values)),
        (
            "Use Secure Connection (SSL)",
            named(values, ["On", "On (STARTTLS)", "Off"]),
        ),
    ];
    ricoh.extend(sign_in(
        values,
        ("SMTP Authentication", ["On", "Off"]),
        ["SMTP Auth. User Name", "SMTP Auth. Password"],
    ));
    ricoh.extend([
        ("SMTP Auth. Email Address", from(values)),
        ("Administrator's Email Address", from(values)),
    ]);
    let mut konica = vec![
        ("SMTP Server Address", host(values)),
        (
            "Use SSL/TLS",
            named(values, ["SMTP over SSL", "Start TLS", "OFF"]),
        ),
    ];
    konica.push(match values.security {
        Security::ImplicitTls => ("Port No. (SSL)", port(values)),
        Security::StartTls | Security::Plaintext => ("Port Number", port(values)),
    });
    konica.extend(sign_in(
        values,
        ("SMTP Authentication", ["ON", "OFF"]),
        ["User ID", "Password"],
    ));
    konica.push(("Administrator's e-mail address", from(values)));
    vec![
        RecipeBlock::fields(
            "HP",
            "Web page of the device: Scan › Scan to Email Setup › Outgoing Email (SMTP) servers. Names differ a little between models.",
            hp,
        ),
        RecipeBlock::fields(
            "Xerox",
            "Web page of the device: Properties › Connectivity › Setup › SMTP. Names differ a little between models.",
            xerox,
        ),
        RecipeBlock::fields(
            "Ricoh",
            "Web Image Monitor: Configuration › Device Settings › Email. Names differ a little between models.",
            ricoh,
        ),
        RecipeBlock::fields(
            "Konica Minolta",
            "Web Connection: Network › E-mail Setting › E-mail TX (SMTP). Names differ a little between models.",
            konica,
        ),
    ]
}

pub fn nas(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let mut synology = vec![
        ("Service provider", "Custom SMTP server".to_owned()),
        ("SMTP server", host(values)),
        ("SMTP port", port(values)),
        (
            "Secure connection (SSL/TLS) is required",
            named(values, [ON, ON, OFF]),
        ),
    ];
    synology.extend(sign_in(
        values,
        ("Authentication required", [ON, OFF]),
        ["Username", "Password"],
    ));
    synology.push(("Sender email", from(values)));
    let mut qnap = vec![
        ("Email account", "Custom".to_owned()),
        ("SMTP server", host(values)),
        ("Port number", port(values)),
        ("Email", from(values)),
    ];
    if let Some((user, password)) = values.credentials {
        qnap.extend([
            ("Username", user.to_owned()),
            ("Password", password.to_owned()),
        ]);
    }
    qnap.push(("Secure connection", named(values, ["SSL", "TLS", "None"])));
    vec![
        RecipeBlock::fields(
            "Synology DSM",
            "Control Panel › Notification › Email. \"Send a test email\" tests it.",
            synology,
        ),
        RecipeBlock::fields(
            "QNAP QTS",
            "Notification Center › Service Account and Device Pairing › Email › Add SMTP Service.",
            qnap,
        ),
    ]
}

pub fn zabbix(values: &RecipeValues<'_>) -> RecipeBlock {
    let email = match values.plain_display_name() {
        Some(name) => format!("{name} <{}>", values.address()),
        None => from(values),
    };
    let mut fields = vec![
        ("Type", "Email".to_owned()),
        ("Email provider", "Generic SMTP".to_owned()),
        ("SMTP server", host(values)),
        ("SMTP server port", port(values)),
        ("Email", email),
        ("SMTP helo", values.from.address.domain().to_owned()),
        (
            "Connection security",
            named(values, ["SSL/TLS", "STARTTLS", "None"]),
        ),
    ];
    if values.security != Security::Plaintext {
        fields.extend([
            ("SSL verify peer", ON.to_owned()),
            ("SSL verify host", ON.to_owned()),
        ]);
    }
    fields.extend(sign_in(
        values,
        ("Authentication", ["Username and password", "None"]),
        ["Username", "Password"],
    ));
    RecipeBlock::fields(
        "Media type",
        "Alerts › Media types › Email (before Zabbix 6.4: Administration › Media types, where \"Email\" is \"SMTP email\"). \"Test\" in the list sends a message.",
        fields,
    )
}

/// Fields of the SMTP integration of Home Assistant.
pub fn home_assistant(values: &RecipeValues<'_>) -> RecipeBlock {
    let mut fields = vec![
        ("Sender email", from(values)),
        ("Host", host(values)),
        ("Port", port(values)),
        (
            "Connection security",
            named(values, ["TLS", "STARTTLS", "None"]),
        ),
    ];
    if let Some((user, password)) = values.credentials {
        fields.extend([
            ("Username", user.to_owned()),
            ("Password", password.to_owned()),
        ]);
    }
    RecipeBlock::fields(
        "Settings page",
        "In versions that offer it: Settings › Devices & services › Add integration › SMTP. Then add a recipient there.",
        fields,
    )
}

/// The values with general names, for programs that the guide does not know.
pub fn url(values: &RecipeValues<'_>) -> String {
    let scheme = match values.security {
        Security::ImplicitTls => "smtps",
        Security::StartTls | Security::Plaintext => "smtp",
    };
    // User name and password have only letters and digits.
    let credentials = values
        .credentials
        .map_or_else(String::new, |(user, password)| {
            format!("{user}:{password}@")
        });
    format!("{scheme}://{credentials}{}", values.host_and_port())
}

/// Names that programs have for the protection.
pub fn encryption_names(values: &RecipeValues<'_>) -> String {
    encryption(values.security).to_owned()
}
