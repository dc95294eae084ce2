//! Which modules and which external crates a file names.

use crate::tree::Text;

/// One naming of a top-level module.
pub struct Reference {
    /// Line, from 1.
    pub line: usize,
    /// The module.
    pub module: String,
}

/// Whether a file is the module at `place` or lies in its folder.
pub fn is_in(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The top-level module a file belongs to.
pub fn root_module(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// The modules a file declares, in order.
pub fn declared(text: &Text) -> Vec<String> {
    let code = text.code();
    let declarations =
        code.lines().map(|line| line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) "));
    declarations.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).map(str::to_owned).collect()
}

/// Every top-level module a file names through `crate::` or through enough `super::`.
pub fn of(text: &Text) -> Vec<Reference> {
    let code = text.code();
    let depth = depth(&text.path);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if !follows_a_word(&code, at) {
            add(&code, at + "crate::".len(), &mut found);
        }
    }
    for (at, _) in code.match_indices("super::") {
        let is_start = !follows_a_word(&code, at) && !code[..at].ends_with("super::");
        let steps = steps_up(&code[at..]);
        if is_start && steps == depth {
            add(&code, at + steps * "super::".len(), &mut found);
        }
    }
    found
}

/// How many modules lie between a file's own and the root.
fn depth(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').count()
}

fn steps_up(mut code: &str) -> usize {
    let mut steps = 0;
    while let Some(rest) = code.strip_prefix("super::") {
        code = rest;
        steps += 1;
    }
    steps
}

/// Adds what is named at `at`: one module, or the first names in a list of braces.
fn add(code: &str, at: usize, found: &mut Vec<Reference>) {
    if !code[at..].starts_with('{') {
        push(code, at, found);
        return;
    }
    let mut open = 0_usize;
    let mut is_first = false;
    for (offset, c) in code[at..].char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return;
        }
        if open == 1 && matches!(c, '{' | ',') {
            is_first = true;
        } else if is_first && !c.is_whitespace() {
            is_first = false;
            push(code, at + offset, found);
        }
    }
}

fn push(code: &str, at: usize, found: &mut Vec<Reference>) {
    let module: String = code[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if !module.is_empty() {
        found.push(Reference { line: line_of(code, at), module });
    }
}

/// Lines on which a file names an external crate: `name::…` at the start of a path, or `use name`.
pub fn lines_naming_crate(text: &Text, krate: &str) -> Vec<usize> {
    let code = text.code();
    let mut lines: Vec<usize> = code
        .match_indices(krate)
        .filter(|(at, _)| {
            let (before, after) = (&code[..*at], &code[at + krate.len()..]);
            let is_root = !follows_a_word(&code, *at) && !before.ends_with("::") && !before.ends_with('.');
            let is_use = before.ends_with("use ") && after.starts_with([';', ' ']);
            (is_root && after.starts_with("::")) || is_use
        })
        .map(|(at, _)| line_of(&code, at))
        .collect();
    lines.dedup();
    lines
}

fn follows_a_word(code: &str, at: usize) -> bool {
    code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

#[cfg(test)]
fn named(path: &str, content: &str) -> Vec<String> {
    let text = Text { path: path.to_owned(), content: content.to_owned() };
    of(&text).into_iter().map(|reference| reference.module).collect()
}

#[test]
fn modules_are_found_in_every_way_to_name_them() {
    let code = "use crate::{\n    model::{id, item},\n    port,\n};\nfn f() { crate::store::x(); $crate::wire::y() }";
    assert_eq!(named("src/site/posts.rs", code), ["model", "port", "store", "wire"]);
    assert_eq!(named("src/http/lola/map.rs", "use super::super::super::jobs::x; use super::y;"), ["jobs"]);
    assert_eq!(named("src/site/mod.rs", "use super::transfer; use self::posts;"), ["transfer"]);
}

#[test]
fn a_crate_is_told_from_a_method_and_a_module_of_the_same_name() {
    let lines =
        |content: &str| lines_naming_crate(&Text { path: String::new(), content: content.to_owned() }, "zip");
    assert_eq!(lines("a.iter().zip(b);\nstd::iter::zip::<A, B>(a);\nunzip::x();").len(), 0);
    assert_eq!(lines("use zip;\nlet a = zip::ZipArchive::new(f);"), [1, 2]);
}
