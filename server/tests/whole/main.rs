//! The whole server: the real router over real connections, the sandbox as provider.

mod support;

mod asked_as;
mod authorization;
mod browser_cookie;
mod callback;
mod configuration;
mod form_rules;
mod headers;
mod killed;
mod planted_secrets;
mod program;
mod refusals;
mod restart;
