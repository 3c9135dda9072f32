//! One account, and the actions on it.

use domain::{Account, Role, access::AccessField};
use leptos::{either::Either, prelude::*};

use super::when;
use crate::{
    form::{FormView, input::ErrorText},
    paths,
};

/// A row of the list. Administrators change their own account on a separate page, so they cannot
/// lock themselves out here.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn AccountRow(account: Account, is_own: bool, form: FormView<AccessField>) -> impl IntoView {
    let (id, name) = (account.id.as_str().to_owned(), account.name.to_string());
    let has_password = account.has_password;
    let row_id = ["account-", &id].concat();
    let error_id = row_id.clone();
    let refused = form
        .error(AccessField::Role)
        .or_else(|| form.error(AccessField::Name));
    let role = if is_own {
        Either::Left(wording::role(account.role))
    } else {
        Either::Right(view! {
            <RoleForm id=id.clone() name=name.clone() role=account.role />
        })
    };
    let actions = if is_own {
        Either::Left(view! {
            <a href=paths::OwnAccount::PATH rel="external">
                "Your account"
            </a>
        })
    } else {
        Either::Right(view! { <Actions id name=name.clone() /> })
    };
    view! {
        <tr role="row" id=row_id>
            <th role="rowheader" scope="row" data-label="Account">
                <span class="account-name">{name}</span>
                {is_own.then(|| view! { <span class="badge">"you"</span> })}
                <span class="help">
                    {if has_password {
                        Either::Left(view! { "Last sign-in: " {when(account.signed_in_at)} })
                    } else {
                        Either::Right("No password yet. The link has not been used.")
                    }}
                </span>
                <ErrorText id=error_id error=refused />
            </th>
            <td role="cell" data-label="Role">
                {role}
            </td>
            <td role="cell" class="act">
                {actions}
            </td>
        </tr>
    }
}

#[component]
fn RoleForm(id: String, name: String, role: Role) -> impl IntoView {
    let option = |one: Role| {
        view! {
            <option value=one.code() selected=one == role>
                {wording::role(one)}
            </option>
        }
    };
    view! {
        <form method="post" action=paths::AccessSettings::PATH class="with-button">
            <input type="hidden" name="id" value=id />
            <select name="role" aria-label=["Role of ", &name].concat() autocomplete="off">
                {Role::ALL.iter().copied().map(option).collect_view()}
            </select>
            <button
                name="do"
                value="set_role"
                class="button quiet"
                aria-label=["Change the role of ", &name].concat()
            >
                "Change"
            </button>
        </form>
    }
}

#[component]
fn Actions(id: String, name: String) -> impl IntoView {
    view! {
        <details class="confirm">
            <summary aria-label=["New password link for ", &name].concat()>
                "New password link"
            </summary>
            <form method="post" action=paths::AccessSettings::PATH>
                <p class="help">
                    "This immediately ends the current password and all sessions of " {name.clone()} "."
                </p>
                <input type="hidden" name="id" value=id.clone() />
                <button name="do" value="reset_password" class="button">
                    "Create link"
                </button>
            </form>
        </details>
        <details class="confirm">
            <summary aria-label=["Remove ", &name].concat()>"Remove"</summary>
            <form method="post" action=paths::AccessSettings::PATH>
                <p class="help">"This permanently deletes the account and ends its sessions."</p>
                <input type="hidden" name="id" value=id />
                <button name="do" value="remove_account" class="button danger">
                    "Remove "
                    {name}
                </button>
            </form>
        </details>
    }
}
