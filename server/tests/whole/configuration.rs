//! Sources of the configuration, their precedence, and error messages.

use std::{ffi::OsString, fs, os::unix::fs::PermissionsExt as _, path::Path};

use secrecy::ExposeSecret as _;
use server::{
    Config,
    config::{Setting, Sources},
};
use store::KeySource;

/// Returns the sources of a file and an environment.
fn sources(file: &str, environment: &[(&str, &str)]) -> (Sources, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mailgrant.toml");
    fs::write(&path, file).unwrap();
    let variables = environment
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let sources = Sources::default().file(Some(path)).environment(variables);
    (sources, directory)
}

/// Returns the error message without the path of the temporary directory.
fn error(file: &str, environment: &[(&str, &str)]) -> String {
    let (sources, directory) = sources(file, environment);
    let error = Config::load(&sources).unwrap_err().to_string();
    error.replace(&format!("{}/", directory.path().display()), "")
}

#[test]
fn has_defaults_for_everything() {
    let (sources, _directory) = sources("", &[]);
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(
        config.database_url.expose_secret(),
        "sqlite://data/mailgrant.db"
    );
    assert!(matches!(config.key, KeySource::File(path) if path.ends_with("data/mailgrant.key")));
    assert!(config.public_url.is_none() && config.sandbox.is_none());
    assert!(config.extra_roots.is_empty());
    assert_eq!(config.min_free_bytes, 100_000_000);
    assert!(config.trusted_proxies.is_empty() && config.deny_networks.is_empty());
    assert_eq!(config.rate_limit.map(u32::from), Some(50));
    assert!(!config.deny_private_networks && config.dns_server.is_none());
    let spools = [Path::new("/etc/mailgrant/send.toml")];
    assert_eq!(config.spools_of, spools);
    let [listener] = &*config.smtp.listeners else {
        panic!("{:?}", config.smtp);
    };
    assert_eq!(listener.address.to_string(), "127.0.0.1:2525");
    assert!(config.smtp.is_default && config.smtp.certificate.is_none());
    assert!(config.gateway.imap.is_empty());
}

