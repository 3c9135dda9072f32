//! Login page and consent page.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::authorize::{self, Refusal};
use crate::html::{escape, page};
use crate::sign_in::SignIn;
use crate::state;

pub(crate) async fn authorize(
    State(state): State<Arc<state::State>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response {
    match authorize::begin(&state, &parameters) {
        Ok(id) => {
            let hint = parameters.get("login_hint").map_or("", String::as_str);
            login(&id, hint, None).into_response()
        }
        Err(Refusal::Redirect(url)) => Redirect::to(&url).into_response(),
        Err(Refusal::Page(text)) => refused(text),
    }
}

#[derive(Deserialize)]
pub(crate) struct SignInForm {
    id: String,
    email: String,
    password: String,
}

pub(crate) async fn sign_in(
    State(state): State<Arc<state::State>>,
    Form(form): Form<SignInForm>,
) -> Response {
    let email = form.email.trim();
    if !state.is_password_of(email, &form.password) {
        let text = "The email or the password is wrong.";
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            login(&form.id, email, Some(text)),
        )
            .into_response();
    }
    match authorize::signed_in(&state, &form.id, email) {
        Some(sign_in) => consent(&form.id, &sign_in).into_response(),
        None => refused(GONE),
    }
}

#[derive(Deserialize)]
pub(crate) struct DecisionForm {
    id: String,
    decision: String,
}

pub(crate) async fn decision(
    State(state): State<Arc<state::State>>,
    Form(form): Form<DecisionForm>,
) -> Response {
    match authorize::decide(&state, &form.id, form.decision == "allow") {
        Some(url) => Redirect::to(&url).into_response(),
        None => refused(GONE),
    }
}

const GONE: &str = "This sign-in is over. Start again from the application.";

fn refused(text: &str) -> Response {
    let body = format!(
        "<h1>The sandbox refuses this request</h1><p role=alert>{}</p>",
        escape(text)
    );
    (StatusCode::BAD_REQUEST, page("Refused", &body)).into_response()
}

fn login(id: &str, email: &str, error: Option<&str>) -> Html<String> {
    let error = error.map_or_else(String::new, |text| {
        format!("<p class=error role=alert>{}</p>", escape(text))
    });
    page(
        "Sign in",
        &format!(
            "<h1>Sign in</h1><p>to the sandbox mail provider</p>{error}\
             <form method=post action=/authorize/sign-in>\
             <input type=hidden name=id value=\"{id}\">\
             <label for=email>Email</label>\
             <input id=email name=email type=email autocomplete=username required value=\"{email}\">\
             <label for=password>Password</label>\
             <input id=password name=password type=password autocomplete=current-password required>\
             <button type=submit>Sign in</button></form>",
            id = escape(id),
            email = escape(email),
        ),
    )
}

fn consent(id: &str, sign_in: &SignIn) -> Html<String> {
    let mut scopes = String::new();
    for scope in sign_in.scope.split_whitespace() {
        let meaning = match scope {
            "mail" => "read and send mail as you",
            "openid" => "know who you are",
            "offline_access" => "keep this access until you withdraw it",
            _ => "unknown to the sandbox",
        };
        let _ = write!(
            scopes,
            "<li><code>{}</code> <span>{meaning}</span></li>",
            escape(scope)
        );
    }
    page(
        "Allow access",
        &format!(
            "<h1>Allow access?</h1>\
             <p><strong>Mailgrant</strong> asks for access to <strong>{account}</strong>:</p>\
             <ul>{scopes}</ul>\
             <form method=post action=/authorize/decision>\
             <input type=hidden name=id value=\"{id}\">\
             <div class=row><button type=submit name=decision value=allow>Allow</button>\
             <button type=submit name=decision value=deny class=quiet>Deny</button></div></form>",
            account = escape(sign_in.account.as_deref().unwrap_or_default()),
            id = escape(id),
        ),
    )
}
