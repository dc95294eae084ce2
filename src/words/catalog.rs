//! Every text that code asks for exists with the words it is given, and every text is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use fluent_syntax::{ast, parser};

use super::FILES;

/// Names of texts, and of what is put into each.
fn written() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for (file, text) in FILES {
        let resource = parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
        for entry in resource.body {
            let ast::Entry::Message(message) = entry else { continue };
            let mut names = BTreeSet::new();
            if let Some(pattern) = &message.value {
                collect(pattern, &mut names);
            }
            let name = message.id.name.to_owned();
            assert!(all.insert(name.clone(), names).is_none(), "{name} is there twice");
        }
    }
    all
}

fn collect(pattern: &ast::Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else { continue };
        let inline = match expression {
            ast::Expression::Inline(inline) => inline,
            ast::Expression::Select { selector, variants } => {
                for variant in variants {
                    collect(&variant.value, names);
                }
                selector
            }
        };
        if let ast::InlineExpression::VariableReference { id } = inline {
            names.insert(id.name.to_owned());
        }
    }
}

/// What code asks for.
fn asked() -> Vec<(String, BTreeSet<String>)> {
    // This file speaks about the calls.
    let others = code_below("src").into_iter().filter(|(path, _)| !path.ends_with("words/catalog.rs"));
    others.flat_map(|(_, code)| in_file(&code)).collect()
}

/// Our own code below a folder of the project: a list that stands in it need not be written down a second time.
pub(crate) fn code_below(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                found.push((path, code));
            }
        }
    }
    found
}

fn in_file(code: &str) -> Vec<(String, BTreeSet<String>)> {
    let calls = ["say!(", "text!("].iter().flat_map(|call| code.split(call).skip(1));
    calls
        .filter_map(|rest| Some((rest.trim_start().strip_prefix('"')?, rest)))
        .map(|(rest, _)| {
            let (id, rest) = rest.split_once('"').unwrap();
            (id.to_owned(), names_of(rest))
        })
        .collect()
}

/// Names before a single `=` at the depth of the call itself.
fn names_of(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut is_text, mut piece) = (0_i32, false, String::new());
    let mut pieces = Vec::new();
    let mut before = ' ';
    for letter in rest.chars() {
        if letter == '"' && before != '\\' {
            is_text = !is_text;
        }
        before = letter;
        match letter {
            _ if is_text => piece.push('"'),
            ')' if depth == 0 => break,
            ',' if depth == 0 => pieces.push(std::mem::take(&mut piece)),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => piece.push(letter),
        }
    }
    pieces.push(piece);
    let name = |piece: &String| Some(piece.split_once('=')?.0.trim().to_owned());
    pieces.iter().filter_map(name).collect()
}

#[test]
fn code_and_texts_agree() {
    let written = written();
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for (id, given) in asked() {
        match written.get(&id) {
            None => findings.push(format!("{id} is asked for and not written")),
            Some(wanted) if !wanted.is_subset(&given) => {
                findings.push(format!("{id} wants {wanted:?} and is given {given:?}"));
            }
            Some(_) => {}
        }
        used.insert(id);
    }
    findings.extend(
        written
            .keys()
            .filter(|id| !used.contains(*id))
            .map(|id| format!("{id} is written and never asked for")),
    );
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn a_text_escapes_what_it_is_given_and_tells_one_from_many() {
    let told = super::markup(
        "site-runs-godwit-take-your-account-with-you",
        &[("domain", super::Word::Plain("<b>".to_owned()))],
    );
    assert!(told.0.contains("&lt;b&gt;") && !told.0.contains("<b>"), "{}", told.0);
    let people = |n: u64| super::plain("site-people", &[("n", super::Word::Number(n))]);
    assert_eq!((people(1), people(1_204)), ("1 person".to_owned(), "1,204 people".to_owned()));
}