#[test]
fn smtp_listeners_are_a_list_in_the_file_and_divided_by_commas_elsewhere() {
    for (file, environment, expected) in [
        ("smtp_listeners = 'off'", "", 0),
        ("smtp_listeners = []", "", 0),
        (
            "smtp_listeners = ['127.0.0.1:25 plain', '[::]:465 tls']",
            "",
            2,
        ),
        ("", "0.0.0.0:587 starttls,0.0.0.0:465 tls", 2),
        ("smtp_listeners = []", "127.0.0.1:25 plain", 1),
        (
            "",
            "127.0.0.1:25 plain sender=\"a, b\",[::1]:25 plain sender=c",
            2,
        ),
        (
            "[[smtp_listeners]]\naddress = '0.0.0.0:587'\nmode = 'starttls'\n[[smtp_listeners]]\naddress = '0.0.0.0:465'\nmode = 'tls'",
            "",
            2,
        ),
    ] {
        let (sources, _directory) = sources(file, &[("MAILGRANT_SMTP_LISTENERS", environment)]);
        let smtp = Config::load(&sources).unwrap().smtp;
        assert_eq!((smtp.listeners.len(), smtp.is_default), (expected, false));
        let (file, name) = (file.replace("smtp", "imap"), "MAILGRANT_IMAP_LISTENERS");
        let (sources, _directory) = self::sources(&file, &[(name, environment)]);
        let gateway = Config::load(&sources).unwrap().gateway;
        assert_eq!(gateway.imap.len(), expected);
    }
    for (file, expected) in [
        (
            "smtp_listeners = '0.0.0.0:25 plain'",
            "mailgrant.toml, smtp_listeners: value 1, \"0.0.0.0:25 plain\", would let passwords be sent unencrypted",
        ),
        (
            "imap_listeners = '0.0.0.0:143 plain'",
            "mailgrant.toml, imap_listeners: value 1, \"0.0.0.0:143 plain\", would let passwords be sent unencrypted",
        ),
        (
            "smtp_listeners = [{address = '0.0.0.0:25', mode = 'plain'}]",
            "mailgrant.toml, smtp_listeners: value 1 would let passwords be sent unencrypted",
        ),
        (
            "smtp_listeners = [{address = '127.0.0.1:25', mode = 'plain', sender = 'x'}]",
            "mailgrant.toml, smtp_listeners: is not a list of listeners",
        ),
        (
            "smtp_certificate = 'a.pem'",
            "mailgrant.toml, smtp_certificate: is set without smtp_certificate_key",
        ),
        (
            "smtp_name = 'a b'",
            "mailgrant.toml, smtp_name: is not a host name",
        ),
    ] {
        let error = error(file, &[]);
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_listener_as_a_table_is_shown_as_a_text() {
    let file = "[[smtp_listeners]]\naddress = '0.0.0.0:587'\nmode = 'starttls'\nnetworks = ['10.0.0.0/8']\nsenders = ['Printer, 2nd floor']\nproxies = ['10.0.0.5']";
    let (sources, _directory) = sources(file, &[]);
    let described = Config::describe(&sources).unwrap();
    let expected = r#"smtp_listeners = ["0.0.0.0:587 starttls 10.0.0.0/8 sender=\"Printer, 2nd floor\" proxy=10.0.0.5/32"]"#;
    assert!(described.contains(expected), "{described}");
}

#[test]
fn spools_are_named_in_the_file_and_divided_as_paths_elsewhere() {
    for (file, environment, expected) in [
        ("spools_of = []", "", vec![]),
        ("spools_of = '/a'", "", vec!["/a"]),
        ("spools_of = ['/a', '/b']", "", vec!["/a", "/b"]),
        ("spools_of = []", "/a:/b", vec!["/a", "/b"]),
    ] {
        let (sources, _directory) = sources(file, &[("MAILGRANT_SPOOLS_OF", environment)]);
        let expected: Vec<_> = expected.into_iter().map(Path::new).collect();
        assert_eq!(Config::load(&sources).unwrap().spools_of, expected);
    }
    assert_eq!(
        error("spools_of = 'send.toml'", &[]),
        "mailgrant.toml, spools_of: send.toml is not an absolute path"
    );
}

#[test]
fn a_flag_counts_more_than_the_environment_and_that_more_than_the_file() {
    let file = "listen = '127.0.0.1:1'\nlog = 'warn'\ndata_directory = 'a'";
    let environment = [
        ("MAILGRANT_LISTEN", "127.0.0.1:2"),
        ("MAILGRANT_LOG", "error"),
        ("OTHER_LISTEN", "127.0.0.1:9"),
    ];
    let (sources, _directory) = sources(file, &environment);
    let sources = sources.flag(Setting::Listen, vec!["[::1]:3".into()]);
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.listen.to_string(), "[::1]:3");
    assert_eq!(config.log, "error");
    assert_eq!(config.data_directory.to_str(), Some("a"));
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let (sources, _directory) = sources("listen = '127.0.0.1:1'", &[("MAILGRANT_LISTEN", "")]);
    assert_eq!(Config::load(&sources).unwrap().listen.port(), 1);
}

#[test]
fn an_error_names_the_source_and_the_field() {
    let not_https = "https://mailgrant.example.com/settings";
    for (file, environment, expected) in [
        (
            "listen = 'x'",
            ("", ""),
            "mailgrant.toml, listen: is not an IP address and a port",
        ),
        (
            "listen = 3000",
            ("", ""),
            "mailgrant.toml, listen: is not a text",
        ),
        (
            "",
            ("MAILGRANT_LISTEN", "0.0.0.0:3000"),
            "environment, MAILGRANT_LISTEN: 0.0.0.0:3000 is not a loopback address",
        ),
        (
            "public_url = 'http://mail.example.com'",
            ("", ""),
            "mailgrant.toml, public_url: is not https",
        ),
        (
            "",
            ("MAILGRANT_PUBLIC_URL", not_https),
            "environment, MAILGRANT_PUBLIC_URL: is not an origin",
        ),
        (
            "lisen = 'x'",
            ("", ""),
            "mailgrant.toml, lisen: there is no such setting",
        ),
        (
            "",
            ("MAILGRANT_LISEN", "x"),
            "environment, MAILGRANT_LISEN: there is no such setting",
        ),
        ("log = 'a=b=c'", ("", ""), "mailgrant.toml, log: "),
        (
            "",
            ("MAILGRANT_LOG_FORMAT", "xml"),
            "environment, MAILGRANT_LOG_FORMAT: is neither text nor json",
        ),
        (
            "database_url = 'mysql://x'",
            ("", ""),
            "mailgrant.toml, database_url: is neither a sqlite: nor a postgres: URL",
        ),
        (
            "sandbox_file = '/missing.json'",
            ("", ""),
            "mailgrant.toml, sandbox_file: cannot read /missing.json",
        ),
        (
            "extra_roots = ['/missing.pem']",
            ("", ""),
            "mailgrant.toml, extra_roots: /missing.pem: ",
        ),
        (
            "",
            ("MAILGRANT_DATABASE_URL_FILE", "/missing"),
            "environment, MAILGRANT_DATABASE_URL_FILE: cannot read /missing",
        ),
    ] {
        let error = error(file, &[environment]);
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn an_error_in_a_list_or_a_number_names_the_value_and_the_expected_format() {
    for (file, environment, expected) in [
        (
            "trusted_proxies = ['10.0.0.0/8', 'proxy']",
            ("", ""),
            "mailgrant.toml, trusted_proxies: value 2, \"proxy\", is neither an IP address nor a network",
        ),
        (
            "",
            ("MAILGRANT_TRUSTED_PROXIES", "::1, 10.1.2.3/8"),
            "environment, MAILGRANT_TRUSTED_PROXIES: value 2, \"10.1.2.3/8\", is an address within a network; use \
             the network 10.0.0.0/8",
        ),
        (
            "trusted_proxies = '0.0.0.0/0'",
            ("", ""),
            "mailgrant.toml, trusted_proxies: value 1, \"0.0.0.0/0\", contains every address",
        ),
        (
            "trusted_proxies = 10",
            ("", ""),
            "mailgrant.toml, trusted_proxies: is neither a text nor a list of texts",
        ),
        (
            "",
            ("MAILGRANT_DENY_NETWORKS", "10.0.0.0/33"),
            "environment, MAILGRANT_DENY_NETWORKS: value 1, \"10.0.0.0/33\", is neither",
        ),
        (
            "rate_limit = -1",
            ("", ""),
            "mailgrant.toml, rate_limit: must be a whole number of requests per second",
        ),
        (
            "",
            ("MAILGRANT_RATE_LIMIT", "many"),
            "environment, MAILGRANT_RATE_LIMIT: must be a whole number of requests per second",
        ),
        (
            "",
            ("MAILGRANT_DENY_PRIVATE_NETWORKS", "yes"),
            "environment, MAILGRANT_DENY_PRIVATE_NETWORKS: is not true or false",
        ),
        (
            "dns_server = 'dns.example.com:53'",
            ("", ""),
            "mailgrant.toml, dns_server: is not an IP address and a port",
        ),
        (
            "",
            ("MAILGRANT_DNS_SERVER", "127.0.0.1"),
            "environment, MAILGRANT_DNS_SERVER: is not an IP address and a port",
        ),
        (
            "dns_server = '[::1]:0'",
            ("", ""),
            "mailgrant.toml, dns_server: is not an IP address and a port",
        ),
    ] {
        let error = error(file, &[environment]);
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
}

#[test]
fn an_error_in_the_file_does_not_quote_the_line_that_may_hold_a_secret() {
    let error = error("key = \"planted-secret\n", &[]);
    assert!(error.starts_with("mailgrant.toml: "), "{error}");
    assert!(error.contains("line 1"), "{error}");
    assert!(!error.contains("planted-secret"), "{error}");
    let error = self::error("key = 123456789", &[]);
    assert_eq!(error, "mailgrant.toml, key: is not a text");
}

#[test]
fn variables_that_kubernetes_sets_are_ignored() {
    let environment = [
        ("MAILGRANT_PORT", "tcp://10.0.0.1:3000"),
        ("MAILGRANT_PORT_3000_TCP_ADDR", "10.0.0.1"),
        ("MAILGRANT_SERVICE_HOST", "10.0.0.1"),
    ];
    let (sources, _directory) = sources("", &environment);
    Config::load(&sources).unwrap();
}

#[test]
fn of_key_and_key_file_the_higher_source_counts() {
    let (with_file, _directory) = sources("key = 'k'", &[("MAILGRANT_KEY_FILE", "/k")]);
    let key = Config::load(&with_file).unwrap().key;
    assert!(matches!(key, KeySource::File(path) if path.to_str() == Some("/k")));

    // All digits: a value from the environment is always text.
    let (with_key, _directory) = sources("key_file = '/k'", &[("MAILGRANT_KEY", "0123456789")]);
    let key = Config::load(&with_key).unwrap().key;
    assert!(matches!(key, KeySource::Value(key) if key.expose_secret() == "0123456789"));
}

#[test]
fn a_credential_of_the_service_replaces_the_key_file_of_the_configuration_file() {
    let credentials = tempfile::tempdir().unwrap();
    let directory = credentials.path().to_str().unwrap();
    let key_of = |environment: &[(&str, &str)]| {
        let (sources, _directory) = sources("key_file = '/k'", environment);
        match Config::load(&sources).unwrap().key {
            KeySource::File(path) => path,
            KeySource::Value(_) => panic!("not a file"),
        }
    };
    let passed = ("CREDENTIALS_DIRECTORY", directory);
    assert_eq!(key_of(&[passed]), Path::new("/k"));
    let key = credentials.path().join("mailgrant.key");
    fs::write(&key, "").unwrap();
    assert_eq!(key_of(&[passed]), key);
    let environment = key_of(&[passed, ("MAILGRANT_KEY_FILE", "/e")]);
    assert_eq!(environment, Path::new("/e"));
}

#[test]
fn key_and_key_file_in_one_source_are_a_mistake() {
    assert_eq!(
        error("key = 'k'\nkey_file = '/k'", &[]),
        "mailgrant.toml, key: is set together with key_file; set one of them"
    );
    let environment = [("MAILGRANT_KEY", "k"), ("MAILGRANT_KEY_FILE", "/k")];
    assert_eq!(
        error("", &environment),
        "environment, MAILGRANT_KEY: is set together with MAILGRANT_KEY_FILE; set one of them"
    );
}

#[test]
fn the_url_of_the_database_can_come_from_a_file() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "postgres://u:planted@localhost/m\n").unwrap();
    let path = secret.path().to_str().unwrap();
    let (sources, _directory) = sources("", &[("MAILGRANT_DATABASE_URL_FILE", path)]);
    set_mode(secret.path(), 0o604);
    let error = Config::load(&sources).unwrap_err().to_string();
    let place = format!("environment, MAILGRANT_DATABASE_URL_FILE: cannot read {path}: ");
    assert!(
        error.starts_with(&place) && error.contains("0600"),
        "{error}"
    );
    assert!(!error.contains("planted"), "{error}");
    set_mode(secret.path(), 0o640);
    let url = Config::load(&sources).unwrap().database_url;
    assert_eq!(url.expose_secret(), "postgres://u:planted@localhost/m");
    assert!(!Config::describe(&sources).unwrap().contains("planted"));
}

#[test]
fn a_password_cannot_be_passed_as_an_argument() {
    let (sources, _directory) = sources("", &[]);
    let url = "postgres://u:planted@localhost/m".to_owned();
    let sources = sources.flag(Setting::DatabaseUrl, vec![url]);
    let error = Config::load(&sources).unwrap_err().to_string();
    assert!(
        error.starts_with("command line, --database-url: contains a password"),
        "{error}"
    );
    assert!(!error.contains("planted"), "{error}");
}

#[test]
fn a_public_url_is_an_origin() {
    let environment = [("MAILGRANT_PUBLIC_URL", "https://Mailgrant.example.com/")];
    let (sources, _directory) = sources("", &environment);
    let url = Config::load(&sources).unwrap().public_url.unwrap();
    assert_eq!(url.origin(), "https://mailgrant.example.com");
    assert_eq!(
        url.redirect_url().as_str(),
        "https://mailgrant.example.com/oauth/callback"
    );
}

#[test]
fn networks_are_listed_in_the_file_and_divided_by_commas_elsewhere() {
    let file = "trusted_proxies = ['10.0.0.1', 'fd00::/8']\ndeny_networks = '192.0.2.0/24'";
    let environment = [(
        "MAILGRANT_DENY_NETWORKS",
        "10.0.0.0/8, ::ffff:172.16.0.0/108",
    )];
    let (sources, _directory) = sources(file, &environment);
    let config = Config::load(&sources).unwrap();
    assert_eq!(texts(&config.trusted_proxies), ["10.0.0.1/32", "fd00::/8"]);
    assert_eq!(
        texts(&config.deny_networks),
        ["10.0.0.0/8", "172.16.0.0/12"]
    );

    let flags = vec!["127.0.0.1".to_owned(), "::1,10.0.0.0/8".to_owned()];
    let sources = sources.flag(Setting::TrustedProxies, flags);
    let config = Config::load(&sources).unwrap();
    assert_eq!(
        texts(&config.trusted_proxies),
        ["127.0.0.1/32", "::1/128", "10.0.0.0/8"]
    );
    let described = Config::describe(&sources).unwrap();
    for row in [
        "trusted_proxies = [\"127.0.0.1/32\", \"::1/128\", \"10.0.0.0/8\"]",
        "deny_networks = [\"10.0.0.0/8\", \"172.16.0.0/12\"]",
        "rate_limit = 50",
        "deny_private_networks = false",
    ] {
        assert!(
            described.lines().any(|line| line.starts_with(row)),
            "{row}\n{described}"
        );
    }
}

#[test]
fn delivery_is_set_up_for_some_data_centers_or_for_all() {
    let (all, _directory) = sources("", &[]);
    let outbox = Config::load(&all).unwrap().outbox;
    assert!(outbox.data_centers.is_empty());
    assert_eq!((outbox.connections, outbox.lease), (4, 60));
    assert_eq!(outbox.give_up_after, 5 * 86_400);
    let file = "data_center = ['default', 'berlin']\nconnections = 2\nlease_seconds = 30\ngive_up_hours = 24";
    let (some, _directory) = sources(file, &[("MAILGRANT_CONNECTIONS", "3")]);
    let outbox = Config::load(&some).unwrap().outbox;
    let [one, two] = outbox.data_centers.as_slice() else {
        panic!("{outbox:?}")
    };
    assert_eq!((one.as_str(), two.as_str()), ("default", "berlin"));
    assert_eq!((outbox.connections, outbox.lease), (3, 30));
    assert_eq!(outbox.give_up_after, 86_400);
    let flags = vec!["one".to_owned(), "two".to_owned()];
    let outbox = Config::load(&some.flag(Setting::DataCenter, flags)).unwrap();
    assert_eq!(outbox.outbox.data_centers.len(), 2);
    for (file, problem) in [
        (
            "data_center = 'Berlin!'",
            "mailgrant.toml, data_center: \"Berlin!\" is not the ID of a data center",
        ),
        (
            "connections = 0",
            "mailgrant.toml, connections: must be a number of connections from 1 to 64",
        ),
        (
            "lease_seconds = 5",
            "mailgrant.toml, lease_seconds: must be a number of seconds from 10 to 3600",
        ),
    ] {
        assert_eq!(error(file, &[]), problem);
    }
}

#[test]
fn a_configured_name_server_is_an_address_and_a_port() {
    let environment = [("MAILGRANT_DNS_SERVER", "127.0.0.1:4053")];
    let (sources, _directory) = sources("dns_server = '192.0.2.1:53'", &environment);
    let server = Config::load(&sources).unwrap().dns_server.unwrap();
    assert_eq!(server.to_string(), "127.0.0.1:4053");
    let sources = sources.flag(Setting::DnsServer, vec!["[::1]:53".into()]);
    let server = Config::load(&sources).unwrap().dns_server.unwrap();
    assert_eq!(server.to_string(), "[::1]:53");
    let described = Config::describe(&sources).unwrap();
    assert!(
        described.contains("dns_server = \"[::1]:53\""),
        "{described}"
    );
}

fn texts(networks: &[ipnet::IpNet]) -> Vec<String> {
    networks.iter().map(ToString::to_string).collect()
}

#[test]
fn numbers_and_truth_values_are_read_from_every_source() {
    let file = "rate_limit = 7\ndeny_private_networks = true";
    let (in_file, _directory) = sources(file, &[]);
    let config = Config::load(&in_file).unwrap();
    assert_eq!(config.rate_limit.map(u32::from), Some(7));
    assert!(config.deny_private_networks);

    let environment = [
        ("MAILGRANT_RATE_LIMIT", "0"),
        ("MAILGRANT_DENY_PRIVATE_NETWORKS", "false"),
    ];
    let (in_both, _directory) = sources(file, &environment);
    let config = Config::load(&in_both).unwrap();
    assert!(config.rate_limit.is_none() && !config.deny_private_networks);
}

#[test]
fn an_address_that_others_reach_needs_a_public_url() {
    let (without, _directory) = sources("listen = '[::]:3000'", &[]);
    let error = Config::load(&without).unwrap_err().to_string();
    assert!(error.contains("unencrypted"), "{error}");
    assert!(error.contains("set public_url"), "{error}");

    let file = "listen = '[::]:3000'\npublic_url = 'https://mailgrant.example.com'";
    let (with, _directory) = sources(file, &[]);
    assert_eq!(Config::load(&with).unwrap().listen.port(), 3000);
}

#[test]
fn a_public_url_is_https_unless_its_host_is_loopback() {
    for (listen, public_url, taken) in [
        ("0.0.0.0:3000", "https://mailgrant.example.com", true),
        ("0.0.0.0:3000", "https://192.0.2.1", true),
        // For example a container whose port is published on loopback only.
        ("0.0.0.0:3000", "http://localhost:3000", true),
        ("[::]:3000", "http://127.0.0.1:3000", true),
        ("[::]:3000", "http://[::1]:3000", true),
        ("0.0.0.0:3000", "http://mailgrant.example.com", false),
        ("0.0.0.0:3000", "HTTP://mailgrant.example.com", false),
        ("0.0.0.0:3000", "http://192.168.0.1:3000", false),
        ("0.0.0.0:3000", "http://0.0.0.0:3000", false),
        ("0.0.0.0:3000", "http://localhost.example.com", false),
        ("192.0.2.1:3000", "http://mailgrant.example.com", false),
        (
            "[::ffff:192.0.2.1]:3000",
            "http://mailgrant.example.com",
            false,
        ),
        ("127.0.0.1:3000", "http://mailgrant.example.com", false),
    ] {
        let file = format!("listen = '{listen}'");
        let environment = [("MAILGRANT_PUBLIC_URL", public_url)];
        let (sources, _directory) = sources(&file, &environment);
        let loaded = Config::load(&sources).map(|config| config.listen.to_string());
        match loaded {
            Ok(address) => assert!(taken && address == listen, "{listen} {public_url}"),
            Err(error) => {
                let error = error.to_string();
                let named = error.starts_with("environment, MAILGRANT_PUBLIC_URL: is not https");
                assert!(!taken && named, "{listen} {public_url} {error}");
            }
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_secret_in_the_configuration_file_is_not_open_to_every_user() {
    for (secret, place) in [
        ("key = 'planted'", "mailgrant.toml, key: is a secret"),
        (
            "database_url = 'postgres://u:planted@localhost/m'",
            "mailgrant.toml, database_url: is a secret",
        ),
    ] {
        let (sources, directory) = sources(secret, &[]);
        let path = directory.path().join("mailgrant.toml");
        set_mode(&path, 0o644);
        let error = Config::load(&sources).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
        assert!(!error.contains("planted"), "{error}");
        set_mode(&path, 0o640);
        Config::load(&sources).unwrap();
    }
    let (sources, directory) = sources("database_url = 'sqlite://data/x.db'", &[]);
    set_mode(&directory.path().join("mailgrant.toml"), 0o644);
    Config::load(&sources).unwrap();
}

#[test]
fn files_that_are_not_regular_are_errors_and_do_not_block() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let fifo = fifo.to_str().unwrap();
    for variable in [
        "MAILGRANT_DATABASE_URL_FILE",
        "MAILGRANT_EXTRA_ROOTS",
        "MAILGRANT_SANDBOX_FILE",
        "MAILGRANT_CONFIG",
    ] {
        let (sources, _directory) = sources("", &[]);
        let sources = match variable {
            "MAILGRANT_CONFIG" => sources.file(Some(fifo.into())),
            _ => sources.environment([(variable.into(), fifo.into())]),
        };
        assert!(Config::load(&sources).is_err(), "{variable}");
    }
}
