//! HTML as the text somebody would have typed: the server beside us keeps local posts as plain text
//! and makes links, mentions and topics itself.

use std::collections::BTreeMap;

use scraper::{Html, Node};
use url::Url;

use super::markup::{self, Tag};
use crate::model::actor::authority;

/// What is known of the people a text names: their actor, or a page of theirs, to the full handle.
pub(super) type Named = BTreeMap<String, String>;

/// What an open element adds when it is closed.
enum Close {
    Nothing,
    Block,
    Link { href: String, from: usize, is_mention: bool },
    Quote(usize),
    Preformatted,
    Hidden,
}

/// The text of an HTML fragment. Deep nesting costs no stack.
pub(super) fn from_html(html: &str, named: &Named) -> String {
    // Nearly every post is made of a few elements in good order; for those no tree is needed.
    simple(html, named).unwrap_or_else(|| from_any_html(html, named))
}

/// The text of paragraphs, lines and links that are nested as they should be; nothing for whatever else.
fn simple(html: &str, named: &Named) -> Option<String> {
    let mut out = Text::default();
    let mut open: Vec<(Tag, Close)> = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        out.words(&markup::decoded(text)?);
        let (inside, after) = after.split_once('>')?;
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            let (tag, close) = open.pop()?;
            if tag != Tag::named(name)? {
                return None;
            }
            out.close(close, named);
            continue;
        }
        let element = markup::read(inside)?;
        // A paragraph would end one that it stands in, and a link another link.
        let is_open = |tag| open.iter().any(|(one, _)| *one == tag);
        match element.tag {
            Tag::Line => drop(out.open("br", &|_| None)),
            Tag::Paragraph if !open.is_empty() => return None,
            Tag::Link if is_open(Tag::Link) => return None,
            tag => {
                let close = out.open(tag.name(), &|name| element.attribute(name));
                open.push((tag, close));
            }
        }
    }
    out.words(&markup::decoded(rest)?);
    open.is_empty().then(|| tidy(&out.typed))
}

fn from_any_html(html: &str, named: &Named) -> String {
    let document = Html::parse_fragment(html);
    let mut out = Text::default();
    let mut open: Vec<Close> = Vec::new();
    let mut next = document.tree.root().first_child();
    while let Some(node) = next {
        open.push(match node.value() {
            Node::Text(text) => {
                out.words(text);
                Close::Nothing
            }
            Node::Element(element) => out.open(element.name(), &|name| element.attr(name)),
            _ => Close::Nothing,
        });
        next = node.first_child();
        let mut ended = node;
        while next.is_none() {
            let Some(close) = open.pop() else { break };
            out.close(close, named);
            next = ended.next_sibling();
            let Some(parent) = ended.parent() else { break };
            ended = parent;
        }
    }
    tidy(&out.typed)
}

#[derive(Default)]
struct Text {
    typed: String,
    preformatted: usize,
    hidden: usize,
}

