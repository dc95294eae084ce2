//! What a text says, apart from how its HTML is written.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Node};

/// Text and links of a post in a form that two homes must agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The words, blanks evened out.
    pub(crate) text: String,
    /// Where its links lead; a link to one of the person's own posts leads to that post's first id.
    pub(crate) links: Vec<String>,
}

/// Reads HTML. `own` leads from every address of the person's own posts to their first id.
pub(crate) fn read(html: &str, own: &BTreeMap<String, String>) -> Reading {
    let fragment = Html::parse_fragment(html);
    let mut reading = Reading { text: String::new(), links: Vec::new() };
    descend(fragment.root_element(), own, &mut reading);
    let words: Vec<String> = reading
        .text
        .split_whitespace()
        .map(|word| own.get(word).map_or_else(|| word.to_owned(), |id| format!("<{id}>")))
        .collect();
    reading.text = words.join(" ");
    reading
}

fn descend(parent: ElementRef<'_>, own: &BTreeMap<String, String>, reading: &mut Reading) {
    for node in parent.children() {
        if let Node::Text(text) = node.value() {
            reading.text.push_str(text);
        }
        let Some(element) = ElementRef::wrap(node) else {
            continue;
        };
        let name = element.value().name();
        if name == "a" && take_link(element, own, reading) {
            continue;
        }
        let is_block = matches!(name, "p" | "br" | "div" | "li" | "blockquote" | "pre" | "ul" | "ol");
        if is_block {
            reading.text.push(' ');
        }
        descend(element, own, reading);
        if is_block {
            reading.text.push(' ');
        }
    }
}

/// Takes a link in; true when it leads to an own post and its words have been dealt with.
fn take_link(link: ElementRef<'_>, own: &BTreeMap<String, String>, reading: &mut Reading) -> bool {
    let href = link.attr("href").unwrap_or_default();
    if let Some(id) = own.get(href) {
        // The address shown in such a link may follow the address behind it.
        reading.links.push(format!("<{id}>"));
        reading.text.push_str(" <");
        reading.text.push_str(id);
        reading.text.push_str("> ");
        return true;
    }
    let words: String = link.text().collect();
    // People and topics are links of the server that shows them; their names stand in the text.
    if !words.trim_start().starts_with(['@', '#']) {
        reading.links.push(href.to_owned());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_when_only_markup_and_own_addresses_differ() {
        let at_old = BTreeMap::from([("https://a.example/1".to_owned(), "https://a.example/1".to_owned())]);
        let at_new =
            BTreeMap::from([("http://new.localhost/x".to_owned(), "https://a.example/1".to_owned())]);
        let old = "<p>See <a href=\"https://a.example/1\"><span class=\"invisible\">https://</span>a.example/1</a>\
                   <br />and&nbsp;<b>that</b></p>";
        let new = "<p>See <a rel=\"nofollow\" href=\"http://new.localhost/x\">http://new.localhost/x</a><br>and\u{a0}that</p>";
        assert_eq!(read(old, &at_old), read(new, &at_new));
        assert_ne!(read(old, &at_old), read(new, &BTreeMap::new()));
    }

    #[test]
    fn names_and_topics_are_compared_as_words() {
        let none = BTreeMap::new();
        let one = read("<a href=\"https://a.example/tags/x\">#<span>x</span></a> hi", &none);
        let other = read("<a href=\"http://new.localhost/tags/x\">#x</a> hi", &none);
        assert_eq!(one, other);
        assert_ne!(one, read("<a href=\"http://new.localhost/tags/x\">#x</a> ho", &none));
    }
}
