//! Parser of `config-v1.1.xml`. A document is untrusted input: every value is parsed like one typed
//! into the form.

use domain::{
    EmailAddress, EndpointUrl, Host, ProposedServer, Scope, Security, untrusted::is_displayable,
    url::parse_port,
};
use roxmltree::{Document, Node, ParsingOptions};

/// Maximum number of elements, attributes, and texts of a document; larger ones are rejected.
const PARTS_AT_MOST: u32 = 10_000;

/// The settings in a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) smtp: Option<ProposedServer>,
    pub(super) imap: Option<ProposedServer>,
    pub(super) username: String,
    /// Set if one of the servers accepts OAuth.
    pub(super) oauth: Option<OAuth>,
}

/// The OAuth settings in a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OAuth {
    /// A host or a URL; may be empty.
    pub(super) issuer: String,
    pub(super) scope: String,
    /// The authorization endpoint and the token endpoint.
    pub(super) endpoints: Option<(String, String)>,
}

impl Settings {
    /// Parses a document; `None` if it is not an autoconfig document.
    pub(super) fn read(text: &str, address: &EmailAddress) -> Option<Self> {
        // Entities need a document type definition, which is rejected.
        let options = ParsingOptions {
            nodes_limit: PARTS_AT_MOST,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options).ok()?;
        let root = document.root_element();
        if !root.has_tag_name("clientConfig") {
            return None;
        }
        let provider = child(root, "emailProvider")?;
        let first = |tag: &'static str, kind: &str| {
            provider
                .children()
                .filter(|node| node.has_tag_name(tag) && node.attribute("type") == Some(kind))
                .find_map(|node| Some((node, server(node, address)?)))
        };
        let smtp = first("outgoingServer", "smtp");
        let imap = first("incomingServer", "imap");
        let nodes = [&smtp, &imap].map(|found| found.as_ref().map(|(node, _)| *node));
        let takes_oauth = nodes.iter().flatten().any(|node| {
            node.children()
                .any(|node| node.has_tag_name("authentication") && text_of(node) == "OAuth2")
        });
        let username = nodes
            .iter()
            .flatten()
            .find_map(|node| username(*node, address));
        Some(Self {
            smtp: smtp.map(|(_, server)| server),
            imap: imap.map(|(_, server)| server),
            username: username.unwrap_or_else(|| address.to_string()),
            oauth: takes_oauth.then(|| {
                let node = child(root, "oAuth2").or_else(|| child(provider, "oAuth2"));
                node.map(oauth).unwrap_or_default()
            }),
        })
    }
}

/// Returns a server; `None` if it uses no encryption or its description is incomplete.
fn server(node: Node, address: &EmailAddress) -> Option<ProposedServer> {
    let security = match value(node, "socketType")? {
        "SSL" => Security::ImplicitTls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let host = Host::parse(&filled(value(node, "hostname")?, address)).ok()?;
    Some(ProposedServer {
        host: host.to_string(),
        port: parse_port(value(node, "port")?).ok()?,
        security,
    })
}

fn username(node: Node, address: &EmailAddress) -> Option<String> {
    let username = filled(value(node, "username")?, address);
    let good = !username.is_empty()
        && username.len() <= 320
        && !username.contains('%')
        && username.chars().all(is_displayable);
    good.then_some(username)
}

fn oauth(node: Node) -> OAuth {
    let endpoint = |tag| {
        let url = EndpointUrl::parse(value(node, tag)?).ok()?;
        Some(url.to_string())
    };
    let scope = value(node, "scope").and_then(|scope| Scope::parse(scope).ok());
    OAuth {
        issuer: value(node, "issuer").unwrap_or_default().to_owned(),
        scope: scope.map_or_else(String::new, |scope| scope.to_string()),
        endpoints: endpoint("authURL").zip(endpoint("tokenURL")),
    }
}

fn filled(text: &str, address: &EmailAddress) -> String {
    let local = address.as_str().split('@').next().unwrap_or_default();
    text.replace("%EMAILADDRESS%", address.as_str())
        .replace("%EMAILDOMAIN%", address.domain())
        .replace("%EMAILLOCALPART%", local)
}

fn child<'a, 'input>(node: Node<'a, 'input>, tag: &'static str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(tag))
}

fn value<'a>(node: Node<'a, '_>, tag: &'static str) -> Option<&'a str> {
    child(node, tag).map(text_of)
}

