//! Scenarios of failures before AUTH.

use super::{
    Action::{Check, Test},
    RequiredSettings::{ImplicitTls, NamedHost, Nothing, PlainNoSignIn, Tls13},
    Row,
};

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Row] = &[
    ("no_host", "The SMTP host does not exist (NXDOMAIN)", r#"{"dns": {"smtp.sandbox.test A": []}}"#, Test, NamedHost, "host_not_found"),
    ("host_dns_silent", "The name server never answers for the SMTP host", r#"{"dns_silent": true, "dns": {"smtp.sandbox.test A": ["127.0.0.1"]}}"#, Test, NamedHost, "host_lookup_timeout"),
    ("host_dns_fails", "The name server fails for the SMTP host (SERVFAIL)", r#"{"dns_fails": true, "dns": {"smtp.sandbox.test A": ["127.0.0.1"]}}"#, Test, NamedHost, "host_lookup_failed"),
    ("host_dns_refuses", "The name server refuses to answer for the SMTP host (REFUSED)", r#"{"dns_refuses": true, "dns": {"smtp.sandbox.test A": ["127.0.0.1"]}}"#, Test, NamedHost, "host_lookup_refused"),
    ("host_dns_closed", "No name server listens for the SMTP host", r#"{"dns_closed": true, "dns": {"smtp.sandbox.test A": ["127.0.0.1"]}}"#, Test, NamedHost, "host_lookup_no_server"),
    ("plaintext_on_tls_port", "The port for TLS speaks plain text (587 taken for 465)", r#"{"plaintext_on_tls_port": true}"#, Test, ImplicitTls, "plaintext_on_tls_port"),
    ("tls_on_starttls_port", "The port for STARTTLS speaks TLS (465 taken for 587)", r#"{"tls_on_starttls_port": true}"#, Test, Nothing, "tls_on_plaintext_port"),
    ("no_starttls", "STARTTLS is not offered", r#"{"offer_starttls": false}"#, Test, Nothing, "starttls_not_offered"),
    ("tls_1_2_only", "TLS 1.2 only", r#"{"max_tls": "1.2"}"#, Test, Tls13, "tls_version"),
    ("tls_cut", "The connection ends in the TLS handshake, as at Dovecot with another version", r#"{"tls_cut": true}"#, Test, Nothing, "tls_failed"),
    ("old_tls", "TLS 1.1 and older only", r#"{"old_tls": true}"#, Test, Nothing, "tls_server_too_old"),
    ("tls_too_old", "Answer like Microsoft to TLS 1.0 (421 4.7.66)", r#"{"replies": [{"stage": "greeting", "reply": "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade/update your client to support TLS 1.2."}]}"#, Test, Nothing, "tls_too_old"),
    ("wrong_name", "The certificate is for another name", r#"{"certificate": "wrong_name"}"#, Test, Nothing, "certificate_other_name"),
    ("expired", "The certificate has expired", r#"{"certificate": "expired"}"#, Test, Nothing, "certificate_expired"),
    ("unknown_ca", "The certificate is of an unknown authority", r#"{"certificate": "unknown_ca"}"#, Test, Nothing, "certificate_issuer_unknown"),
    ("for_clients", "The certificate is not for servers", r#"{"certificate": "for_clients"}"#, Test, Nothing, "certificate_refused"),
    ("ends_soon", "The certificate ends in twenty days", r#"{"certificate": "ends_soon"}"#, Check, Nothing, "certificate_ends_soon"),
    ("silent_greeting", "The server says nothing", r#"{"silent_at": "greeting"}"#, Test, Nothing, "timeout"),
    ("cut_greeting", "The server closes the connection immediately", r#"{"cut_at": "greeting"}"#, Test, Nothing, "connection_closed"),
    ("not_smtp", "Something else than SMTP answers", r#"{"replies": [{"stage": "greeting", "reply": "SSH-2.0-OpenSSH_9.2p1 Debian-2"}]}"#, Test, Nothing, "not_smtp"),
    ("busy", "Too many connections, at the greeting (421)", r#"{"replies": [{"stage": "greeting", "reply": "421 4.7.0 Too many connections, try again later."}]}"#, Test, Nothing, "too_many_connections"),
    ("ehlo_name", "The name in EHLO is rejected (504)", r#"{"replies": [{"stage": "ehlo", "reply": "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname"}]}"#, Test, Nothing, "ehlo_name_refused"),
    ("no_ehlo", "EHLO is not known (500)", r#"{"replies": [{"stage": "ehlo", "reply": "500 5.5.1 Command unrecognized", "times": 1}], "authentication_required": false}"#, Test, PlainNoSignIn, ""),
    ("tls_required", "Mail is accepted over TLS only (530 5.7.0)", r#"{"replies": [{"stage": "mail", "reply": "530 5.7.0 Must issue a STARTTLS command first"}], "authentication_required": false}"#, Test, PlainNoSignIn, "tls_required"),
    ("blocklisted_greeting", "The address is on a blocklist, after the first line of the greeting (220, 521)", r#"{"replies": [{"stage": "greeting", "reply": "220-localhost ESMTP sandbox\r\n521 5.7.1 Service unavailable; client [192.0.2.1] blocked using zen.spamhaus.org"}]}"#, Test, Nothing, "blocklisted"),
    ("google_busy", "Answer like Google when it is asked too fast (421 4.7.0)", r#"{"replies": [{"stage": "greeting", "reply": "421 4.7.0 Try again later, closing connection. sandbox - gsmtp"}]}"#, Test, Nothing, "temporary"),
];
