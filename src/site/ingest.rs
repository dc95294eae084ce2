//! HTML of strangers, cut down to what a post needs before it is stored.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

/// Text, links, lists, quotes, code and emphasis; nothing that loads, draws or runs.
const TAGS: [&str; 20] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];
/// Marks of mentions, topics and shortened links; every other class could borrow our own styles.
const CLASSES: [&str; 4] = ["mention", "hashtag", "invisible", "ellipsis"];

/// The rules, built once.
static RULES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut rules = Builder::empty();
    rules
        .tags(HashSet::from(TAGS))
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("ol", ["start", "reversed"])
        .add_tag_attributes("li", ["value"])
        .add_allowed_classes("span", CLASSES)
        .add_allowed_classes("a", CLASSES)
        .clean_content_tags(HashSet::from(["script", "style"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"));
    rules
});

/// HTML that may be shown on our pages.
pub fn clean_html(html: &str) -> String {
    RULES.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::clean_html;

    #[test]
    fn what_runs_loads_or_styles_is_gone_and_the_text_stays() {
        let hostile = r#"<p style="x" onclick="y()">Hi<script>z()</script><img src=x onerror=y()> <iframe src=z></iframe>
            <a href="javascript:z()">there</a><svg onload=y()></svg></p><style>p{}</style>"#;
        let clean = clean_html(hostile);
        for word in ["script", "style", "onclick", "img", "iframe", "svg", "javascript", "z()", "p{}"] {
            assert!(!clean.contains(word), "{word} in {clean}");
        }
        assert!(clean.contains("<p>Hi") && clean.contains("there"));
    }

    #[test]
    fn links_keep_their_marks_and_lose_their_powers() {
        let link =
            r#"<a href="https://b.example/@bob" class="u-url mention admin" rel="me" target="_top">@bob</a>"#;
        assert_eq!(
            clean_html(link),
            r#"<a href="https://b.example/@bob" class="mention" rel="nofollow noopener noreferrer">@bob</a>"#
        );
    }

    #[test]
    fn cleaning_twice_changes_nothing_more() {
        let text = r#"<p>a &amp; b <span class="invisible">https://</span><br><code>&lt;i&gt;</code></p><ul><li>x</li></ul>"#;
        assert_eq!(clean_html(text), text);
    }
}
