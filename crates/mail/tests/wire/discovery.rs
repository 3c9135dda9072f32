//! Discovery from an email address or an issuer.

use std::time::{Duration, Instant};

use domain::{
    AddressError, Discovery, DiscoveryProblem, DiscoverySource, IssuerProblem, Proposal, Provider,
    Security, UrlError,
};
use mail::DeniedNetworks;
use sandbox::Faults;

use crate::{
    providers::{Behavior, Provider as Endpoint},
    support::{ALICE, World, short_timeouts},
    web::Web,
};

const OWN: &str = "autoconfig.sandbox.test/mail/config-v1.1.xml";
const WELL_KNOWN: &str = "sandbox.test/.well-known/autoconfig/mail/config-v1.1.xml";
const XML: &str = "text/xml";

fn records(world: &World, records: &[(&str, &[&str])]) {
    let mut faults = world.control().faults();
    for (key, data) in records {
        let data = data.iter().map(|text| (*text).to_owned()).collect();
        faults.dns.insert((*key).to_owned(), data);
    }
    world.control().set(faults);
}

/// Removes the sandbox's servers from DNS, and points the domain's websites to loopback.
fn websites_only(world: &World) {
    records(
        world,
        &[
            ("_submission._tcp.sandbox.test SRV", &[]),
            ("_submissions._tcp.sandbox.test SRV", &[]),
            ("_imaps._tcp.sandbox.test SRV", &[]),
            ("autoconfig.sandbox.test A", &["127.0.0.1"]),
            ("sandbox.test A", &["127.0.0.1"]),
        ],
    );
}

/// Creates a world with websites of `sandbox.test`.
async fn with_web() -> (World, Web) {
    let web = Web::start(&["autoconfig.sandbox.test", "sandbox.test"]).await;
    let world = World::with_dns(|options| {
        // A few tests wait for websites that never answer.
        options.timeouts.token = Duration::from_secs(2);
        options.autoconfig_port = web.port;
        options.extra_roots.push(web.root.clone());
    })
    .await;
    websites_only(&world);
    (world, web)
}

async fn discover(world: &World, email: &str) -> Discovery {
    world.mailer.discovery.discover(email).await.unwrap()
}

fn only(discovery: &Discovery) -> &Proposal {
    assert_eq!(discovery.proposals.len(), 1, "{discovery:?}");
    &discovery.proposals[0]
}

/// Formats a server as `host:port security`.
fn smtp(proposal: &Proposal) -> String {
    proposal.smtp.as_ref().map_or_else(String::new, |server| {
        format!("{}:{} {}", server.host, server.port, server.security.code())
    })
}

fn imap(proposal: &Proposal) -> String {
    proposal.imap.as_ref().map_or_else(String::new, |server| {
        format!("{}:{} {}", server.host, server.port, server.security.code())
    })
}

fn document(smtp_host: &str, authentication: &str, rest: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
        <clientConfig version=\"1.1\"><emailProvider id=\"sandbox.test\">
        <incomingServer type=\"pop3\"><hostname>pop.sandbox.test</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
        <incomingServer type=\"imap\"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
        <username>%EMAILADDRESS%</username></incomingServer>
        <outgoingServer type=\"smtp\"><hostname>{smtp_host}</hostname><port>587</port><socketType>STARTTLS</socketType>
        <username>%EMAILLOCALPART%</username><authentication>{authentication}</authentication></outgoingServer>
        </emailProvider>{rest}</clientConfig>"
    )
}

#[tokio::test]
async fn an_address_at_a_known_provider_is_proposed_without_queries() {
    let world = World::with_dns(|_| ()).await;
    for (email, provider, server) in [
        (
            "a@gmail.com",
            Provider::Google,
            "smtp.gmail.com:587 starttls",
        ),
        (
            "a@hotmail.de",
            Provider::OutlookCom,
            "smtp-mail.outlook.com:587 starttls",
        ),
        (
            " a@ICLOUD.com ",
            Provider::Icloud,
            "smtp.mail.me.com:587 starttls",
        ),
        ("a@zoho.eu", Provider::Zoho, "smtp.zoho.eu:465 implicit_tls"),
    ] {
        let discovery = discover(&world, email).await;
        let proposal = only(&discovery);
        assert_eq!(proposal.source, DiscoverySource::Preset);
        assert_eq!(
            (proposal.provider, smtp(proposal).as_str()),
            (Some(provider), server)
        );
        assert_eq!(proposal.username, discovery.email);
        let wants_oauth = [Provider::Google, Provider::OutlookCom].contains(&provider);
        assert_eq!(proposal.oauth.is_some(), wants_oauth);
    }
    assert!(world.control().dns_queries().is_empty());
    for typed in ["", "a@b@c", "gmail.com"] {
        assert!(world.mailer.discovery.discover(typed).await.is_err());
    }
    assert_eq!(
        world.mailer.discovery.discover("").await,
        Err(AddressError::Required)
    );
}

