//! The few elements that nearly every post is made of, read without a tree: whatever else is met is
//! left to a reader that knows all of HTML.

use std::borrow::Cow;

/// An element that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Paragraph,
    Line,
    Link,
    Span,
}

impl Tag {
    /// By its name; nothing for others, and for names that are written in another way.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "p" => Self::Paragraph,
            "br" => Self::Line,
            "a" => Self::Link,
            "span" => Self::Span,
            _ => return None,
        })
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Paragraph => "p",
            Self::Line => "br",
            Self::Link => "a",
            Self::Span => "span",
        }
    }
}

/// An opened element.
pub(super) struct Element<'h> {
    /// Which.
    pub(super) tag: Tag,
    attributes: Vec<(&'h str, Cow<'h, str>)>,
}

impl Element<'_> {
    /// An attribute's value; the first one counts.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }
}

/// Reads what stands between the brackets of an opened element.
pub(super) fn read(inside: &str) -> Option<Element<'_>> {
    let inside = inside.strip_suffix('/').unwrap_or(inside).trim_end_matches(' ');
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let tag = Tag::named(name)?;
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.trim_start_matches(' ').split_once("=\"")?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let (value, after) = after.split_once('"').filter(|_| is_name)?;
        attributes.push((name, decoded(value)?));
        if !after.is_empty() && !after.starts_with(' ') {
            return None;
        }
        rest = after;
    }
    Some(Element { tag, attributes })
}

/// Text with its references written out; nothing where one is not known, or a character is not plain.
pub(super) fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if text.contains(['\0', '\r', '>']) {
        return None;
    }
    if !text.contains('&') {
        return Some(Cow::Borrowed(text));
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" | "apos" => '\'',
            "nbsp" => '\u{a0}',
            _ => return None,
        });
        rest = after;
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}
