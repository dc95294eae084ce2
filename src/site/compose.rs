//! Plain text as a person typed it, turned into safe HTML with links, topics and mentions.

use url::Url;

use super::{clean, urls::Urls};
use crate::model::object::{Tag, TagKind};

/// A person named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// As typed, `@name` or `@name@host`.
    pub typed: String,
    /// Their full handle.
    pub handle: String,
    /// Their actor.
    pub actor: Url,
    /// Their page.
    pub page: Url,
}

/// A text ready to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Safe HTML.
    pub html: String,
    /// Topics and mentions found in it.
    pub tags: Vec<Tag>,
}

/// Words that look like mentions, each once, in order.
pub fn mentions_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        let (_, core, _) = peel(word);
        if core.len() > 1 && core.starts_with('@') && !found.iter().any(|known| known == core) {
            found.push(core.to_owned());
        }
    }
    found
}

/// Turns a text into HTML: empty lines part paragraphs, addresses become links.
pub fn compose(text: &str, urls: &Urls, mentions: &[Mention]) -> Composed {
    let mut tags: Vec<Tag> = mentions
        .iter()
        .map(|person| Tag {
            kind: TagKind::Mention,
            name: person.handle.clone(),
            href: Some(person.actor.to_string()),
        })
        .collect();
    let text = text.replace("\r\n", "\n");
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| paragraph.trim_matches('\n'))
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| {
            let lines: Vec<String> =
                paragraph.lines().map(|line| render_line(line, urls, mentions, &mut tags)).collect();
            format!("<p>{}</p>", lines.join("<br>"))
        })
        .collect();
    Composed { html: clean::html(&paragraphs.concat()), tags }
}

fn render_line(line: &str, urls: &Urls, mentions: &[Mention], tags: &mut Vec<Tag>) -> String {
    line.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let word = piece.trim_end();
            let space = piece.get(word.len()..).unwrap_or_default();
            let (before, core, after) = peel(word);
            let core = render_word(core, urls, mentions, tags);
            [clean::escape(before), core, clean::escape(after), space.to_owned()].concat()
        })
        .collect()
}

fn render_word(word: &str, urls: &Urls, mentions: &[Mention], tags: &mut Vec<Tag>) -> String {
    if let Some(person) = mentions.iter().find(|person| person.typed == word) {
        let page = clean::escape(person.page.as_str());
        return format!(r#"<a href="{page}" class="u-url mention">{}</a>"#, clean::escape(word));
    }
    if let Some(rest) = word.strip_prefix('#') {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if let Some((topic, after)) = rest.split_at_checked(end)
            && topic.chars().any(char::is_alphabetic)
        {
            let page = urls.tag(&topic.to_lowercase());
            let name = format!("#{topic}");
            if !tags.iter().any(|tag| tag.name.to_lowercase() == name.to_lowercase()) {
                tags.push(Tag { kind: TagKind::Hashtag, name, href: Some(page.to_string()) });
            }
            let (page, topic) = (clean::escape(page.as_str()), clean::escape(topic));
            let after = clean::escape(after);
            return format!(r#"<a href="{page}" class="mention hashtag">#<span>{topic}</span></a>{after}"#);
        }
    }
    let is_address = word.starts_with("https://") || word.starts_with("http://");
    match Url::parse(word) {
        Ok(url) if is_address && url.host_str().is_some() => {
            format!(r#"<a href="{}">{}</a>"#, clean::escape(url.as_str()), clean::escape(word))
        }
        _ => clean::escape(word),
    }
}

/// Punctuation around a word: opening, the word, closing. A closing bracket stays where one was opened.
fn peel(word: &str) -> (&str, &str, &str) {
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
            break;
        }
        end = next;
    }
    (before, end, core.strip_prefix(end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls() -> Urls {
        Urls::new(Url::parse("https://new.example").unwrap())
    }

    #[test]
    fn typed_markup_is_shown_and_not_obeyed() {
        let made = compose("<script>alert('x')</script> & \"co\"", &urls(), &[]);
        assert!(!made.html.contains("<script"), "{}", made.html);
        assert_eq!(clean::words(&made.html), "<script>alert('x')</script> & \"co\"");
    }

    #[test]
    fn empty_lines_part_paragraphs_and_single_ones_break() {
        assert_eq!(compose("a\nb\r\n\r\n\nc", &urls(), &[]).html, "<p>a<br>b</p><p>c</p>");
    }

    #[test]
    fn addresses_and_topics_become_links_without_their_punctuation() {
        let made = compose("see (https://a.example/x_(y)), #Birds. and #1", &urls(), &[]);
        assert!(made.html.contains(r#"href="https://a.example/x_(y)""#), "{}", made.html);
        assert!(made.html.contains(r#"href="https://new.example/tags/birds""#), "{}", made.html);
        assert_eq!(made.tags.len(), 1);
        assert_eq!(made.tags[0].name, "#Birds");
        assert!(made.html.contains("#1"));
    }

    #[test]
    fn a_mention_links_to_the_page_and_names_the_actor() {
        let bob = Mention {
            typed: "@bob".into(),
            handle: "@bob@new.example".into(),
            actor: urls().actor("bob"),
            page: urls().profile("bob"),
        };
        assert_eq!(mentions_in("hi @bob, and @bob!"), ["@bob"]);
        let made = compose("hi @bob, well", &urls(), &[bob]);
        assert!(made.html.contains(r#"href="https://new.example/@bob""#), "{}", made.html);
        assert_eq!(made.tags[0].href.as_deref(), Some("https://new.example/users/bob"));
    }
}