#[tokio::test]
async fn the_provider_behind_the_mail_servers_is_proposed() {
    let world = World::with_dns(|_| ()).await;
    websites_only(&world);
    for (mx, expected) in [
        (
            &["1 ASPMX.L.GOOGLE.COM.", "5 alt1.aspmx.l.google.com."][..],
            "smtp.gmail.com:587 starttls",
        ),
        (
            &["0 sandbox-test.mail.protection.outlook.com."],
            "smtp.office365.com:587 starttls",
        ),
        (
            &["10 in1-smtp.messagingengine.com."],
            "smtp.fastmail.com:465 implicit_tls",
        ),
        (&["10 mx.zoho.in."], "smtp.zoho.in:465 implicit_tls"),
        // With a filter in front and a backup behind, the sending server is unknown.
        (&["1 filter.example.", "50 aspmx.l.google.com."], ""),
        (&["0 ."], ""),
        (&[], ""),
    ] {
        records(&world, &[("sandbox.test MX", mx)]);
        let discovery = discover(&world, ALICE).await;
        if expected.is_empty() {
            assert_eq!(
                (&discovery.proposals, &discovery.trouble),
                (&vec![], &vec![]),
                "{mx:?}"
            );
            continue;
        }
        let proposal = only(&discovery);
        assert_eq!(
            (proposal.source, smtp(proposal).as_str()),
            (DiscoverySource::Mx, expected)
        );
        assert!(
            mx[0].to_lowercase().contains(&proposal.evidence),
            "{proposal:?}"
        );
        assert!(!proposal.foreign);
    }
}

#[tokio::test]
async fn servers_named_in_dns_are_proposed_and_those_elsewhere_are_marked() {
    let world = World::with_dns(|_| ()).await;
    let sandbox = world.descriptor().clone();
    let discovery = discover(&world, ALICE).await;
    let proposal = only(&discovery);
    assert_eq!(proposal.source, DiscoverySource::Srv);
    assert_eq!(
        smtp(proposal),
        format!("localhost:{} implicit_tls", sandbox.smtp_tls_port)
    );
    assert_eq!(
        imap(proposal),
        format!("localhost:{} implicit_tls", sandbox.imap_tls_port)
    );
    assert!(proposal.foreign);
    assert_eq!(
        proposal.evidence,
        format!(
            "_submissions._tcp.sandbox.test SRV localhost:{}; _imaps._tcp.sandbox.test SRV localhost:{}",
            sandbox.smtp_tls_port, sandbox.imap_tls_port
        )
    );

    records(
        &world,
        &[
            ("_submissions._tcp.sandbox.test SRV", &["0 0 0 ."]),
            (
                "_submission._tcp.sandbox.test SRV",
                &[
                    "20 0 587 c.sandbox.test.",
                    "10 1 587 b.sandbox.test.",
                    "10 9 2587 a.sandbox.test.",
                ],
            ),
            ("_imaps._tcp.sandbox.test SRV", &["0 0 0 ."]),
            (
                "_imap._tcp.sandbox.test SRV",
                &["0 0 143 imap.sandbox.test."],
            ),
        ],
    );
    let discovery = discover(&world, ALICE).await;
    let proposal = only(&discovery);
    assert_eq!(smtp(proposal), "a.sandbox.test:2587 starttls");
    assert_eq!(imap(proposal), "imap.sandbox.test:143 starttls");
    assert!(!proposal.foreign);

    records(
        &world,
        &[
            (
                "_submission._tcp.sandbox.test SRV",
                &["0 0 587 smtp.gmail.com."],
            ),
            ("_imap._tcp.sandbox.test SRV", &[]),
        ],
    );
    let discovery = discover(&world, ALICE).await;
    let proposal = only(&discovery);
    assert_eq!(
        (proposal.provider, proposal.foreign),
        (Some(Provider::Google), false)
    );
    assert_eq!(
        proposal.oauth.as_ref().unwrap().scope,
        "https://mail.google.com/"
    );
}

