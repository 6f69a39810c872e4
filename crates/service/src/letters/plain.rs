//! Names in mails. They come from people and go to strangers, so nothing in them may become a link or a line of its own.

/// A name without line breaks, control and direction characters, and without anything a mail program would turn into
/// a link. 100 characters at most.
pub fn plain(name: &str) -> String {
    let visible: String = name.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    let is_link = |word: &str| {
        let word = word.to_lowercase();
        word.contains("://") || word.contains('/') || word.starts_with("www.") || word.starts_with("mailto:")
    };
    let words: Vec<String> = visible.split_whitespace().filter(|word| !is_link(word)).map(unlinked).collect();
    words.join(" ").chars().take(100).collect()
}

/// Marks that have no width or turn the direction of writing (Unicode `Cf` and separators).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `evil.example` as `evil. example`: a dot between letters makes a link in many mail programs.
fn unlinked(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        out.push(c);
        if c == '.' && characters.peek().is_some_and(|next| next.is_alphanumeric()) {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn nothing_in_a_name_becomes_a_link_or_a_line() {
        for (name, expected) in [
            ("Example Inc.", "Example Inc."),
            ("booking.example", "booking. example"),
            ("HTTPS://EVIL.EXAMPLE", ""),
            ("a\u{200b}b\u{0}c\u{85}d", "a b c d"),
            ("Win http://evil.example\r\nBcc: all@x.example now", "Win Bcc: all@x. example now"),
            ("www.evil.example/x \u{202e}Eve", "Eve"),
        ] {
            assert_eq!(plain(name), expected);
        }
        assert_eq!(plain(&"x".repeat(500)).len(), 100);
    }
}
