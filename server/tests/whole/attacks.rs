//! Attacks over the network against the whole server.

mod accounts;
mod authorization;
mod bodies;
mod cookies;
mod cross_site;
mod forged_rows;
mod framing;
mod headers;
mod keys;
mod lines;
mod markup;
mod no_database;
mod paths;
mod planted;
mod privileges;
mod redirects;
mod repointed;
mod rewritten_settings;
mod verbs;
