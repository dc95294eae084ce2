//! Files of the repository: read, compared, renewed.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What stands before and behind a part that is made.
const OPENING: &str = "<!-- made from the code: ";
const CLOSING: &str = "<!-- end -->";

fn full(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reads a file; one that is not there yet is empty.
pub fn read(path: &str) -> String {
    fs::read_to_string(full(path)).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the program")]
fn is_renewing() -> bool {
    std::env::var_os("GODWIT_RENEW").is_some()
}

/// Compares a file with what it should say, or writes it.
pub fn agrees(path: &str, made: &str) {
    if is_renewing() {
        fs::create_dir_all(full(path).parent().unwrap()).unwrap();
        fs::write(full(path), made).unwrap();
    }
    let found = read(path);
    let differs = found.lines().zip(made.lines()).position(|(one, other)| one != other);
    let line = differs.unwrap_or_else(|| found.lines().count().min(made.lines().count())) + 1;
    assert!(
        found == made,
        "{path} differs from the code at line {line}; GODWIT_RENEW=1 cargo test --test generated writes it anew"
    );
}

/// A file with its marked parts made anew; every part of the file must be made, and every made one
/// have its place.
pub fn with_blocks(path: &str, made: &[(&str, String)]) -> String {
    let text = read(path);
    let mut out = String::new();
    let mut rest = text.as_str();
    let mut placed = Vec::new();
    while let Some((before, after)) = rest.split_once(OPENING) {
        let (name, after) = after.split_once(" -->\n").unwrap();
        let (_, after) = after.split_once(CLOSING).unwrap_or_else(|| panic!("{path}: {name} has no end"));
        let part = made.iter().find(|(known, _)| *known == name);
        let (_, part) = part.unwrap_or_else(|| panic!("{path}: nothing makes {name}"));
        let part = part.trim_end();
        out.extend([before, OPENING, name, " -->\n\n", part, "\n\n", CLOSING]);
        placed.push(name);
        rest = after;
    }
    out.push_str(rest);
    let lost: Vec<_> = made.iter().map(|(name, _)| name).filter(|name| !placed.contains(name)).collect();
    assert!(lost.is_empty(), "{path} has no place for {lost:?}");
    out
}

/// Addresses that stand between backticks and start with a slash, without method and query.
pub fn addresses(text: &str) -> Vec<String> {
    let quoted = text
        .lines()
        .filter(|line| !line.starts_with("```"))
        .flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    quoted
        .map(|words| words.trim_start_matches("GET ").trim_start_matches("POST ").to_owned())
        .filter(|words| words.starts_with('/') && !words.contains(' '))
        .map(|words| words.split('?').next().unwrap_or_default().to_owned())
        .collect()
}

/// The phrases in the left column of the table of messages.
pub fn phrases(text: &str) -> Vec<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).skip(1);
    rows.flat_map(|cell| cell.split(" · ").map(|phrase| phrase.trim().to_owned())).collect()
}

/// All code below a folder, as one text.
pub fn sources(folder: &str) -> String {
    fn gather(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "ftl") {
                found.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut found = String::new();
    gather(&full(folder), &mut found);
    found
}

/// A table in Markdown.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(head.iter().map(|cell| (*cell).to_owned()).collect());
    out.push_str(&line(head.iter().map(|_| "---".to_owned()).collect()));
    for row in rows {
        out.push_str(&line(row.clone()));
    }
    out
}

/// A JSON document in Markdown.
pub fn json(value: &impl serde::Serialize) -> String {
    format!("```json\n{}\n```\n", serde_json::to_string_pretty(value).unwrap())
}