#[tokio::test]
async fn the_settings_that_a_domain_publishes_are_proposed() {
    let (world, web) = with_web().await;
    let rest = "<oAuth2><issuer>id.sandbox.test</issuer><scope>mail offline_access</scope>\
        <authURL>https://id.sandbox.test/a</authURL><tokenURL>https://id.sandbox.test/t</tokenURL></oAuth2>";
    web.answer(
        WELL_KNOWN,
        XML,
        &document("smtp.sandbox.test", "OAuth2", rest),
    );
    let discovery = discover(&world, "a+b@sandbox.test").await;
    let proposal = only(&discovery);
    assert_eq!(proposal.source, DiscoverySource::Autoconfig);
    assert_eq!(smtp(proposal), "smtp.sandbox.test:587 starttls");
    assert_eq!(imap(proposal), "imap.sandbox.test:993 implicit_tls");
    assert_eq!(
        (proposal.username.as_str(), proposal.foreign),
        ("a+b", false)
    );
    let oauth = proposal.oauth.as_ref().unwrap();
    assert_eq!(oauth.token_endpoint, "https://id.sandbox.test/t");
    assert_eq!(oauth.scope, "mail offline_access");
    assert!(
        proposal.evidence.starts_with("https://sandbox.test:"),
        "{proposal:?}"
    );
    assert!(
        proposal
            .evidence
            .ends_with("/.well-known/autoconfig/mail/config-v1.1.xml")
    );
    assert!(discovery.trouble.is_empty());
    // Only the server for this purpose receives the address.
    let requested = [
        format!("{OWN}?emailaddress=a%2bb@sandbox.test"),
        WELL_KNOWN.to_owned(),
    ];
    assert_eq!(web.requested(), requested);
}

#[tokio::test]
async fn the_endpoints_of_an_issuer_come_from_the_issuer() {
    let (world, web) = with_web().await;
    let issuer = &world.descriptor().issuer;
    let rest = format!("<oAuth2><issuer>{issuer}</issuer><scope>mail</scope></oAuth2>");
    web.answer(OWN, XML, &document("smtp.sandbox.test", "OAuth2", &rest));
    let discovery = discover(&world, ALICE).await;
    let oauth = only(&discovery).oauth.as_ref().unwrap();
    assert_eq!(oauth.token_endpoint, world.descriptor().token_endpoint);
    assert_eq!((&oauth.issuer, oauth.scope.as_str()), (issuer, "mail"));

    // A server without OAuth support gets no OAuth proposal. Google's endpoints are known.
    web.answer(
        OWN,
        XML,
        &document("smtp.sandbox.test", "password-cleartext", &rest),
    );
    assert_eq!(only(&discover(&world, ALICE).await).oauth, None);
    let rest = "<oAuth2><issuer>accounts.google.com</issuer></oAuth2>";
    web.answer(OWN, XML, &document("smtp.sandbox.test", "OAuth2", rest));
    let oauth = only(&discover(&world, ALICE).await).oauth.clone().unwrap();
    assert_eq!(oauth.token_endpoint, "https://oauth2.googleapis.com/token");
}

#[tokio::test]
async fn identical_proposals_of_several_sources_are_merged() {
    let (world, web) = with_web().await;
    records(
        &world,
        &[
            (
                "_submission._tcp.sandbox.test SRV",
                &["0 0 587 smtp.sandbox.test."],
            ),
            (
                "_imaps._tcp.sandbox.test SRV",
                &["0 0 993 imap.sandbox.test."],
            ),
        ],
    );
    for place in [OWN, WELL_KNOWN] {
        web.answer(place, XML, &document("smtp.sandbox.test", "plain", ""));
    }
    let discovery = discover(&world, ALICE).await;
    assert_eq!(only(&discovery).source, DiscoverySource::Autoconfig);

    // Different servers give separate proposals, the most certain ones first.
    records(
        &world,
        &[
            ("sandbox.test MX", &["1 aspmx.l.google.com."]),
            (
                "_submission._tcp.sandbox.test SRV",
                &["0 0 2587 smtp.sandbox.test."],
            ),
        ],
    );
    let discovery = discover(&world, ALICE).await;
    let sources: Vec<_> = discovery.proposals.iter().map(|one| one.source).collect();
    let expected = [
        DiscoverySource::Mx,
        DiscoverySource::Autoconfig,
        DiscoverySource::Srv,
    ];
    assert_eq!(sources, expected);
}