fn text_of<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::cases;

    fn address() -> EmailAddress {
        EmailAddress::parse("a.b+c@example.com").unwrap()
    }

    fn document(servers: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"example.com\">{servers}\
             </emailProvider></clientConfig>"
        )
    }

    fn outgoing(host: &str, port: &str, socket: &str, username: &str) -> String {
        format!(
            "<outgoingServer type=\"smtp\"><hostname>{host}</hostname><port>{port}</port>\
             <socketType>{socket}</socketType><username>{username}</username></outgoingServer>"
        )
    }

    #[test]
    fn takes_the_first_server_that_is_not_in_the_clear() {
        let text = document(
            &[
                outgoing("a.example.com", "25", "plain", "x"),
                outgoing(
                    "smtp.%EMAILDOMAIN%",
                    " 587 ",
                    "STARTTLS",
                    "%EMAILLOCALPART%",
                ),
                outgoing("c.example.com", "465", "SSL", "x"),
            ]
            .concat(),
        );
        let settings = Settings::read(&text, &address()).unwrap();
        let smtp = settings.smtp.unwrap();
        assert_eq!((smtp.host.as_str(), smtp.port), ("smtp.example.com", 587));
        assert_eq!(smtp.security, Security::StartTls);
        assert_eq!(settings.username, "a.b+c");
        assert_eq!((settings.imap, settings.oauth), (None, None));
    }

    #[test]
    fn proposes_no_server_that_is_not_well_described() {
        for server in [
            outgoing("", "587", "STARTTLS", ""),
            outgoing("https://smtp.example.com", "587", "STARTTLS", ""),
            outgoing("smtp example.com", "587", "STARTTLS", ""),
            outgoing("smtp.example.com", "0", "STARTTLS", ""),
            outgoing("smtp.example.com", "99999", "STARTTLS", ""),
            outgoing("smtp.example.com", "587", "plain", ""),
            outgoing("smtp.example.com", "587", "", ""),
            outgoing("%EMAILADDRESS%", "587", "STARTTLS", ""),
        ] {
            let settings = Settings::read(&document(&server), &address()).unwrap();
            assert_eq!(settings.smtp, None, "{server}");
            assert_eq!(settings.username, "a.b+c@example.com");
        }
    }

    #[test]
    fn a_user_name_that_cannot_be_filled_in_is_the_address() {
        for username in ["%REALNAME%", "", &"x".repeat(400)] {
            let server = outgoing("smtp.example.com", "465", "SSL", username);
            let settings = Settings::read(&document(&server), &address()).unwrap();
            assert_eq!(settings.username, "a.b+c@example.com");
        }
    }

    #[test]
    fn refuses_entities_and_what_is_too_deep_or_too_much() {
        let bomb = "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;\">]><clientConfig>&b;</clientConfig>";
        let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><clientConfig/>";
        let deep = "<clientConfig>".to_owned() + &"<a>".repeat(80_000);
        let closed = document(&("<a>".repeat(9_000) + &"</a>".repeat(9_000)));
        let many = document(&"<a/>".repeat(20_000));
        for text in [
            bomb,
            outside,
            &deep,
            &many,
            "\0",
            "<clientConfig>\0</clientConfig>",
            "",
            "{}",
            "<html/>",
        ] {
            assert_eq!(Settings::read(text, &address()), None);
        }
        // Deep, but within the limits. It may be parsed or rejected, but must not panic.
        let _ = Settings::read(&closed, &address());
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,120}|<clientConfig>(<[a-zA-Z]{1,3}>|</[a-z]>|&[a-z]{1,3};|\\PC){0,20}") {
            let _ = Settings::read(&text, &address());
            let _ = Settings::read(&document(&text), &address());
        }
    }
}
