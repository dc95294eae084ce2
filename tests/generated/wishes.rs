//! `docs/WISHES.md`: every wish has its line, and every test it names exists.

use std::{collections::BTreeSet, fs, path::Path};

/// How many wishes there are.
const WISHES: usize = 51;

/// What is wrong with the table.
pub fn findings(table: &str) -> Vec<String> {
    let known = tests();
    let mut found = Vec::new();
    for number in 1..=WISHES {
        let start = format!("| W{number} |");
        let Some(line) = table.lines().find(|line| line.starts_with(&start)) else {
            found.push(format!("W{number} has no line"));
            continue;
        };
        let shown_by = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let named: Vec<&str> = shown_by.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            found.push(format!("W{number} names no test"));
        }
        let lost = named.iter().filter(|name| !known.contains(**name));
        found.extend(lost.map(|name| format!("W{number} names {name}, which is no test")));
    }
    found
}

/// The names of all tests.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    for folder in ["src", "tests"] {
        walk(&root.join(folder), &mut names);
    }
    names
}

fn walk(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            // What follows the mark of a test, up to its name.
            let marks = ["test]", "::test("].iter().flat_map(|mark| text.match_indices(mark));
            for rest in marks.map(|(at, mark)| &text[at + mark.len()..]) {
                let head = rest.split_once('{').map_or(rest, |(head, _)| head);
                let name = head.split_once("fn ").and_then(|(_, name)| name.split_once('('));
                names.extend(name.map(|(name, _)| name.to_owned()));
            }
            // Stories that a macro makes tests of are listed by their names.
            let lists = text.split("on_both! {").skip(1).filter_map(|rest| rest.split_once('}'));
            for list in lists.filter_map(|(list, _)| list.split_once("=>")) {
                names.extend(list.1.split([',', ';']).map(|name| name.trim().to_owned()));
            }
        }
    }
}
