//! The files of this repository, and the code in them without comments, strings and test tails.

use std::{fs, path::Path};

/// Folders that are made, fetched or local, never part of the repository: these at the top …
const NOT_OURS_AT_THE_TOP: [&str; 3] = [".git", "target", "data"];

/// … and this one anywhere.
const FETCHED: &str = "node_modules";

/// Folders of documents that other people's programs wrote.
const FOREIGN: &str = "/fixtures/";

/// Endings of files that people write line by line.
const BY_HAND: [&str; 8] = ["rs", "md", "sql", "mjs", "js", "css", "html", "toml"];

/// One text file.
pub struct Text {
    /// Path from the repository's root, with `/`.
    pub path: String,
    /// All of it.
    pub content: String,
}

impl Text {
    /// Number of lines.
    pub fn lines(&self) -> usize {
        self.content.lines().count()
    }

    fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == ending)
    }

    /// The program text: comments and the insides of strings are blanks, lines stay where they
    /// were, and unit tests at the end are cut off.
    pub fn code(&self) -> String {
        let code = blank_comments_and_strings(&self.content);
        match code.find("#[cfg(test)]\nmod tests") {
            Some(tail) => code.chars().take(code[..tail].chars().count()).collect(),
            None => code,
        }
    }
}

/// Reads one file that must be there.
pub fn read(path: &str) -> Text {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let content = fs::read_to_string(full).unwrap_or_else(|error| panic!("{path}: {error}"));
    Text { path: path.to_owned(), content }
}

/// Rust files under `src`.
pub fn sources() -> Vec<Text> {
    all().into_iter().filter(|text| text.path.starts_with("src/") && text.has_ending("rs")).collect()
}

/// Files that are compiled for tests only: their module is declared behind `#[cfg(test)]`, or a
/// module above them is. They may reach for whatever they set up.
pub fn tests_only() -> Vec<String> {
    let sources = sources();
    let mut roots: Vec<String> = Vec::new();
    for source in &sources {
        let folder = source
            .path
            .strip_suffix("mod.rs")
            .map_or_else(|| format!("{}/", source.path.trim_end_matches(".rs")), str::to_owned);
        for (_, after) in source
            .content
            .match_indices("#[cfg(test)]\n")
            .map(|(at, mark)| (at, &source.content[at + mark.len()..]))
        {
            let line = after.lines().next().unwrap_or_default();
            if let Some(name) = line.split("mod ").nth(1).and_then(|rest| rest.strip_suffix(';')) {
                roots.push(format!("{folder}{name}"));
            }
        }
    }
    let is_below = |path: &str| {
        roots.iter().any(|root| path == format!("{root}.rs") || path.starts_with(&format!("{root}/")))
    };
    sources.iter().map(|source| source.path.clone()).filter(|path| is_below(path)).collect()
}

/// Files that people write.
pub fn written_by_hand() -> Vec<Text> {
    let is_ours =
        |text: &Text| !text.path.contains(FOREIGN) && BY_HAND.iter().any(|end| text.has_ending(end));
    all().into_iter().filter(is_ours).collect()
}

/// Every text file of the repository, in order of path.
pub fn all() -> Vec<Text> {
    let mut found = Vec::new();
    walk(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<Text>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.map_while(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == FETCHED || (prefix.is_empty() && NOT_OURS_AT_THE_TOP.contains(&name.as_str())) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{path}/"), found);
        } else if let Ok(content) = fs::read_to_string(entry.path()) {
            found.push(Text { path, content });
        }
    }
}

/// Replaces what is not program text by blanks.
fn blank_comments_and_strings(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_token(&chars, at);
        let is_code = end == at + 1;
        for c in &chars[at..end] {
            out.push(if is_code || *c == '\n' { *c } else { ' ' });
        }
        at = end;
    }
    out
}

/// Where the comment, string or character that starts at `at` ends; the next character otherwise.
fn end_of_token(chars: &[char], at: usize) -> usize {
    let next = |offset: usize| chars.get(at + offset).copied();
    let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    match chars[at] {
        '/' if next(1) == Some('/') => find(chars, at, "\n"),
        '/' if next(1) == Some('*') => (find(chars, at + 2, "*/") + 2).min(chars.len()),
        '"' => end_of_string(chars, at + 1),
        'r' if matches!(next(1), Some('"' | '#'))
            && !is_word(at.checked_sub(1).and_then(|b| chars.get(b))) =>
        {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if next(1 + hashes) != Some('"') {
                return at + 1;
            }
            let close = format!("\"{}", "#".repeat(hashes));
            (find(chars, at + 2 + hashes, &close) + close.len()).min(chars.len())
        }
        '\'' if next(1) == Some('\\') => (find(chars, at + 3, "'") + 1).min(chars.len()),
        '\'' if next(2) == Some('\'') => at + 3,
        _ => at + 1,
    }
}

fn end_of_string(chars: &[char], from: usize) -> usize {
    let mut at = from;
    while let Some(c) = chars.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn find(chars: &[char], from: usize, wanted: &str) -> usize {
    let wanted: Vec<char> = wanted.chars().collect();
    (from..chars.len()).find(|at| chars[*at..].starts_with(&wanted)).unwrap_or(chars.len())
}

#[test]
fn strings_and_comments_are_not_code() {
    let text = Text {
        path: String::new(),
        content:
            "let a = \"crate::x // \\\" \"; // crate::y\nlet r = r#\"sqlx::\"#; let c = '\"'; b('\\'')\n\
                  /* tar:: */ fn f<'a>() {}\n#[cfg(test)]\nmod tests { use crate::http; }\n"
                .to_owned(),
    };
    let code = text.code();
    assert!(!code.contains("crate::") && !code.contains("sqlx") && !code.contains("tar"), "{code}");
    assert!(code.contains("let r =") && code.contains("let c =") && code.contains("fn f<'a>() {}"), "{code}");
}
