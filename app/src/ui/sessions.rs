//! A list of sessions.

use domain::{Session, SessionId};
use leptos::prelude::*;

use crate::ui::when::When;

/// The sessions. `own` is the one of this browser; `path` the page that ends them; `of_all`: of all accounts, so it is told
/// whose they are.
#[component]
pub fn SessionTable(
    sessions: Vec<Session>,
    own: SessionId,
    path: &'static str,
    #[prop(optional)] of_all: bool,
) -> impl IntoView {
    let row = move |session: Session| {
        let is_own = session.id == own;
        let agent = if session.agent.is_empty() {
            "Unknown browser".to_owned()
        } else {
            session.agent
        };
        let account = session.account.to_string();
        let end = ["End the session of ", &account, " from ", &session.address].concat();
        view! {
            <tr role="row">
                {of_all
                    .then(|| {
                        view! {
                            <td role="cell" data-label="Account">
                                {account}
                            </td>
                        }
                    })}
                <td role="cell" data-label="Browser">
                    <span class="agent">{agent}</span>
                    {is_own.then(|| view! { <span class="badge">"this one"</span> })}
                </td>
                <td role="cell" data-label="Address">
                    {session.address}
                </td>
                <td role="cell" data-label="Since">
                    <When at=session.created_at />
                </td>
                <td role="cell" data-label="Last used">
                    <When at=session.seen_at />
                </td>
                <td role="cell" class="act">
                    {(!is_own)
                        .then(|| {
                            view! {
                                <form method="post" action=path>
                                    <input type="hidden" name="id" value=session.id.as_str().to_owned() />
                                    <button name="do" value="end_session" class="button quiet" aria-label=end>
                                        "End"
                                    </button>
                                </form>
                            }
                        })}
                </td>
            </tr>
        }
    };
    view! {
        <table class="stacked" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    {of_all.then(|| view! { <th role="columnheader">"Account"</th> })}
                    <th role="columnheader">"Browser"</th>
                    <th role="columnheader">"Address"</th>
                    <th role="columnheader">"Since"</th>
                    <th role="columnheader">"Last used"</th>
                    <th role="columnheader">
                        <span class="visually-hidden">"End"</span>
                    </th>
                </tr>
            </thead>
            <tbody role="rowgroup">{sessions.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}