impl Text {
    fn words(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.preformatted > 0 {
            self.typed.push_str(text);
            return;
        }
        for piece in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
            let word = piece.trim_end_matches(|c: char| c.is_ascii_whitespace());
            self.typed.push_str(word);
            if word.len() < piece.len() && !self.typed.ends_with([' ', '\n']) {
                self.typed.push(' ');
            }
        }
    }

    fn block(&mut self) {
        let kept = self.typed.trim_end_matches(' ').len();
        self.typed.truncate(kept);
        while !self.typed.is_empty() && !self.typed.ends_with("\n\n") {
            self.typed.push('\n');
        }
    }

    fn line(&mut self) {
        if !self.typed.is_empty() && !self.typed.ends_with('\n') {
            self.typed.push('\n');
        }
    }

    fn open<'a>(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<&'a str>) -> Close {
        match name {
            "br" => {
                self.typed.push('\n');
                Close::Nothing
            }
            "p" | "div" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "section" => {
                self.block();
                Close::Block
            }
            "pre" => {
                self.block();
                self.preformatted += 1;
                Close::Preformatted
            }
            "blockquote" => {
                self.block();
                Close::Quote(self.typed.len())
            }
            "li" => {
                self.line();
                self.typed.push_str("- ");
                Close::Nothing
            }
            "tr" => {
                self.line();
                Close::Nothing
            }
            "img" => {
                self.words(attribute("alt").unwrap_or_default());
                Close::Nothing
            }
            "a" => {
                let is = |word: &str| attribute("class").is_some_and(|c| c.split(' ').any(|one| one == word));
                let is_mention = is("mention") && !is("hashtag");
                let href = attribute("href").unwrap_or_default().to_owned();
                Close::Link { href, from: self.typed.len(), is_mention }
            }
            "script" | "style" | "template" | "head" => {
                self.hidden += 1;
                Close::Hidden
            }
            _ if attribute("class").is_some_and(|class| class.split(' ').any(|c| c == "quote-inline")) => {
                self.hidden += 1;
                Close::Hidden
            }
            _ => Close::Nothing,
        }
    }

    fn close(&mut self, close: Close, named: &Named) {
        match close {
            Close::Nothing => {}
            Close::Block => self.block(),
            Close::Hidden => self.hidden -= 1,
            Close::Preformatted => {
                self.preformatted -= 1;
                self.block();
            }
            Close::Quote(from) => {
                let quoted = self.typed.split_off(from.min(self.typed.len()));
                for line in quoted.trim().lines() {
                    self.typed.push_str("> ");
                    self.typed.push_str(line);
                    self.typed.push('\n');
                }
                self.block();
            }
            Close::Link { href, from, is_mention } => {
                let words = self.typed.split_off(from.min(self.typed.len()));
                let words = words.trim();
                let said =
                    if is_mention || words.starts_with('@') { whom(&href, words, named) } else { None };
                let typed = match said {
                    Some(handle) => handle.clone(),
                    None if is_mention || words.starts_with('#') || !is_web(&href) => words.to_owned(),
                    // As it was typed: the address of a whole server has no slash behind it.
                    None if is_web(words) && words == href.trim_end_matches('/') => words.to_owned(),
                    // Words that are an address, but not this one, only pretend: it may have moved since.
                    None if shows(words, &href) || is_address(words) => href,
                    None => format!("{words} ({href})"),
                };
                self.typed.push_str(&typed);
            }
        }
    }
}

/// The full handle of whom a link names. It may lead to a page of theirs, of which only the server and the name
/// are told.
fn whom<'a>(href: &str, words: &str, named: &'a Named) -> Option<&'a String> {
    if let Some(handle) = named.get(href) {
        return Some(handle);
    }
    let host = |url: &str| Url::parse(url).ok().map(|url| authority(&url));
    let name = |handle: &str| handle.trim_start_matches('@').split('@').next().map(str::to_lowercase);
    let (theirs, called) = (host(href)?, name(words).filter(|name| !name.is_empty())?);
    let is_it = |actor: &str, handle: &str| {
        host(actor).as_deref() == Some(theirs.as_str()) && name(handle).as_deref() == Some(called.as_str())
    };
    named.iter().find(|(actor, handle)| is_it(actor, handle)).map(|(_, handle)| handle)
}

/// Whether words are an address and nothing else.
fn is_address(words: &str) -> bool {
    is_web(words) && !words.contains(char::is_whitespace)
}

fn is_web(href: &str) -> bool {
    href.starts_with("https://") || href.starts_with("http://")
}

/// Whether a link's words are its own address, whole or shortened.
fn shows(words: &str, href: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim_start_matches("https://").trim_start_matches("http://");
        text.trim_start_matches("www.").trim_end_matches(['…', '/']).to_lowercase()
    };
    words.is_empty() || bare(href).starts_with(&bare(words))
}