#[tokio::test]
async fn an_offline_server_says_so_and_proposes_only_known_settings() {
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = nobody.local_addr().unwrap();
    drop(nobody);
    for (dns_silent, dns_fails) in [(true, false), (false, true), (false, false)] {
        let world = World::with_dns(|options| {
            short_timeouts(options);
            if !dns_silent && !dns_fails {
                options.dns_server = Some(closed);
            }
        })
        .await;
        world.control().set(Faults {
            dns_silent,
            dns_fails,
            ..Faults::default()
        });
        let began = Instant::now();
        let discovery = discover(&world, ALICE).await;
        assert!(began.elapsed() < Duration::from_secs(10));
        assert_eq!(discovery.proposals, []);
        assert_eq!(discovery.trouble, [DiscoveryProblem::Offline]);
        let discovery = discover(&world, "a@gmail.com").await;
        assert_eq!(only(&discovery).provider, Some(Provider::Google));
    }
}

#[tokio::test]
async fn a_nonexistent_domain_is_reported() {
    let world = World::with_dns(|_| ()).await;
    let discovery = discover(&world, "a@nowhere.example").await;
    assert_eq!(discovery.proposals, []);
    assert_eq!(discovery.trouble, [DiscoveryProblem::NoSuchDomain]);
}

#[tokio::test]
async fn thousands_of_servers_are_one_proposal() {
    let world = World::with_dns(|_| ()).await;
    websites_only(&world);
    for count in [1_000, 10_000] {
        let servers: Vec<_> = (0..count)
            .map(|i| format!("{i} 0 587 s{i}.sandbox.test."))
            .collect();
        let servers: Vec<_> = servers.iter().map(String::as_str).collect();
        records(&world, &[("_submission._tcp.sandbox.test SRV", &servers)]);
        let discovery = discover(&world, ALICE).await;
        // 10,000 records do not fit into one DNS response.
        assert!(discovery.proposals.len() <= 1);
        assert_eq!(
            discovery.proposals.is_empty(),
            !discovery.trouble.is_empty()
        );
    }
}

#[tokio::test]
async fn hostile_documents_are_left_unread() {
    let (world, web) = with_web().await;
    let bomb = "<!DOCTYPE x [<!ENTITY a \"&b;&b;&b;\"><!ENTITY b \"&a;\">]><clientConfig>&a;</clientConfig>";
    let outside = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><clientConfig/>";
    let huge = format!("<clientConfig>{}", " ".repeat(10 << 20));
    let deep = "<clientConfig>".to_owned() + &"<a>".repeat(60_000);
    for body in [
        bomb,
        outside,
        &huge,
        &deep,
        "\0\0",
        "<clientConfig>\0</clientConfig>",
        "",
    ] {
        web.answer(OWN, XML, body);
        let discovery = discover(&world, ALICE).await;
        assert_eq!(discovery.proposals, [], "{}", body.len());
        assert_eq!(
            discovery.trouble,
            [DiscoveryProblem::Unreadable],
            "{}",
            body.len()
        );
    }
    // A website that answers every path with an HTML page gives no information.
    web.answer(OWN, "text/html; charset=utf-8", "<!doctype html><p>Welcome");
    let discovery = discover(&world, ALICE).await;
    assert_eq!((discovery.proposals, discovery.trouble), (vec![], vec![]));

    let document = document("smtp.sandbox.test", "", "")
        .replace("STARTTLS", "plain")
        .replace("SSL", "plain");
    web.answer(OWN, XML, &document);
    assert_eq!(discover(&world, ALICE).await.proposals, []);

    web.raw(OWN, "");
    let discovery = discover(&world, ALICE).await;
    assert_eq!(discovery.trouble, [DiscoveryProblem::Timeout]);
}

