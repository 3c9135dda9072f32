//! Section "Accounts": the list, and the form that adds one.

use domain::{Account, AccountId, Role, access::AccessField};
use leptos::prelude::*;

use super::account_row::AccountRow;
use crate::{
    form::{
        FormView, ProblemBanner,
        input::{InputField, InputKind, RadioField},
    },
    paths,
};

/// The accounts. `own` is the account of the user.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Accounts(
    accounts: Vec<Account>,
    own: AccountId,
    add: FormView<AccessField>,
    row: FormView<AccessField>,
) -> impl IntoView {
    let rows = accounts
        .into_iter()
        .map(|account| {
            let is_own = account.id == own;
            let form = row.of_row(account.id.as_str());
            view! { <AccountRow account is_own form /> }
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
            <AddAccount form=add />
        </section>
    }
}

#[component]
fn AddAccount(form: FormView<AccessField>) -> impl IntoView {
    let roles = Role::ALL.iter().copied();
    let roles = roles.map(|role| (role.code(), wording::role(role), wording::role_help(role)));
    view! {
        <form method="post" action=paths::AccessSettings::PATH class="part" id="add-account" aria-labelledby="add-account-title">
            <h3 id="add-account-title">"Add an account"</h3>
            <ProblemBanner form=form.clone() />
            <InputField
                form=form.clone()
                field=AccessField::Name
                label="User name"
                kind=InputKind::NAME
                help="Letters, digits, and . _ - + @. For example, an email address."
            />
            <RadioField
                form
                field=AccessField::Role
                label="Role"
                saved=Role::Viewer.code()
                options=roles.collect()
            />
            <div>
                <button name="do" value="add_account" class="button">
                    "Add account"
                </button>
            </div>
            <p class="help">
                "You get a link that the person uses to choose a password."
            </p>
        </form>
    }
}
