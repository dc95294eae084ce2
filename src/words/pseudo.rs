//! A language nobody speaks: every text in brackets. A page in it shows what was never taken from the texts.

use std::cell::Cell;

use scraper::{Html, Node};

/// Where a text begins and ends.
const BRACKETS: [char; 2] = ['⟦', '⟧'];

/// Attributes that are read out or shown.
const READ_OUT: [&str; 4] = ["alt", "aria-label", "placeholder", "title"];

thread_local! {
    static SPOKEN: Cell<bool> = const { Cell::new(false) };
}

/// Speaks it on this thread until dropped.
pub struct Pseudo(());

/// From here on.
pub fn speak() -> Pseudo {
    SPOKEN.set(true);
    Pseudo(())
}

impl Drop for Pseudo {
    fn drop(&mut self) {
        SPOKEN.set(false);
    }
}

/// The text in brackets while the language is spoken.
pub(super) fn bracketed(said: String) -> String {
    if SPOKEN.get() { format!("{}{said}{}", BRACKETS[0], BRACKETS[1]) } else { said }
}

/// Whether a sentence comes from the texts, the whole of it.
pub fn is_text(said: &str) -> bool {
    said.starts_with(BRACKETS[0]) && said.ends_with(BRACKETS[1])
}

/// What of a page stands outside of all brackets and has letters in it. `data` are names and words of
/// people that the page may show as they are.
pub fn hard_coded(page: &str, data: &[&str]) -> Vec<String> {
    let document = Html::parse_document(page);
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for node in document.tree.nodes() {
        match node.value() {
            Node::Text(text) => {
                let mut outside = String::new();
                for letter in text.chars() {
                    match letter {
                        letter if letter == BRACKETS[0] => depth += 1,
                        letter if letter == BRACKETS[1] => depth = depth.saturating_sub(1),
                        letter if depth == 0 => outside.push(letter),
                        _ => {}
                    }
                }
                found.extend(left_over(&outside, data));
            }
            Node::Element(element) => {
                let texts = READ_OUT.iter().filter_map(|name| element.attr(name));
                found.extend(
                    texts.filter(|text| !text.contains(BRACKETS[0])).filter_map(|text| left_over(text, data)),
                );
            }
            _ => {}
        }
    }
    found
}

fn left_over(text: &str, data: &[&str]) -> Option<String> {
    // What is inside of noscript is no text for a program that knows scripts.
    if data.contains(&text.trim()) || text.starts_with("<meta") {
        return None;
    }
    let long = data.iter().filter(|known| known.len() > 2);
    let rest = long.fold(text.to_owned(), |rest, known| rest.replace(known, ""));
    rest.contains(char::is_alphabetic).then(|| text.trim().to_owned())
}