/// No blanks at ends of lines, no more than one empty line, nothing around it.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_says_what_the_long_one_says_or_nothing() {
        let named: Named = [("https://b.example/@bob".to_owned(), "@bob@b.example".to_owned())].into();
        for html in [
            "",
            "plain",
            "<p>a</p><p>b<br>c<br/>d<br />e</p>",
            "<p>a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39; &nbsp;f</p>",
            "  <p> a  b\n c </p> \n<p></p><p>d</p>",
            r#"<p><span class="h-card"><a href="https://b.example/@bob" class="u-url mention">@<span>bob</span></a></span> hi</p>"#,
            r#"<p><a href="https://x.example/?a=1&amp;b=2" rel="nofollow" target="_blank">x</a></p>"#,
            r#"<p><a href="https://x.example/tags/t" class="mention hashtag" rel="tag">#<span>t</span></a></p>"#,
            r#"<p>a<span class="quote-inline">RE: x</span></p>"#,
            "<p>a<p>b</p></p>",
            "<p>a</span></p>",
            "<p>a",
            "a</p>b",
            "<b>a</b> <i>b</i>",
            "<p>1 < 2</p>",
            "<p>&unknown; &amp</p>",
            "<script>x</script><p>a</p>",
            "<a href='x'>y</a>",
            "<P>a</P>",
            "<p>a\r\nb\0c</p>",
            "<!-- c --><p>a</p>",
            "<a href=\"x\"><a href=\"y\">z</a></a>",
        ] {
            if let Some(short) = simple(html, &named) {
                assert_eq!(short, from_any_html(html, &named), "{html}");
            }
        }
        assert!(simple("<p>a &amp; b<br>c</p>", &named).is_some(), "it is taken at all");
    }

    fn plain(html: &str) -> String {
        let named = [("https://old.example/users/bob".to_owned(), "@bob@old.example".to_owned())];
        from_html(html, &named.into())
    }

    #[test]
    fn paragraphs_and_lines_are_those_that_were_typed() {
        assert_eq!(plain("<p>one<br>two</p><p>three &amp; &lt;four&gt;</p>"), "one\ntwo\n\nthree & <four>");
    }

    #[test]
    fn a_link_is_its_address_even_where_it_is_shown_shortened() {
        let shown = r#"<a href="https://example.com/a/long/path?x=1"><span class="invisible">https://</span><span class="ellipsis">example.com/a/lo</span><span class="invisible">ng/path?x=1</span></a>"#;
        assert_eq!(plain(shown), "https://example.com/a/long/path?x=1");
        assert_eq!(
            plain(r#"<a href="https://example.com/long">example.com/lo…</a>"#),
            "https://example.com/long"
        );
        assert_eq!(plain(r#"<a href="https://e.example/">https://e.example</a>"#), "https://e.example");
        assert_eq!(plain(r#"see <a href="https://e.example/">here</a>"#), "see here (https://e.example/)");
        assert_eq!(plain(r#"<a href="javascript:alert(1)">x</a>"#), "x");
    }

    #[test]
    fn people_are_named_in_full_and_topics_as_they_are() {
        let named = r#"<a href="https://old.example/users/bob" class="u-url mention">@<span>bob</span></a> and <a href="https://old.example/tags/tea" class="mention hashtag">#<span>Tea</span></a>"#;
        assert_eq!(plain(named), "@bob@old.example and #Tea");
        let page = r#"<a href="https://old.example/@bob" class="u-url mention">@<span>Bob</span></a> hi"#;
        assert_eq!(plain(page), "@bob@old.example hi", "named by a page of theirs");
        let another = page.replace("old.example", "other.example");
        assert_eq!(plain(&another), "@Bob hi", "somebody of the same name elsewhere");
    }

    #[test]
    fn words_that_are_another_address_than_the_link_leads_to_do_not_stay() {
        let moved = r#"<a href="https://new.example/@ann/1"><span class="invisible">https://</span>old.example/@ann/7</a>"#;
        assert_eq!(plain(moved), "https://new.example/@ann/1");
    }

    #[test]
    fn lists_quotes_and_code_keep_their_form() {
        assert_eq!(plain("<ul><li>a</li><li>b</li></ul>"), "- a\n- b");
        assert_eq!(plain("<blockquote><p>x</p><p>y</p></blockquote><p>z</p>"), "> x\n>\n> y\n\nz");
        assert_eq!(plain("<pre><code>a\n  b</code></pre>"), "a\n  b");
        assert_eq!(plain("<script>alert(1)</script><p>x</p>"), "x");
    }

    #[test]
    fn nesting_without_end_is_read_without_falling_over() {
        let deep = format!("{}x{}", "<b>".repeat(2_000), "</b>".repeat(2_000));
        assert_eq!(plain(&deep), "x");
    }
}
