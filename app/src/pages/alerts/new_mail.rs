//! Section "New mail": webhooks that receive a request for each mail in an email box.

use domain::{DataCenter, alert::AlertField};
use leptos::prelude::*;

use crate::{
    api::InboundWebhookShown,
    form::{
        FormView,
        input::{InputField, InputKind},
    },
    paths,
    ui::when::When,
};

/// The inbound-mail webhook of each data center.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn NewMail(
    hooks: Vec<(DataCenter, Option<InboundWebhookShown>)>,
    may_edit: bool,
    form: FormView<AlertField>,
) -> impl IntoView {
    let rows = hooks
        .into_iter()
        .map(|(data_center, hook)| {
            let form = form.of_row(data_center.id.as_str());
            view! { <Row data_center hook may_edit form /> }
        })
        .collect_view();
    view! {
        <section class="card" id="new-mail" aria-labelledby="new-mail-title">
            <h2 id="new-mail-title">"New mail"</h2>
            <p class="help">
                "Mailgrant can post a request to a webhook for each mail that arrives in the email box of a data center. \
                The request contains the sender, the subject, and the number of the mail, but not its content."
            </p>
            <ul class="alerts">{rows}</ul>
        </section>
    }
}

#[component]
fn Row(
    data_center: DataCenter,
    hook: Option<InboundWebhookShown>,
    may_edit: bool,
    form: FormView<AlertField>,
) -> impl IntoView {
    let DataCenter { id, name, .. } = data_center;
    let (id, name) = (id.to_string(), name.to_string());
    let has_hook = hook.is_some();
    let stands = match hook {
        None => view! { <p class="empty">"No webhook."</p> }.into_any(),
        Some(hook) => view! {
            <p>{["Webhook at ", &hook.host, ". Signed. URL and secret are saved."].concat()}</p>
            {hook
                .failing
                .map(|(failure, since)| {
                    view! {
                        <p>
                            "Deliveries have failed since " <When at=since /> ". "
                            {wording::webhook_failure(&failure)} " Mailgrant retries until one succeeds."
                        </p>
                    }
                })}
        }
        .into_any(),
    };
    let forms = may_edit.then(|| {
        let open = !form.wrong_fields().is_empty();
        let change = if has_hook { "Change" } else { "Set up" };
        let remove = has_hook.then(|| {
            view! {
                <details class="confirm">
                    <summary aria-label=["Remove the webhook for new mail of ", &name].concat()>
                        "Remove"
                    </summary>
                    <form method="post" action=paths::AlertSettings::PATH>
                        <p class="help">"Mailgrant stops posting new mail to this webhook, including mail whose delivery is being retried."</p>
                        <input type="hidden" name="data_center" value=id.clone() />
                        <button name="do" value="remove_inbound_webhook" class="button danger">
                            "Remove the webhook"
                        </button>
                    </form>
                </details>
            }
        });
        view! {
            <div class="channel-forms">
                <details open=open>
                    <summary aria-label=[change, " the webhook for new mail of ", &name].concat()>
                        {change}
                    </summary>
                    <form method="post" action=paths::AlertSettings::PATH class="part">
                        <input type="hidden" name="data_center" value=id.clone() />
                        <InputField
                            form=form.clone()
                            field=AlertField::Url
                            label=wording::alert_field_label(AlertField::Url)
                            kind=InputKind::SECRET
                            help="The https URL that new mail is posted to. It is stored encrypted, and only its host is shown."
                        />
                        <InputField
                            form
                            field=AlertField::Secret
                            label=wording::alert_field_label(AlertField::Secret)
                            kind=InputKind::SECRET
                            help="whsec_ followed by 24 to 64 random bytes in base64. It is stored encrypted and never shown."
                        />
                        <div>
                            <button name="do" value="save_inbound_webhook" class="button">
                                "Save"
                            </button>
                        </div>
                    </form>
                </details>
                {remove}
            </div>
        }
    });
    view! {
        <li class="channel">
            <h3>{name.clone()}</h3>
            {stands}
            {forms}
        </li>
    }
}
