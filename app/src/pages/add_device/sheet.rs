//! The last step: the sheet to copy or print.

use domain::{ListenerReason, Security, SenderUser, SubmissionListener};
use leptos::prelude::*;
use wording::{RecipeBlock, RecipeBody, RecipeValues};

use super::{AddedDevice, problems::Problems, wait::WaitForDevice};
use crate::{
    api::DevicePage,
    paths,
    ui::{
        banner::{Banner, Tone},
        copy::CopyButton,
    },
};

/// The values of the new sender and the configuration of its program.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn DeviceSheet(page: DevicePage, added: AddedDevice) -> impl IntoView {
    let networks = added.sender.settings.networks.clone();
    let service = page.submission.or_suggested();
    let chosen = service.choose(added.kind, &networks);
    let (id, kind) = (added.sender.id.clone(), added.kind);
    let note = if added.password.is_some() {
        "Copy or print this page now. The password is not shown again."
    } else {
        "It signs in with its address. It needs no password."
    };
    let body = chosen.map(|chosen| {
        let host = service.host_for(chosen.listener);
        let is_self_signed = service.own_certificate.is_some();
        let others = service.listeners.iter();
        let others = others.filter(|one| *one != chosen.listener && !one.is_local());
        let others: Vec<_> = others.map(other_port).collect();
        let reason = chosen.reason;
        values_and_recipe(
            &added,
            host,
            chosen.listener,
            is_self_signed,
            reason,
            &others.join("; "),
        )
    });
    view! {
        <div class="not-printed">
            <Banner tone=Tone::Good title="The device was added">
                <p>{note}</p>
            </Banner>
            <Problems service=page.submission.clone() kind networks />
        </div>
        {body}
        <WaitForDevice sender=id />
        <p class="choices not-printed">
            <a class="button quiet" href=paths::AddDevice::PATH rel="external">
                "Add another device"
            </a>
        </p>
    }
}

fn other_port(listener: &SubmissionListener) -> String {
    let security = wording::encryption(listener.security);
    format!("port {}, {security}", listener.address.port())
}

fn values_and_recipe(
    added: &AddedDevice,
    host: &str,
    listener: &SubmissionListener,
    is_self_signed: bool,
    reason: ListenerReason,
    others: &str,
) -> impl IntoView + use<> {
    let user = added.sender.user.as_ref().map(SenderUser::as_str);
    let values = RecipeValues {
        name: added.sender.name.as_str(),
        host,
        port: listener.address.port(),
        security: listener.security,
        credentials: user.zip(added.password.as_deref()),
        from: &added.from,
        is_self_signed,
    };
    let fields = wording::recipe_fields(&values);
    let blocks = wording::recipe(added.kind, &values);
    let trusts = is_self_signed && listener.security != Security::Plaintext;
    let certificate = trusts.then(|| wording::certificate_help(added.kind));
    let others = (!others.is_empty()).then(|| format!("Also possible: {others}."));
    view! {
        <section class="card sheet" id="sheet" aria-labelledby="values-title">
            <h2 id="values-title">"Values"</h2>
            <Fields prefix="value".to_owned() fields />
            <p class="help">
                {wording::listener_reason(reason)} " " {others} " " {wording::device_rule(added.kind)}
            </p>
        </section>
        {blocks
            .into_iter()
            .enumerate()
            .map(|(number, block)| view! { <Block number block /> })
            .collect_view()}
        {certificate
            .map(|[better, worse]| {
                view! {
                    <section class="card sheet" aria-labelledby="certificate-title">
                        <h2 id="certificate-title">"Certificate"</h2>
                        <p>
                            "Mailgrant made its certificate itself, so programs that check it do not know it. The file is smtp-certificate.pem in the data directory."
                        </p>
                        <p>{better}</p>
                        <p class="help">{worse}</p>
                    </section>
                }
            })}
    }
}

/// Labels with values and a button to copy each.
#[component]
fn Fields(prefix: String, fields: Vec<(&'static str, String)>) -> impl IntoView {
    let row = |(number, (label, value)): (usize, (&'static str, String))| {
        let id = format!("{prefix}-{number}");
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <code id=id.clone()>{value}</code>
                    <CopyButton of=id what=label />
                </dd>
            </div>
        }
    };
    view! { <dl class="values">{fields.into_iter().enumerate().map(row).collect_view()}</dl> }
}

#[component]
fn Block(number: usize, block: RecipeBlock) -> impl IntoView {
    let id = format!("recipe-{number}");
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    let body = match block.body {
        RecipeBody::Fields(fields) => view! { <Fields prefix=id fields /> }.into_any(),
        RecipeBody::Text(text) => view! {
            <div class="snippet">
                <pre id=id.clone() tabindex="0">
                    {text}
                </pre>
                <CopyButton of=id what=block.title />
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="card sheet" aria-labelledby=labelled_by>
            <h2 id=title_id>{block.title}</h2>
            <p class="help">{block.help}</p>
            {body}
        </section>
    }
}
