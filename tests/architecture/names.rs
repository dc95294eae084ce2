//! Words that are not to be used, or not just anywhere.

use crate::{
    references::is_in,
    tree::{all, sources, tests_only, written_by_hand},
};

/// Names that would fit anything.
const EMPTY: [&str; 5] = ["utils", "helpers", "common", "misc", "manager"];

/// Schema change, two properties and what people call it all: say which.
const AMBIGUOUS: &str = "migration";

/// Where the ambiguous word has one meaning.
const AMBIGUOUS_MAY_STAND_IN: [&str; 6] = [
    "src/wire",
    "src/store",
    "src/http/lola",
    "src/adapters/lola",
    "src/adapters/mastodon_database",
    "src/adapters/mastodon_api/dialects",
];

/// Where it may be a part of a field's name, as in `startMigration`, but not stand alone.
const AMBIGUOUS_MAY_BE_A_PART_IN: [&str; 3] = ["src/http", "src/site/documents", "src/cli/proxy"];

/// Other people's servers.
const SYSTEMS: [&str; 22] = [
    "akkoma",
    "calckey",
    "diaspora",
    "fedify",
    "firefish",
    "friendica",
    "gotosocial",
    "hubzilla",
    "iceshrimp",
    "lemmy",
    "mastodon",
    "misskey",
    "mitra",
    "mobilizon",
    "owncast",
    "peertube",
    "pixelfed",
    "pleroma",
    "sharkey",
    "snac",
    "wafrn",
    "writefreely",
];

/// Where all of them may be named: the registry of adapters, the table of what other servers do, and the
/// adapter of all that answer one interface.
const ABOUT_SYSTEMS: [&str; 3] = ["src/adapters/mod", "src/adapters/neighbours", "src/adapters/mastodon_api"];

/// Words that carry such a name in everybody's documents (or in a library), and where they stand.
const FIELDS: [(&str, &str); 6] = [
    ("src/config", "mastodon_database"),
    ("src/wire", "_misskey_quote"),
    ("src/cli/demo/checker", "_misskey_quote"),
    ("src/site/documents/discovery", "diaspora"),
    ("src/http/site/well_known", "diaspora"),
    ("src/federation/signing", "mastodon_compat"),
];

/// Parts of paths of the machines this was written on, cut in two so that this file passes.
const WORKPLACE: [(&str, &str); 2] = [("/wo", "rk/"), ("/fa", "rm/")];

/// The words of a text with their lines: letters, digits and `_`.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(line, content)| {
        content
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(move |word| (line + 1, word))
    })
}

/// Files and identifiers that are called nothing in particular.
pub fn empty_names() -> Vec<String> {
    let mut findings = Vec::new();
    for text in written_by_hand() {
        for part in text.path.split(['/', '.']).filter(|part| EMPTY.contains(part)) {
            findings.push(format!("{}:1: a file or folder called {part}", text.path));
        }
    }
    for source in sources() {
        for (line, word) in words(&source.code()) {
            if let Some(part) = parts(word).into_iter().find(|part| EMPTY.contains(&part.as_str())) {
                findings.push(format!("{}:{line}: {word} says {part}", source.path));
            }
        }
    }
    findings
}

/// Uses of the word with four meanings.
pub fn ambiguous_word() -> Vec<String> {
    let mut findings = Vec::new();
    let tests_only = tests_only();
    for source in sources() {
        if AMBIGUOUS_MAY_STAND_IN.iter().any(|place| is_in(&source.path, place)) {
            continue;
        }
        // A test that plays another server writes that server's documents.
        let may_be_a_part = tests_only.contains(&source.path)
            || AMBIGUOUS_MAY_BE_A_PART_IN.iter().any(|place| is_in(&source.path, place));
        for (line, word) in words(&source.content) {
            let lower = word.to_lowercase();
            let stands_alone = lower.trim_end_matches('s') == AMBIGUOUS;
            if stands_alone || (lower.contains(AMBIGUOUS) && !may_be_a_part) {
                findings.push(format!("{}:{line}: {word}", source.path));
            }
        }
    }
    findings
}

/// Names of foreign systems outside the adapter that is called after them.
pub fn foreign_systems() -> Vec<String> {
    let mut findings = Vec::new();
    for source in
        sources().iter().filter(|source| !ABOUT_SYSTEMS.iter().any(|place| is_in(&source.path, place)))
    {
        let adapter = source.path.strip_prefix("src/adapters/");
        for (line, word) in words(&source.content) {
            let system = parts(word).into_iter().find(|part| SYSTEMS.contains(&part.as_str()));
            if let Some(system) = system
                && !adapter.is_some_and(|file| file.starts_with(system.as_str()))
                && !FIELDS.iter().any(|(place, field)| is_in(&source.path, place) && *field == word)
            {
                findings.push(format!("{}:{line}: {word} belongs in src/adapters/{system}…", source.path));
            }
        }
    }
    findings
}

/// Paths that only exist where this was written.
pub fn workplace() -> Vec<String> {
    let mut findings = Vec::new();
    for text in all() {
        for (line, content) in text.content.lines().enumerate() {
            for (one, other) in WORKPLACE {
                let path = format!("{one}{other}");
                if content.contains(&path) {
                    findings.push(format!("{}:{}: {path}", text.path, line + 1));
                }
            }
        }
    }
    findings
}

/// The words an identifier is put together from, in lower case.
fn parts(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for c in word.chars() {
        if (c == '_' || (c.is_uppercase() && was_lower)) && parts.last().is_some_and(|part| !part.is_empty())
        {
            parts.push(String::new());
        }
        if c != '_'
            && let Some(part) = parts.last_mut()
        {
            part.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    parts
}

#[test]
fn identifiers_fall_into_their_words() {
    assert_eq!(parts("SessionManager"), ["session", "manager"]);
    assert_eq!(parts("mastodon_archive"), ["mastodon", "archive"]);
    assert_eq!(parts("joinmastodon"), ["joinmastodon"]);
    assert_eq!(parts("MAX_ITEMS"), ["max", "items"]);
}
