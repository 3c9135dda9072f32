//! Start page for users.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use crate::faults::Faults;
use crate::html::{escape, page};
use crate::record::ReceivedMessage;
use crate::scenario::{self, Scenario, scenarios};
use crate::state;

pub(crate) async fn show(State(state): State<Arc<state::State>>) -> Html<String> {
    let descriptor = &state.descriptor;
    let (faults, messages) = {
        let inner = state.lock();
        (inner.faults.clone(), inner.messages.clone())
    };
    let rows = [
        ("SMTP host", descriptor.smtp_host.clone()),
        (
            "SMTP port, STARTTLS",
            descriptor.smtp_starttls_port.to_string(),
        ),
        ("SMTP port, TLS", descriptor.smtp_tls_port.to_string()),
        ("Client ID", descriptor.client_id.clone()),
        ("Client secret", descriptor.client_secret.clone()),
        (
            "Authorization endpoint",
            descriptor.authorization_endpoint.clone(),
        ),
        ("Token endpoint", descriptor.token_endpoint.clone()),
        (
            "Revocation endpoint",
            descriptor.revocation_endpoint.clone(),
        ),
        ("Scope", descriptor.scope.clone()),
    ];
    let mut settings = String::new();
    for (name, value) in rows {
        let _ = write!(settings, "<dt>{name}</dt><dd>{}</dd>", escape(&value));
    }
    let mut accounts = String::new();
    for account in &descriptor.accounts {
        let _ = write!(
            accounts,
            "<dt>{}</dt><dd>{}</dd>",
            escape(&account.address),
            escape(&account.password)
        );
    }
    page(
        "Overview",
        &format!(
            "<h1>Sandbox mail provider</h1>\
             <p>Signs accounts in over OAuth 2.0, takes mail over SMTP and keeps it in memory. \
             Nothing leaves this machine.</p>\
             <h2>Mail received</h2>{messages}\
             <h2>What to type</h2><dl>{settings}</dl>\
             <h2>Accounts</h2><dl>{accounts}</dl>\
             <h2>Faults</h2>{faults}\
             <h2>As JSON</h2><p><a href=/descriptor>descriptor</a>, <a href=/messages>messages</a>, \
             <a href=/control/faults>faults</a>, <a href=/scenarios>scenarios</a>, <a href=/control/log>log</a></p>",
            messages = message_table(&messages),
            faults = fault_forms(&faults),
        ),
    )
}

fn message_table(messages: &[ReceivedMessage]) -> String {
    if messages.is_empty() {
        return "<p class=faint>None yet.</p>".to_owned();
    }
    let mut rows = String::new();
    for message in messages.iter().rev() {
        let _ = write!(
            rows,
            "<tr><td><a href=\"/messages/{}\">{}</a></td><td>{}</td><td>{}</td></tr>",
            escape(&message.id),
            escape(message.subject.as_deref().unwrap_or("(no subject)")),
            escape(&message.from),
            escape(&message.to.join(", ")),
        );
    }
    format!(
        "<table><thead><tr><th scope=col>Subject</th><th scope=col>From</th>\
         <th scope=col>To</th></tr></thead><tbody>{rows}</tbody></table>"
    )
}

fn fault_forms(faults: &Faults) -> String {
    let chosen = scenario::current(faults);
    let mut options = String::new();
    let mut group = "";
    for scenario in scenarios() {
        if scenario.group != group {
            let end = if group.is_empty() { "" } else { "</optgroup>" };
            group = scenario.group;
            let _ = write!(options, "{end}<optgroup label=\"{}\">", escape(group));
        }
        let selected = chosen.as_ref() == Some(&scenario);
        let _ = write!(
            options,
            "<option value=\"{}\"{}>{}</option>",
            escape(scenario.name),
            if selected { " selected" } else { "" },
            escape(scenario.title)
        );
    }
    options.push_str("</optgroup>");
    let hint = chosen.as_ref().map_or_else(String::new, Scenario::hint);
    let title = chosen.map_or("Faults set by hand", |chosen| chosen.title);
    let changed = serde_json::to_string_pretty(&scenario::changed(faults)).unwrap_or_default();
    let state = if *faults == Faults::default() {
        format!("<p>{}.</p>", escape(title))
    } else {
        format!(
            "<p>In force: <strong>{}</strong>. {}</p><pre>{}</pre>",
            escape(title),
            escape(&hint),
            escape(&changed)
        )
    };
    format!(
        "{state}<form method=post action=/control/scenario>\
         <label for=name>Let this happen</label><select id=name name=name>{options}</select>\
         <button type=submit>Set</button></form><div class=row>\
         <form method=post action=/control/expire><button class=plain>Expire access tokens</button></form>\
         <form method=post action=/control/revoke><button class=plain>Revoke all grants</button></form>\
         <form method=post action=/control/reset><button class=plain>Forget everything</button></form>\
         </div>"
    )
}
