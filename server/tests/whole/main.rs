//! The whole server: the real router over real connections, the sandbox as provider.

mod support;

mod configuration;
mod program;
