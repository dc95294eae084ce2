//! Addresses in a text as it was typed: plain, or with a little markup around them.

use url::Url;

/// Signs that no address goes on behind.
const ENDS: [char; 12] = ['<', '>', '"', '\'', '(', ')', '[', ']', '{', '}', '|', '`'];

/// The addresses of a text: where each starts and ends, and what it means.
pub(super) fn links(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("http")) {
        let start = from + at;
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find(|c: char| c.is_whitespace() || ENDS.contains(&c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        // The full stop behind an address is the sentence's.
        let word =
            word.trim_end_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '/' | '=' | '-' | '_')));
        from = start + word.len().max("http".len());
        let is_web = word.starts_with("https://") || word.starts_with("http://");
        if let Some(url) = Url::parse(word).ok().filter(|url| is_web && url.has_host()) {
            found.push((start, start + word.len(), url.to_string()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        links(text).into_iter().map(|(_, _, address)| address).collect()
    }

    #[test]
    fn an_address_ends_where_its_sentence_goes_on() {
        for text in [
            "see https://a.example/@ann/1.",
            "(https://a.example/@ann/1)",
            "[x](https://a.example/@ann/1), y",
            "https://a.example/@ann/1\nhttp and https:// alone",
            "äöü https://a.example/@ann/1…",
            "<https://A.example/@ann/1>",
        ] {
            assert_eq!(addresses(text), ["https://a.example/@ann/1"], "{text}");
        }
        assert!(addresses("no address, not even http").is_empty());
        assert_eq!(addresses("https://a.example/1 https://a.example/2").len(), 2);
    }

    #[test]
    fn where_it_stands_is_said_to_the_byte() {
        let text = "ü https://a.example/1, x";
        let (start, end, _) = links(text).remove(0);
        assert_eq!(text.get(start..end), Some("https://a.example/1"));
    }
}
