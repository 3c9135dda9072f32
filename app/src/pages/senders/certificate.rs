//! The certificate of the SMTP server, for import into devices.

use domain::UnixTime;
use leptos::{either::Either, prelude::*};

use crate::{paths, smtp_listeners::ListenerCertificate, ui::when::When};

/// Seconds before its expiry at which a certificate causes a warning.
const EXPIRES_SOON: i64 = 30 * 86_400;

/// Names and expiry, and the link that downloads it.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Certificate(certificate: ListenerCertificate, now: UnixTime) -> impl IntoView {
    let ends_soon = certificate
        .expires_at
        .is_some_and(|end| end < now.plus(EXPIRES_SOON));
    let expires = match certificate.expires_at {
        Some(at) => Either::Left(view! { <When at /> }),
        None => Either::Right("unknown"),
    };
    let origin = if certificate.is_self_signed {
        "Mailgrant made this certificate, so devices that verify certificates do not trust it yet. Download it and import it into the device as a trusted certificate, often under Security, Certificates, CA."
    } else {
        "This certificate was configured. A device that does not trust its issuer needs the certificate of the issuer, or this one, as a trusted certificate."
    };
    view! {
        <div class="part" id="certificate">
            <h3>"Certificate"</h3>
            <dl class="facts">
                <dt>"Names"</dt>
                <dd>{certificate.names.join(", ")}</dd>
                <dt>"Expires"</dt>
                <dd>{expires}</dd>
            </dl>
            {ends_soon
                .then(|| {
                    view! {
                        <p class="warning">
                            "Devices reject a certificate that has expired. Replace the files; Mailgrant reloads them."
                        </p>
                    }
                })}
            <p class="help">
                {origin} " The device has to connect to one of the names."
            </p>
            <div>
                <a href=paths::SmtpCertificate::PATH rel="external" class="button quiet" download>
                    "Download certificate"
                </a>
            </div>
        </div>
    }
}
