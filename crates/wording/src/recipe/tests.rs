use domain::{DeviceKind, FromAddress, Security};

use super::*;

const KINDS: &[DeviceKind] = DeviceKind::ALL;

fn values(from: &FromAddress) -> RecipeValues<'_> {
    RecipeValues {
        name: "Program",
        host: "mail.example.com",
        port: 587,
        security: Security::StartTls,
        credentials: Some(("program", "k7TqWm3xZr9PbHfa")),
        from,
        is_self_signed: true,
    }
}

fn from(text: &str) -> FromAddress {
    FromAddress::parse(text).unwrap()
}

fn text_of(blocks: &[RecipeBlock], title: &str) -> String {
    let block = blocks.iter().find(|block| block.title == title).unwrap();
    match &block.body {
        RecipeBody::Text(text) => text.clone(),
        RecipeBody::Fields(_) => panic!("{title} has fields"),
    }
}

#[test]
fn every_recipe_names_all_values_and_ends_without_a_line_break() {
    let from = from("Office <office@example.com>");
    for kind in KINDS {
        for security in [
            Security::ImplicitTls,
            Security::StartTls,
            Security::Plaintext,
        ] {
            let values = RecipeValues {
                security,
                ..values(&from)
            };
            let sheet = recipe_text(*kind, &values);
            for value in ["mail.example.com", "587", "program", "k7TqWm3xZr9PbHfa"] {
                assert!(sheet.contains(value), "{kind:?} {value}\n{sheet}");
            }
            assert_eq!(
                sheet.contains("worse"),
                security != Security::Plaintext,
                "{kind:?}\n{sheet}"
            );
            for block in recipe(*kind, &values) {
                if let RecipeBody::Text(text) = block.body {
                    assert!(!text.is_empty() && !text.ends_with('\n'), "{kind:?}");
                }
            }
        }
        let anonymous = RecipeValues {
            credentials: None,
            ..values(&from)
        };
        let sheet = recipe_text(*kind, &anonymous);
        assert!(
            !sheet.contains("password\":") && !sheet.contains("k7Tq"),
            "{sheet}"
        );
    }
}

#[test]
fn the_password_is_not_written_by_debug() {
    let from = from("office@example.com");
    let shown = format!("{:?}", values(&from));
    assert!(!shown.contains("k7TqWm3xZr9PbHfa"), "{shown}");
}

#[test]
fn grafana_gets_triple_quotes_around_names_and_the_policy_of_the_port() {
    let from = from("\"Ops # \\\"1\\\"; ${HOME}\" <ops@example.com>");
    let blocks = recipe(DeviceKind::Grafana, &values(&from));
    assert_eq!(
        text_of(&blocks, "grafana.ini"),
        "[smtp]\n\
         enabled = true\n\
         host = mail.example.com:587\n\
         user = program\n\
         password = k7TqWm3xZr9PbHfa\n\
         from_address = \"\"\"ops@example.com\"\"\"\n\
         from_name = \"\"\"Ops # \"1\"; $ {HOME}\"\"\"\n\
         startTLS_policy = MandatoryStartTLS"
    );
    let environment = text_of(&blocks, "Environment");
    assert!(
        environment.contains("GF_SMTP_FROM_NAME='Ops # \"1\"; $ {HOME}'\n"),
        "{environment}"
    );
}

#[test]
fn gitlab_begins_with_tls_or_requires_starttls() {
    let from = from("office@example.com");
    let starttls = text_of(&recipe(DeviceKind::Gitlab, &values(&from)), "gitlab.rb");
    assert!(starttls.contains("['smtp_enable_starttls_auto'] = true\n"));
    assert!(starttls.contains("['smtp_tls'] = false\n"));
    assert!(starttls.contains("['smtp_ca_file'] = '/etc/ssl/mailgrant.pem'\n"));
    let tls = RecipeValues {
        security: Security::ImplicitTls,
        is_self_signed: false,
        ..values(&from)
    };
    let tls = text_of(&recipe(DeviceKind::Gitlab, &tls), "gitlab.rb");
    assert!(tls.contains("['smtp_enable_starttls_auto'] = false\n"));
    assert!(tls.contains("['smtp_tls'] = true\n"));
    assert!(!tls.contains("smtp_ca_file"));
}

#[test]
fn php_and_shell_literals_keep_quotes_and_backslashes() {
    let from = from("\"O'Neil \\\\ Sons\" <o'neil@example.com>");
    let values = values(&from);
    let script = text_of(&recipe(DeviceKind::Php, &values), "PHPMailer");
    assert!(
        script.contains(r"$mail->setFrom( 'o\'neil@example.com', 'O\'Neil \\ Sons' );"),
        "{script}"
    );
    let test = text_of(&recipe(DeviceKind::Cron, &values), "Test");
    assert!(
        test.ends_with(r"sendmail 'o'\''neil@example.com'"),
        "{test}"
    );
}

#[test]
fn an_ipv6_address_has_brackets_before_a_port() {
    let from = from("office@example.com");
    let values = RecipeValues {
        host: "2001:db8::1",
        ..values(&from)
    };
    let yaml = text_of(
        &recipe(DeviceKind::Alertmanager, &values),
        "alertmanager.yml",
    );
    assert!(
        yaml.contains("smtp_smarthost: \"[2001:db8::1]:587\"\n"),
        "{yaml}"
    );
}
