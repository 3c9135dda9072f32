//! Section "Listeners": where the SMTP server accepts mail, and its certificate.

use domain::UnixTime;
use leptos::{either::Either, prelude::*};

use super::certificate::Certificate;
use crate::smtp_listeners::{ListenerCertificate, ListenerMode, SmtpListener};

/// The listeners, each with its warnings.
#[component]
pub fn Listeners(
    listeners: Vec<SmtpListener>,
    certificate: Option<ListenerCertificate>,
    now: UnixTime,
) -> impl IntoView {
    let is_off = listeners.is_empty();
    let is_reachable = listeners.iter().any(|listener| !listener.is_local());
    let items = listeners
        .into_iter()
        .map(|listener| view! { <Listener listener /> })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="listeners-title">
            <h2 id="listeners-title">"Listeners"</h2>
            {if is_off {
                Either::Left(
                    view! {
                        <p class="empty">
                            "Mail is not accepted over SMTP. Turn it on with the setting " <code>"smtp_listeners"</code> "."
                        </p>
                    },
                )
            } else {
                Either::Right(
                    view! {
                        <p class="help">
                            "Devices and programs connect to one of these addresses. Change them with the setting "
                            <code>"smtp_listeners"</code> "."
                        </p>
                        <ul class="alerts" id="listeners">
                            {items}
                        </ul>
                    },
                )
            }}
            {is_reachable
                .then(|| {
                    view! {
                        <p class="help">
                            "Behind NAT, a proxy, or Docker's port forwarding, all clients may have one address. A sender with this address would let all of them send. Use user names and passwords there."
                        </p>
                    }
                })}
            {certificate.map(|certificate| view! { <Certificate certificate now /> })}
        </section>
    }
}

#[component]
fn Listener(listener: SmtpListener) -> impl IntoView {
    let is_local = listener.is_local();
    let may_connect = match (listener.networks.is_empty(), is_local) {
        (_, true) => "Only programs on this machine.".to_owned(),
        (true, false) => "All addresses.".to_owned(),
        (false, false) => [&*listener.networks.join(", "), "."].concat(),
    };
    let mode = match listener.mode {
        ListenerMode::StartTls => "STARTTLS",
        ListenerMode::Tls => "TLS from the start (also called SSL or SMTPS)",
        ListenerMode::Plain => "None",
    };
    let is_readable = listener.mode == ListenerMode::Plain && !is_local;
    view! {
        <li>
            <h3>{listener.address.to_string()}</h3>
            {listener
                .problem
                .map(|problem| {
                    view! {
                        <p class="warning">
                            "Mailgrant does not listen here: " {problem}
                            ". Choose another address or port with " <code>"smtp_listeners"</code>
                            ", and restart the server."
                        </p>
                    }
                })}
            <dl class="facts">
                <dt>"Encryption"</dt>
                <dd>{mode}</dd>
                <dt>"May connect"</dt>
                <dd>{may_connect}</dd>
            </dl>
            {is_readable
                .then(|| {
                    view! {
                        <p class="warning">
                            "Others on the network can read passwords and mail. Use this listener only for devices without TLS 1.2."
                        </p>
                    }
                })}
        </li>
    }
}