#[tokio::test]
async fn a_domain_cannot_redirect_requests_elsewhere() {
    let (world, web) = with_web().await;
    let elsewhere = Endpoint::start(Behavior::Silent).await;
    for status in [301, 302, 307, 308] {
        let url = elsewhere.url();
        let answer =
            format!("HTTP/1.1 {status} Go\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n");
        web.raw(OWN, answer.as_str());
        web.raw(WELL_KNOWN, answer);
        let discovery = discover(&world, ALICE).await;
        assert_eq!((discovery.proposals, discovery.trouble), (vec![], vec![]));
    }
    assert_eq!((elsewhere.visits(), web.requested().len()), (0, 8));
}

#[tokio::test]
async fn a_server_without_a_certificate_for_the_domain_receives_nothing() {
    let web = Web::start(&["other.test"]).await;
    let world = World::with_dns(|options| {
        options.autoconfig_port = web.port;
        options.extra_roots.push(web.root.clone());
    })
    .await;
    websites_only(&world);
    web.answer(OWN, XML, &document("smtp.sandbox.test", "", ""));
    assert_eq!(discover(&world, ALICE).await.proposals, []);
    assert!(web.visits() > 0 && web.requested().is_empty());

    // Nor does one without TLS.
    let plain = Endpoint::start(Behavior::Answer("HTTP/1.1 200 OK\r\n\r\n".into())).await;
    let world = World::with_dns(|options| options.autoconfig_port = plain.port).await;
    websites_only(&world);
    assert_eq!(discover(&world, ALICE).await.proposals, []);
}

#[tokio::test]
async fn denied_networks_are_not_connected_to() {
    let web = Web::start(&["autoconfig.sandbox.test", "sandbox.test"]).await;
    let endpoint = Endpoint::start(Behavior::Silent).await;
    let world = World::with_dns(|options| {
        options.autoconfig_port = web.port;
        options.extra_roots.push(web.root.clone());
        options.denied = DeniedNetworks::default().and(["127.0.0.0/8".parse().unwrap()]);
    })
    .await;
    websites_only(&world);
    records(&world, &[("id.example.com A", &["169.254.169.254"])]);
    assert_eq!(discover(&world, ALICE).await.proposals, []);
    for issuer in [
        format!("http://127.0.0.1:{}", endpoint.port),
        "https://169.254.169.254".into(),
        "https://id.example.com".into(),
    ] {
        let denied = world.mailer.discovery.issuer(&issuer).await;
        assert_eq!(denied, Err(IssuerProblem::Denied), "{issuer}");
    }
    assert_eq!((web.visits(), endpoint.visits()), (0, 0));
}

#[tokio::test]
async fn an_issuer_publishes_its_endpoints() {
    let world = World::with_dns(|_| ()).await;
    let sandbox = world.descriptor();
    for issuer in [sandbox.issuer.clone(), format!(" {}/ ", sandbox.issuer)] {
        let document = world.mailer.discovery.issuer(&issuer).await.unwrap();
        assert_eq!(document.oauth.issuer, sandbox.issuer);
        assert_eq!(
            document.oauth.authorization_endpoint,
            sandbox.authorization_endpoint
        );
        assert_eq!(document.oauth.token_endpoint, sandbox.token_endpoint);
        assert_eq!(document.scopes.join(" "), sandbox.scope);
        assert!(
            document
                .url
                .ends_with("/.well-known/oauth-authorization-server")
        );
    }
    let queries = world.control().dns_queries();
    let google = world
        .mailer
        .discovery
        .issuer("https://accounts.google.com")
        .await;
    assert_eq!(google.unwrap().url, "");
    assert_eq!(world.control().dns_queries(), queries);
}

