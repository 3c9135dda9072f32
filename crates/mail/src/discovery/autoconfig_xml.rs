//! Parser of `config-v1.1.xml`. The document is untrusted input: every value is parsed like form
//! input. Names and values are compared case-insensitively, as mail programs do.

use domain::{
    EmailAddress, EndpointUrl, Host, ProposedServer, Scope, Security, untrusted::is_displayable,
    url::parse_port,
};
use roxmltree::{Document, Node, ParsingOptions};

/// Maximum number of elements, attributes, and texts of a document.
const MAX_NODES: u32 = 10_000;

/// The settings in a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) smtp: Option<ProposedServer>,
    pub(super) imap: Option<ProposedServer>,
    pub(super) username: String,
    /// OAuth settings if the server for sending accepts OAuth. The method of the mailbox does not
    /// count, because it says nothing about SMTP.
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
    /// Parses a document. Returns `None` if it is not an autoconfig document.
    pub(super) fn read(text: &str, address: &EmailAddress) -> Option<Self> {
        // Entities need a document type definition, which is rejected.
        let options = ParsingOptions {
            nodes_limit: MAX_NODES,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options).ok()?;
        let root = document.root_element();
        if !is_named(root, "clientConfig") {
            return None;
        }
        let provider = child(root, "emailProvider")?;
        let first = |tag: &'static str, kind: &str| {
            provider
                .children()
                .filter(|node| is_named(*node, tag) && is_of_type(*node, kind))
                .find_map(|node| Some((node, server(node, address)?)))
        };
        let smtp = first("outgoingServer", "smtp");
        let imap = first("incomingServer", "imap");
        let nodes = [&smtp, &imap].map(|found| found.as_ref().map(|(node, _)| *node));
        let takes_oauth = nodes[0].is_some_and(|node| {
            let mut methods = node
                .children()
                .filter(|node| is_named(*node, "authentication"));
            methods.any(|node| text_of(node).eq_ignore_ascii_case("OAuth2"))
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

/// Returns a server. `None` if it uses no encryption or its description is incomplete.
fn server(node: Node, address: &EmailAddress) -> Option<ProposedServer> {
    let security = match value(node, "socketType")?.to_ascii_uppercase().as_str() {
        "SSL" => Security::ImplicitTls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let host = Host::parse(&fill_placeholders(&value(node, "hostname")?, address)).ok()?;
    Some(ProposedServer {
        host: host.to_string(),
        port: parse_port(&value(node, "port")?).ok()?,
        security,
    })
}

fn username(node: Node, address: &EmailAddress) -> Option<String> {
    let username = fill_placeholders(&value(node, "username")?, address);
    let is_valid = !username.is_empty()
        && username.len() <= 320
        && !username.contains('%')
        && username.chars().all(is_displayable);
    is_valid.then_some(username)
}

fn oauth(node: Node) -> OAuth {
    let endpoint = |tag| {
        let url = EndpointUrl::parse(&value(node, tag)?).ok()?;
        Some(url.to_string())
    };
    let scope = value(node, "scope").and_then(|scope| Scope::parse(&scope).ok());
    OAuth {
        issuer: value(node, "issuer").unwrap_or_default(),
        scope: scope.map_or_else(String::new, |scope| scope.to_string()),
        endpoints: endpoint("authURL").zip(endpoint("tokenURL")),
    }
}

/// Fills in the placeholders `%EMAILADDRESS%`, `%EMAILDOMAIN%`, and `%EMAILLOCALPART%`.
fn fill_placeholders(text: &str, address: &EmailAddress) -> String {
    let local = address.as_str().split('@').next().unwrap_or_default();
    let mut filled = String::new();
    for (at, part) in text.split('%').enumerate() {
        // Every second part is between two percent signs.
        if at % 2 == 0 {
            filled.push_str(part);
            continue;
        }
        filled.push_str(match part.to_ascii_uppercase().as_str() {
            "EMAILADDRESS" => address.as_str(),
            "EMAILDOMAIN" => address.domain(),
            "EMAILLOCALPART" => local,
            _ => return text.to_owned(),
        });
    }
    filled
}

fn is_named(node: Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

fn is_of_type(node: Node, kind: &str) -> bool {
    node.attributes().any(|attribute| {
        attribute.name().eq_ignore_ascii_case("type")
            && attribute.value().trim().eq_ignore_ascii_case(kind)
    })
}

fn child<'a, 'input>(node: Node<'a, 'input>, tag: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| is_named(*child, tag))
}

fn value(node: Node, tag: &str) -> Option<String> {
    child(node, tag).map(text_of)
}

/// Returns the text of an element without its comments.
fn text_of(node: Node) -> String {
    let texts = node.children().filter(Node::is_text);
    let text: String = texts.filter_map(|node| node.text()).collect();
    text.trim().to_owned()
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
    fn selects_the_first_encrypted_server() {
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
    fn names_and_values_count_in_any_case() {
        for change in [
            str::to_owned as fn(&str) -> String,
            str::to_lowercase,
            str::to_uppercase,
        ] {
            let text = change(
                "<clientConfig><emailProvider><outgoingServer type=\"smtp\"><hostname>smtp.%EMAILDOMAIN%</hostname>\
                 <port>465</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username>\
                 <authentication><!-- first -->OAuth2</authentication></outgoingServer></emailProvider>\
                 <oAuth2><scope>mail</scope></oAuth2></clientConfig>",
            );
            let settings = Settings::read(&text, &address()).unwrap();
            let smtp = settings.smtp.unwrap();
            assert_eq!((smtp.host.as_str(), smtp.port), ("smtp.example.com", 465));
            assert_eq!(settings.username, "a.b+c", "{text}");
            assert!(settings.oauth.unwrap().scope.eq_ignore_ascii_case("mail"));
        }
        let spaced = "<x:clientConfig xmlns:x=\"urn:x\"><x:emailProvider/></x:clientConfig>";
        assert!(Settings::read(spaced, &address()).is_some());
    }

    #[test]
    fn oauth_is_proposed_only_where_the_server_for_sending_lists_it() {
        let server = |tag: &str, kind: &str, method: &str| {
            format!(
                "<{tag} type=\"{kind}\"><hostname>m.example.com</hostname><port>993</port>\
                 <socketType>SSL</socketType><authentication>{method}</authentication></{tag}>"
            )
        };
        for (smtp, imap, expected) in [
            ("OAuth2", "password-cleartext", true),
            ("password-cleartext", "OAuth2", false),
            ("password-cleartext", "password-cleartext", false),
            ("OAuth2", "OAuth2", true),
        ] {
            let text = [
                server("incomingServer", "imap", imap),
                server("outgoingServer", "smtp", smtp),
            ];
            let settings = Settings::read(&document(&text.concat()), &address()).unwrap();
            assert_eq!(settings.oauth.is_some(), expected, "{smtp} {imap}");
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
