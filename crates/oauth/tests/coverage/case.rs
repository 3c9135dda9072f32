//! Cases in a data file: blocks of `name: value` lines, separated by empty lines.

/// A case with its lines.
#[derive(Debug)]
pub struct Case(Vec<(String, String)>);

impl Case {
    /// Returns the value of a line, if there is one.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns the value of a line that every case has.
    pub fn text(&self, name: &str) -> &str {
        self.find(name)
            .unwrap_or_else(|| panic!("{name}: {self:?}"))
    }

    /// Returns the values of all lines with a name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let lines = self.0.iter().filter(move |(own, _)| own == name);
        lines.map(|(_, value)| value.as_str())
    }
}

/// Parses a data file. Each case needs a `source`.
pub fn cases(text: &str) -> Vec<Case> {
    let blocks = text.split("\n\n").map(|block| {
        let lines = block.lines().filter(|line| !line.starts_with('#'));
        let lines = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
            (
                name.to_owned(),
                value.strip_prefix(' ').unwrap_or(value).to_owned(),
            )
        });
        Case(lines.collect())
    });
    let cases: Vec<_> = blocks.filter(|case| !case.0.is_empty()).collect();
    for case in &cases {
        assert!(!case.text("source").is_empty(), "{case:?}");
    }
    cases
}
