//! Plain text as it was typed, turned into the HTML the server makes of it when it is shown: paragraphs,
//! links, topics, and the people it names.

use std::collections::BTreeMap;

use url::Url;

/// What words of a text may lead to.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    /// People's pages by the name as it may be typed, `name` or `name@host`, in lower case.
    pub(super) people: BTreeMap<String, String>,
    /// What pages of topics begin with, ending in `/`; without it topics are plain words.
    pub(super) topics: Option<Url>,
}

/// A text of several lines.
pub(super) fn html(text: &str, links: &Links) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs =
        text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.trim().is_empty());
    paragraphs.fold(String::with_capacity(text.len() + 16), |mut out, part| {
        out.push_str("<p>");
        for (number, one) in part.lines().enumerate() {
            if number > 0 {
                out.push_str("<br>");
            }
            words(one, links, &mut out);
        }
        out.push_str("</p>");
        out
    })
}

/// A text of one line, without a paragraph around it.
pub(in crate::adapters::mastodon_database) fn line(text: &str) -> String {
    let mut out = String::new();
    words(text.trim(), &Links::default(), &mut out);
    out
}

/// What no line is without that has a link, a name, a topic, or anything to escape.
const MARKS: [char; 7] = [':', '@', '#', '<', '>', '&', '"'];

fn words(line: &str, links: &Links, out: &mut String) {
    if !line.contains(MARKS) {
        return out.push_str(line);
    }
    for piece in line.split_inclusive(char::is_whitespace) {
        if !piece.contains(MARKS) {
            out.push_str(piece);
            continue;
        }
        let word = piece.trim_end();
        let (before, core, after) = peeled(word);
        escape(before, out);
        if !(address(core, out) || person(core, links, out) || topic(core, links, out)) {
            escape(core, out);
        }
        escape(after, out);
        out.push_str(piece.get(word.len()..).unwrap_or_default());
    }
}

fn address(word: &str, out: &mut String) -> bool {
    let is_web = word.starts_with("https://") || word.starts_with("http://");
    let url = is_web.then(|| Url::parse(word).ok()).flatten();
    let Some(url) = url.filter(Url::has_host) else { return false };
    out.push_str("<a href=\"");
    escape(url.as_str(), out);
    out.push_str("\" rel=\"nofollow noopener\">");
    escape(word, out);
    out.push_str("</a>");
    true
}

/// `@name` and `@name@host`, with whatever follows the name as it is.
fn person(word: &str, links: &Links, out: &mut String) -> bool {
    let Some(handle) = word.strip_prefix('@') else { return false };
    let end = handle.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@' | ':')));
    let Some((typed, rest)) = handle.split_at_checked(end.unwrap_or(handle.len())) else { return false };
    let Some(page) = links.people.get(&typed.to_lowercase()) else { return false };
    out.push_str("<a href=\"");
    escape(page, out);
    out.push_str("\" class=\"u-url mention\">@<span>");
    escape(typed.split('@').next().unwrap_or(typed), out);
    out.push_str("</span></a>");
    escape(rest, out);
    true
}

fn topic(word: &str, links: &Links, out: &mut String) -> bool {
    let (Some(rest), Some(pages)) = (word.strip_prefix('#'), &links.topics) else { return false };
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '·' | '・' | '\u{200c}')));
    let Some((name, after)) = rest.split_at_checked(end.unwrap_or(rest.len())) else { return false };
    let page = pages.join(&name.to_lowercase()).ok();
    let Some(page) = page.filter(|_| name.chars().any(char::is_alphabetic)) else { return false };
    out.push_str("<a href=\"");
    escape(page.as_str(), out);
    out.push_str("\" class=\"mention hashtag\" rel=\"tag\">#<span>");
    escape(name, out);
    out.push_str("</span></a>");
    escape(after, out);
    true
}

/// Punctuation before a word, the word, and punctuation after it. A bracket that the word opened stays.
fn peeled(word: &str) -> (&str, &str, &str) {
    let core = word.trim_start_matches(['(', '[', '{', '"', '\'', '«', '„', '“']);
    let before = word.strip_suffix(core).unwrap_or_default();
    let mut end = core;
    loop {
        let next =
            end.trim_end_matches(['.', ',', ';', ':', '!', '?', ']', '}', '"', '\'', '»', '“', '”', '…']);
        let next = match next.strip_suffix(')') {
            Some(shorter) if next.matches(')').count() > next.matches('(').count() => shorter,
            _ => next,
        };
        if next == end {
            return (before, end, core.strip_prefix(end).unwrap_or_default());
        }
        end = next;
    }
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((at, mark)) = rest.char_indices().find(|(_, c)| matches!(c, '<' | '>' | '&' | '"')) {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push_str(match mark {
            '<' => "&lt;",
            '>' => "&gt;",
            '&' => "&amp;",
            _ => "&quot;",
        });
        rest = rest.get(at + mark.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        let people = [("bob", "https://a.example/@bob"), ("eve@b.example", "https://b.example/@eve")];
        Links {
            people: people.map(|(name, page)| (name.to_owned(), page.to_owned())).into(),
            topics: Url::parse("https://a.example/tags/").ok(),
        }
    }

    #[test]
    fn typed_markup_is_shown_and_not_obeyed() {
        assert_eq!(html("<b> & \"x\"", &links()), "<p>&lt;b&gt; &amp; &quot;x&quot;</p>");
        assert_eq!(html("a\nb\r\n\r\nc\n\n\n", &links()), "<p>a<br>b</p><p>c</p>");
    }

    #[test]
    fn only_people_who_are_named_there_become_links() {
        let made = html("@bob, @Eve@b.example and @carl @bobby", &links());
        assert!(
            made.contains(r#"<a href="https://a.example/@bob" class="u-url mention">@<span>bob</span></a>,"#)
        );
        assert!(
            made.contains(r#"<a href="https://b.example/@eve" class="u-url mention">@<span>Eve</span></a>"#)
        );
        assert!(made.ends_with(" and @carl @bobby</p>"), "{made}");
    }

    #[test]
    fn addresses_and_topics_become_links_without_their_punctuation() {
        let made = html("(https://x.example/a_(b)). #Tea! #1", &links());
        assert!(made.contains(r#"href="https://x.example/a_(b)""#), "{made}");
        assert!(
            made.contains(
                r#"href="https://a.example/tags/tea" class="mention hashtag" rel="tag">#<span>Tea"#
            )
        );
        assert!(made.ends_with("! #1</p>"), "{made}");
        assert_eq!(
            line("https://x.example"),
            r#"<a href="https://x.example/" rel="nofollow noopener">https://x.example</a>"#
        );
    }
}
