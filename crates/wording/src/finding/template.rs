//! Texts with placeholders for values of the connection.

/// The text of a finding. Placeholders such as `{username}` stand for values of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    pub cause: &'static str,
    pub fix: &'static str,
    /// Something to copy: a command, or a value for the provider's console.
    pub copy: Option<&'static str>,
    /// A page of the provider: its name and its URL.
    pub link: Option<(&'static str, &'static str)>,
}

impl Template {
    pub const fn new(cause: &'static str, fix: &'static str) -> Self {
        Self {
            cause,
            fix,
            copy: None,
            link: None,
        }
    }

    pub const fn copying(mut self, text: &'static str) -> Self {
        self.copy = Some(text);
        self
    }

    pub const fn linking(mut self, name: &'static str, url: &'static str) -> Self {
        self.link = Some((name, url));
        self
    }
}
