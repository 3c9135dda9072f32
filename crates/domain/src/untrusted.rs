//! Text from other machines and unknown people, made safe to display on pages, on terminals, in
//! transcripts, and in alerts.
//!
//! This is the only place that decides which characters are removed. These are control characters,
//! which can end a line or control a terminal, and the explicit controls of the bidirectional
//! algorithm (UAX #9), which make text look like other text. Right-to-left text needs neither: its
//! letters carry their direction, and pages isolate it with `<bdi>`. The implicit marks U+200E,
//! U+200F, and U+061C are kept, because they cannot override the direction of a letter, and correct
//! text uses them next to punctuation. They are removed from file names, where they can move the
//! dot before the extension.

/// Returns true for U+202A to U+202E (embeddings and overrides) and U+2066 to U+2069 (isolates).
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns true for characters that may be displayed within a line.
pub fn is_displayable(c: char) -> bool {
    !c.is_control() && !is_bidi_control(c)
}

/// Returns a single line of at most `limit` characters. Any white space becomes a space.
pub fn line(text: &str, limit: usize) -> String {
    let text = text.trim();
    let characters = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c });
    characters
        .filter(|c| is_displayable(*c))
        .take(limit)
        .collect()
}

/// Returns lines of at most `limit` characters in total. Line feeds are kept, tabs become spaces,
/// and surrounding white space is removed.
pub fn lines(text: &str, limit: usize) -> String {
    let characters = text.trim().chars().map(|c| if c == '\t' { ' ' } else { c });
    let shown = characters.filter(|c| is_displayable(*c) || *c == '\n');
    shown.take(limit).collect()
}

/// Returns the name of a file, without folders and without characters that hide its extension. A
/// long name loses its beginning and keeps its extension.
pub fn file_name(text: &str, limit: usize) -> String {
    let name = text.rsplit(['/', '\\', ':']).next().unwrap_or_default();
    let is_mark = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}');
    let name: String = name
        .chars()
        .filter(|c| is_displayable(*c) && !is_mark(*c) && !"<>\"|?*".contains(*c))
        .collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let too_many = name.chars().count().saturating_sub(limit);
    name.chars().skip(too_many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bidirectional_controls_are_left_out_and_right_to_left_text_stays() {
        for (text, displayed) in [
            ("user\u{202e}moc.elpmaxe", "usermoc.elpmaxe"),
            (
                "\u{2066}\u{2067}\u{2068}a\u{2069}\u{202a}\u{202b}\u{202c}\u{202d}",
                "a",
            ),
            ("שלום עולם!", "שלום עולם!"),
            ("مرحبا (\u{61c}10%)\u{200f}", "مرحبا (\u{61c}10%)\u{200f}"),
            ("a\r\n\tb\u{1b}[31m\u{2028}c\0", "a   b[31m c"),
        ] {
            assert_eq!(line(text, 100), displayed);
        }
        assert_eq!(lines("\n a\u{202e}\r\n\tb\u{7}\n", 100), "a\n b");
        assert_eq!(
            (line("äöü", 2), lines("äöü", 2)),
            ("äö".into(), "äö".into())
        );
    }

    #[test]
    fn a_file_name_leads_nowhere_and_shows_its_end() {
        for (text, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\a.exe", "a.exe"),
            ("..", ""),
            ("a\r\nSet-Cookie: b", "b"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("annex\u{200f}.txt\u{200e}\u{61c}.exe", "annex.txt.exe"),
            ("\"a\".pdf", "a.pdf"),
            ("größe.pdf", "größe.pdf"),
            ("חשבון.pdf", "חשבון.pdf"),
        ] {
            assert_eq!(file_name(text, 120), name, "{text}");
        }
        let long = format!("{}.pdf", "x".repeat(500));
        assert_eq!(file_name(&long, 10), "xxxxxx.pdf");
    }
}
