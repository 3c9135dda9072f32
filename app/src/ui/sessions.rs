//! A list of sessions.

use domain::{Session, SessionId};
use leptos::prelude::*;

use crate::ui::when::When;

/// The sessions. `own` is that of this browser, and `path` the page that ends them. With `of_all`,
/// they belong to all accounts, and the account is shown.
#[component]
pub fn SessionTable(
    sessions: Vec<Session>,
    own: SessionId,
    path: &'static str,
    #[prop(optional)] of_all: bool,
) -> impl IntoView {
    let row = move |session: Session| {
        let is_own = session.id == own;
        let account = session.account.to_string();
        let end = ["End the session of ", &account, " from ", &session.address].concat();
        view! {
            <tr role="row">
                <th role="rowheader" scope="row">
                    {of_all.then(|| view! { <span class="account-name">{account}</span> })}
                    <bdi class="agent" title=session.agent.clone()>
                        {wording::browser(&session.agent)}
                    </bdi>
                    {is_own.then(|| view! { <span class="badge">"this session"</span> })}
                </th>
                <td role="cell" class="address" data-label="Address">
                    {session.address}
                </td>
                <td role="cell" data-label="Last used">
                    <span>
                        <When at=session.seen_at />
                        <span class="help since">"since " <When at=session.created_at /></span>
                    </span>
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
                    <th role="columnheader">
                        {if of_all { "Account and browser" } else { "Browser" }}
                    </th>
                    <th role="columnheader">"Address"</th>
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
