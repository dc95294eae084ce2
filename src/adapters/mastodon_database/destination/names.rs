//! Names in a text that was typed at another server: a bare `@bob` there means somebody else here.

use std::collections::BTreeMap;

/// Gives names without a server the one they had. `bare` leads from the bare name, in lower case, to the
/// full handle; whoever is not in it was nobody, and stays as typed.
pub(super) fn in_full(text: &str, bare: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(at) = rest.find('@') {
        let (ahead, from) = rest.split_at(at);
        out.push_str(ahead);
        before = ahead.chars().next_back().or(before);
        let after = from.strip_prefix('@').unwrap_or_default();
        let name = name_at(after);
        let next = after.get(name.len()..).unwrap_or_default();
        let is_alone = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '=' | '@'));
        let is_bare = !next.starts_with('@') || name_at(next.get(1..).unwrap_or_default()).is_empty();
        let known = bare.get(&name.to_lowercase()).filter(|_| is_alone && is_bare && !name.is_empty());
        if let Some(handle) = known {
            out.push_str(handle);
        } else {
            out.push('@');
            out.push_str(name);
        }
        before = name.chars().next_back().or(Some('@'));
        rest = next;
    }
    out.push_str(rest);
    out
}

/// The name that a text begins with: letters, digits and underscores, dots and dashes inside.
fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')));
    text.get(..end.unwrap_or(text.len())).unwrap_or_default().trim_end_matches(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(text: &str) -> String {
        in_full(text, &[("bob".to_owned(), "@bob@old.example".to_owned())].into())
    }

    #[test]
    fn a_bare_name_gets_the_server_it_was_typed_at() {
        for (typed, meant) in [
            ("@bob hi", "@bob@old.example hi"),
            ("hi @Bob!", "hi @bob@old.example!"),
            ("(@bob).", "(@bob@old.example)."),
            ("@bob @bob", "@bob@old.example @bob@old.example"),
            ("ends with @bob.", "ends with @bob@old.example."),
        ] {
            assert_eq!(full(typed), meant);
        }
    }

    #[test]
    fn what_is_no_bare_name_stays_as_typed() {
        for text in [
            "@bob@other.example",
            "mail bob@bob.example",
            "https://old.example/@bob/1",
            "@bobby",
            "@carl",
            "@ bob",
            "a@b@c",
            "@",
            "x=@bob",
        ] {
            assert_eq!(full(text), text);
        }
    }

    #[test]
    fn doing_it_twice_does_it_once() {
        let once = full("@bob and @bob@new.example and é@bob");
        assert_eq!(full(&once), once);
    }
}
