//! Where texts stand in code: in which brackets, in which statement, and where they go on by its name.

/// The texts between quotation marks in code, with where each begins; comments are passed over.
pub(super) fn literals(code: &str) -> Vec<(usize, String)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(rest) = code.get(at..) {
        let Some(next) = rest.find(['"', '/', '\'']) else { break };
        let start = at + next;
        let rest = code.get(start..).unwrap_or_default();
        at = start + 1;
        if rest.starts_with("//") {
            at = start + rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            // A single mark is no text.
            at = start + 4;
        } else if let Some(text) = rest.strip_prefix('"') {
            let (mut said, mut is_escaped, mut end) = (String::new(), false, text.len());
            for (place, letter) in text.char_indices() {
                if letter == '"' && !is_escaped {
                    end = place;
                    break;
                }
                is_escaped = letter == '\\' && !is_escaped;
                said.push(letter);
            }
            found.push((start, said));
            at = start + 1 + end + 1;
        }
    }
    found
}

/// The code without what stands in texts, comments and single letters, so that brackets are brackets; every
/// place stays where it is.
pub(super) fn bare(code: &str, literals: &[(usize, String)]) -> String {
    let mut bytes = code.as_bytes().to_vec();
    let mut blank = |from: usize, to: usize| {
        for byte in bytes.get_mut(from..to).into_iter().flatten() {
            *byte = if *byte == b'\n' { b'\n' } else { b' ' };
        }
    };
    for (start, text) in literals {
        blank(start + 1, start + 1 + text.len());
    }
    let is_text =
        |at: usize| literals.iter().any(|(start, text)| (*start..=start + text.len()).contains(&at));
    for (at, _) in code.match_indices("//").filter(|(at, _)| !is_text(*at)) {
        let line = code.get(at..).unwrap_or_default();
        blank(at, at + line.find('\n').unwrap_or(line.len()));
    }
    for (at, _) in code.match_indices('\'') {
        if code.get(at + 2..).is_some_and(|rest| rest.starts_with('\'')) {
            blank(at, at + 3);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the brackets around a place belong to, the innermost first: `Err`, `text!`, `Gap`.
pub(super) fn around(bare: &str, at: usize) -> Vec<&str> {
    let (mut found, mut depth) = (Vec::new(), 0_i32);
    for (place, letter) in bare.get(..at).unwrap_or_default().char_indices().rev() {
        match letter {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth > 0 => depth -= 1,
            '(' | '[' | '{' => {
                let before = bare.get(..place).unwrap_or_default().trim_end_matches(' ');
                let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '!');
                let name = before.rfind(|c| !is_of_name(c)).map_or(0, |end| end + 1);
                let name = before.get(name..).unwrap_or_default().trim_start_matches('.');
                // Behind a name in small letters stands a block, and not what makes something.
                let is_block = letter == '{' && !last(name).starts_with(char::is_uppercase);
                found.push(if is_block { "" } else { name });
            }
            _ => {}
        }
    }
    found
}

/// Where what begins at a place ends: with a letter, or with the brackets it stands in.
fn end_of(bare: &str, from: usize, is_end: impl Fn(char) -> bool) -> usize {
    let mut depth = 0_i32;
    for (place, letter) in bare.get(from..).unwrap_or_default().char_indices() {
        depth += i32::from(matches!(letter, '(' | '[' | '{')) - i32::from(matches!(letter, ')' | ']' | '}'));
        if depth < 0 || (depth == 0 && is_end(letter)) {
            return from + place;
        }
    }
    bare.len()
}

pub(super) fn last(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

/// Where the name stands that the last statement before a place gives.
fn start_of(bare: &str, at: usize) -> usize {
    let before = bare.get(..at).unwrap_or_default();
    let starts = ["let ", "const "].iter().filter_map(|word| Some(before.rfind(word)? + word.len()));
    starts.max().unwrap_or(0)
}

/// The name that a text gets by the statement it stands in.
pub(super) fn named(bare: &str, at: usize) -> Option<&str> {
    let start = start_of(bare, at);
    let rest = bare.get(start..)?;
    let name = rest.get(..rest.find(|c: char| !c.is_alphanumeric() && c != '_')?)?;
    (end_of(bare, start, |letter| letter == ';') > at && !name.is_empty()).then_some(name)
}

/// Where the name of the statement around a place is used, be it within another text: to the end of its block, or
/// in the whole file behind it.
pub(super) fn uses(code: &str, bare: &str, at: usize, name: &str) -> Vec<usize> {
    let begin = end_of(bare, start_of(bare, at), |letter| letter == ';');
    let is_of_file = name.chars().all(|c| c.is_uppercase() || c == '_');
    let end = if is_of_file { bare.len() } else { end_of(bare, begin, |_| false) };
    let rest = code.get(begin..end).unwrap_or_default();
    let is_of_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    rest.match_indices(name)
        .filter(|(place, _)| {
            let before = rest.get(..*place).unwrap_or_default().chars().next_back();
            let after = rest.get(place + name.len()..).unwrap_or_default().chars().next();
            let is_code = bare.get(begin + place..begin + place + name.len()) == Some(name);
            (is_code || before == Some('{')) && !is_of_name(before) && !is_of_name(after)
        })
        .map(|(place, _)| begin + place)
        .collect()
}