#[tokio::test]
async fn an_issuer_with_a_path_is_found_at_each_metadata_url_and_not_confused_with_another() {
    let web = Web::start(&["id.example.com"]).await;
    let world = World::with_dns(|options| options.extra_roots.push(web.root.clone())).await;
    records(&world, &[("id.example.com A", &["127.0.0.1"])]);
    let origin = format!("https://id.example.com:{}", web.port);
    let issuer = format!("{origin}/realms/a");
    let of = |issuer: &str| {
        format!(
            "{{\"issuer\":\"{issuer}\",\"authorization_endpoint\":\"{origin}/a\",\"token_endpoint\":\"{origin}/t\"}}"
        )
    };
    let places = [
        "id.example.com/.well-known/oauth-authorization-server/realms/a",
        "id.example.com/.well-known/openid-configuration/realms/a",
        "id.example.com/realms/a/.well-known/openid-configuration",
    ];
    let nothing = world.mailer.discovery.issuer(&issuer).await;
    assert_eq!(nothing, Err(IssuerProblem::NoDocument));
    assert_eq!(web.requested(), places);
    let other = format!("{origin}/realms/b");
    for place in places {
        web.answer(place, "application/json", &of(&issuer));
        let document = world.mailer.discovery.issuer(&issuer).await.unwrap();
        assert_eq!(document.oauth.token_endpoint, format!("{origin}/t"));
        assert_eq!(
            document.url,
            format!("https://{place}").replace(".com/", &format!(".com:{}/", web.port))
        );
        web.answer(place, "application/json", &of(&other));
        let trouble = world.mailer.discovery.issuer(&issuer).await;
        assert_eq!(trouble, Err(IssuerProblem::OtherIssuer(other.clone())));
        web.raw(place, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
}

#[tokio::test]
async fn failures_of_an_issuer_are_distinguished() {
    let world = World::with_dns(|options| {
        options.timeouts.token = Duration::from_millis(500);
    })
    .await;
    let json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
    for (behavior, expected) in [
        (Behavior::Silent, IssuerProblem::Timeout),
        (Behavior::Drip(json.into()), IssuerProblem::Timeout),
        (
            Behavior::Answer(format!("{json}[]")),
            IssuerProblem::Unreadable,
        ),
        (
            Behavior::Answer(format!("{json}{}", "[".repeat(100_000))),
            IssuerProblem::Unreadable,
        ),
        (
            Behavior::Answer(format!("{json}\0")),
            IssuerProblem::Unreadable,
        ),
        (
            Behavior::Answer(format!("{json}{}", " ".repeat(1 << 20))),
            IssuerProblem::Unreadable,
        ),
        (Behavior::Endless(json.into()), IssuerProblem::Unreadable),
        (
            Behavior::Answer("HTTP/1.1 302 Go\r\nLocation: /x\r\n\r\n".into()),
            IssuerProblem::NoDocument,
        ),
        (
            Behavior::Answer("no HTTP".into()),
            IssuerProblem::Unreachable,
        ),
    ] {
        let endpoint = Endpoint::start(behavior.clone()).await;
        let issuer = format!("http://127.0.0.1:{}", endpoint.port);
        let trouble = world.mailer.discovery.issuer(&issuer).await;
        assert_eq!(trouble, Err(expected), "{issuer}");
    }
    for (issuer, error) in [
        ("", UrlError::Required),
        ("id.example.com", UrlError::NotAUrl),
        ("http://id.example.com", UrlError::UrlNotHttps),
        ("https://id.example.com/?a=b", UrlError::NotAUrl),
        ("https://id.example.com/#a", UrlError::UrlHasFragment),
        ("https://a:b@id.example.com/", UrlError::UrlHasCredentials),
    ] {
        let trouble = world.mailer.discovery.issuer(issuer).await;
        assert_eq!(trouble, Err(IssuerProblem::NotAnIssuer(error)), "{issuer}");
    }
    let nowhere = world
        .mailer
        .discovery
        .issuer("https://nowhere.example.com")
        .await;
    assert_eq!(nowhere, Err(IssuerProblem::Unreachable));
}

#[tokio::test]
async fn the_sandbox_is_proposed_where_it_runs() {
    let preset = domain::Preset {
        provider: Provider::Sandbox,
        smtp_host: "localhost".into(),
        smtp_port: 4_587,
        security: Security::StartTls,
        imap: None,
        authentication: domain::PresetAuthentication::None,
    };
    let world = World::with_dns(|options| options.sandbox = Some(preset)).await;
    let discovery = discover(&world, ALICE).await;
    let sources: Vec<_> = discovery.proposals.iter().map(|one| one.source).collect();
    assert_eq!(sources, [DiscoverySource::Preset, DiscoverySource::Srv]);
}
