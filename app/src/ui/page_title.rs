//! Titles of pages.

/// Returns the content of the `title` element. `leptos_meta` 0.8 does not escape it, and some
/// titles are subjects of messages.
pub fn page_title(page: &str) -> String {
    let page = page.replace('&', "&amp;");
    [&page.replace('<', "&lt;"), " – Mailgrant"].concat()
}

#[cfg(test)]
mod tests {
    use super::page_title;

    #[test]
    fn a_title_cannot_end_its_element() {
        assert_eq!(
            page_title("</title><b>&amp;"),
            "&lt;/title>&lt;b>&amp;amp; – Mailgrant"
        );
    }
}
