//! Section "Accounts": the list, and adding one.

use domain::{Account, AccountId, Role, access::AccessField};
use leptos::prelude::*;

use super::{PATH, account_row::AccountRow};
use crate::ui::{
    entry::{Entry, EntryKind, Wrong},
    sheet::{Sheet, SheetProblem},
};

/// The accounts. `own` is the one that looks.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Accounts(accounts: Vec<Account>, own: AccountId, add: Sheet, row: Sheet) -> impl IntoView {
    let rows = accounts
        .into_iter()
        .map(|account| {
            let is_own = account.id == own;
            let sheet = row.clone().about(account.id.as_str());
            view! { <AccountRow account is_own sheet /> }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="accounts-title">
            <h2 id="accounts-title">"Accounts"</h2>
            <table class="stacked" role="table" id="accounts">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader">"Account"</th>
                        <th role="columnheader">"Role"</th>
                        <th role="columnheader">
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            <AddAccount sheet=add />
        </section>
    }
}

#[component]
fn AddAccount(sheet: Sheet) -> impl IntoView {
    let chosen = Role::from_code(&sheet.typed("role")).unwrap_or(Role::Viewer);
    let error = sheet.error(AccessField::Role);
    let roles_id = sheet.id_of("role");
    let option = |role: Role| {
        view! {
            <label class="radio">
                <input type="radio" name="role" value=role.code() checked=role == chosen />
                <span>
                    <strong>{wording::role(role)}</strong>
                    " "
                    {wording::role_help(role)}
                </span>
            </label>
        }
    };
    view! {
        <form method="post" action=PATH class="part" id="add-account" aria-labelledby="add-account-title">
            <h3 id="add-account-title">"Add an account"</h3>
            <SheetProblem sheet=sheet.clone() />
            <Entry
                sheet=sheet.clone()
                field=AccessField::Name
                label="User name"
                kind=EntryKind::NAME
                help="Letters, digits and . _ - + @. An email address is good."
            />
            <fieldset class="field choice" aria-describedby=sheet.described_by(AccessField::Role, false)>
                <legend>"Role"</legend>
                <div class="radios one-each">
                    {Role::ALL.iter().copied().map(option).collect_view()}
                </div>
                <Wrong id=roles_id error />
            </fieldset>
            <div>
                <button name="do" value="add_account" class="button">
                    "Add account"
                </button>
            </div>
            <p class="help">
                "You get a link for them, with which they choose their own password."
            </p>
        </form>
    }
}
