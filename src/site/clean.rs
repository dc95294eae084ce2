//! Hostile HTML made harmless: everything shown goes through here, whoever wrote it.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Elements that carry meaning in a post and can do nothing.
const ELEMENTS: [&str; 28] = [
    "p",
    "br",
    "a",
    "span",
    "strong",
    "em",
    "b",
    "i",
    "u",
    "s",
    "del",
    "sub",
    "sup",
    "blockquote",
    "pre",
    "code",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ruby",
    "rt",
    "rp",
];

/// Classes that other servers give to mentions and shortened links.
const CLASSES: [&str; 6] = ["mention", "hashtag", "u-url", "h-card", "ellipsis", "invisible"];

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .tags(HashSet::from(ELEMENTS))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .allowed_classes(HashMap::from([("a", HashSet::from(CLASSES)), ("span", HashSet::from(CLASSES))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"));
    builder
});

/// HTML with only harmless elements, attributes and addresses left.
pub fn html(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { CLEANER.clean(text).to_string() }
}

/// Whether a text is nothing but paragraphs of words, as most posts are: cleaning would take it apart and
/// put it together again just so.
fn is_plain(text: &str) -> bool {
    let is_of_words =
        |c: char| c == '\n' || !(c.is_control() || matches!(c, '<' | '>' | '&' | '\u{a0}' | '\u{feff}'));
    let mut rest = text;
    while !rest.is_empty() {
        let paragraph = rest.strip_prefix("<p>").and_then(|inner| inner.split_once("</p>"));
        let Some((words, after)) = paragraph else { return false };
        if !words.split("<br>").all(|line| line.chars().all(is_of_words)) {
            return false;
        }
        rest = after;
    }
    true
}

/// The words of an HTML text, without any markup: for titles, search and plain places.
pub fn words(html: &str) -> String {
    let spaced = html.replace("</p>", "</p> ").replace("<br", " <br").replace("</li>", "</li> ");
    let bare = ammonia::Builder::empty().clean(&spaced).to_string();
    let decoded = bare
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, cut between words where possible, with an ellipsis when cut.
pub fn excerpt(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let cut: String = text.chars().take(longest).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{whole}…")
}

/// Plain text as HTML or XML text and attribute values.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_handlers_and_script_addresses_are_gone() {
        let hostile = r#"<p onclick="x()">hi<script>alert(1)</script><img src=x onerror=alert(2)>
            <a href="javascript:alert(3)" style="color:red">a</a><a href=" JaVaScRiPt:x">b</a>
            <svg onload=x></svg><iframe src="https://e.example"></iframe><form action="/x"><input></form>
            <a href="data:text/html,x">c</a><style>*{}</style></p>"#;
        let safe = html(hostile).to_ascii_lowercase();
        for bad in ["script", "onerror", "onclick", "onload", "iframe", "<form", "<img", "style", "data:"] {
            assert!(!safe.contains(bad), "{bad} survived in {safe}");
        }
        assert!(safe.contains("hi"));
    }

    #[test]
    fn links_stay_and_tell_their_target_nothing() {
        let safe = html(r#"<a class="mention evil" href="https://b.example/@bob">@bob</a>"#);
        assert!(safe.contains(r#"href="https://b.example/@bob""#) && safe.contains("noreferrer"));
        assert!(safe.contains("mention") && !safe.contains("evil"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_for_plain_is_what_cleaning_would_leave(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..8),
            tail in "\\PC{0,3}",
        ) {
            for text in [pieces.concat(), format!("<p>{}{tail}</p>", pieces.concat()), pieces.concat() + &tail] {
                proptest::prop_assert_eq!(html(&text), CLEANER.clean(&text).to_string());
            }
        }
    }

    /// What texts are made of, and what a quick look could misread.
    const PIECES: [&str; 24] = [
        "<p>",
        "<p>",
        "<p>",
        "</p>",
        "</p>",
        "</p>",
        "<br>",
        "<br/>",
        "<P>",
        "word",
        " ",
        "\n",
        "\r",
        "\0",
        "\"",
        "'",
        "&",
        "&amp;",
        "<",
        ">",
        "\u{a0}",
        "\u{feff}",
        "<b>",
        "<p dir=\"rtl\">",
    ];

    #[test]
    fn words_are_what_a_reader_reads() {
        assert_eq!(words("<p>a &amp; b</p><p>c<br>d &lt;e&gt;</p>"), "a & b c d <e>");
        assert_eq!(excerpt("one two three", 9), "one two…");
    }
}
