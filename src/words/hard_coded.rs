//! What code says to people by itself instead of taking it from the texts. It is found by what it is given to: a
//! refusal, a reason that is kept with an item, a note, the outlook of a server.

use super::catalog::code_below;

mod places;

use places::{around, bare, last, literals, named, uses};

/// Where code puts what people read.
const READ: &[&str] = &[
    "AdapterError::Item",
    "AdapterError::item",
    "Gap",
    "OldSide::NewHomeAlone",
    "Outlook",
    "RefusedEntry",
    "Row::Broken",
    "SiteError::Busy",
    "SiteError::Refused",
    "SiteError::TooMany",
    "SourceSideError::Refused",
    "SourceSideError::refused",
    "Statement::Unbelieved",
    "Tied::Rests",
    "TransferError::Refused",
    "Unreadable",
    "Written::Skipped",
    "applications::end",
    "compared::forget",
    "items::end_rest",
    "notes.push",
    "notes::note",
    "refuse",
    "refused",
    "rows::decline",
    "rows::decline_outside",
    "unbelieved",
    "unreadable",
];

/// What goes to the log, to a program or through the texts, wherever it stands.
const NOT_READ: &[&str] = &[
    "AdapterError::Busy",
    "AdapterError::fatal",
    "io::Error::other",
    "lookup::busy",
    "say!",
    "text!",
    "tracing::debug!",
];

/// Who reads things of other homes: an error without a name is the reason why one of them does not come.
const READERS: [&str; 6] = [
    "adapters/csv_lists",
    "adapters/lola",
    "_api/",
    "_archive/",
    "_database/destination/",
    "_database/source/",
];

/// What makes such an error.
const ERRORS: [&str; 3] = ["Err", "ok_or", "ok_or_else"];

/// Where refusals and reasons are no texts: terminals, logs, and what programs say to each other.
const OTHERWISE: [&str; 9] = [
    "adapters/mail",
    "cli/",
    "federation/",
    "http/oauth/",
    "jobs/letters",
    "_database/keeper/",
    "port/remote",
    "telemetry",
    "wire/",
];

/// What stands in for others, and speaks for them.
const OF_TESTS: [&str; 8] =
    ["app/journeys", "chains.rs", "fakes", "fixture", "stand_in/", "tests.rs", "tests/", "words/"];

/// Whether a name is one of these, perhaps by a longer way.
fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|one| name.strip_suffix(one).is_some_and(|way| way.is_empty() || way.ends_with([':', '.'])))
        // What is not done about a letter of another server is said to that server.
        && !name.starts_with("Received::")
}

/// Whether a text is a sentence: some words, and a stop.
fn is_sentence(text: &str) -> bool {
    text.split_whitespace().count() > 2 && text.trim_end().ends_with(['.', '!', '?'])
}

/// Whether a text has words of its own in it.
fn is_said(text: &str) -> bool {
    let mut depth = 0_i32;
    let own: String = text
        .chars()
        .filter(|letter| {
            depth += i32::from(*letter == '{') - i32::from(*letter == '}');
            depth == 0
        })
        .collect();
    own.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() > 1
}

/// What is put to people in code, by what it is given to; `is_reader` says that every error is.
fn said_by_code(code: &str, is_reader: bool) -> Vec<String> {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let all = literals(code);
    let bare = bare(code, &all);
    // The first brackets that say who reads it; an error has to be the very first.
    let verdict = |at: usize| {
        let mut is_first = is_reader;
        for name in around(&bare, at) {
            if is_one_of(name, READ) || (is_first && ERRORS.contains(&last(name))) {
                return Some(true);
            }
            if is_one_of(name, NOT_READ) {
                return Some(false);
            }
            is_first &= matches!(name, "" | "format!");
        }
        None
    };
    let mut places: Vec<usize> = Vec::new();
    for (at, text) in all.iter().filter(|(_, text)| is_said(text)) {
        if verdict(*at) == Some(true) {
            places.push(*at);
        }
        // What is given on by a name: `let why = "…"; Err(SiteError::Refused(why))`.
        let Some(named) = named(&bare, *at) else { continue };
        let is_given = uses(code, &bare, *at, named).into_iter().any(|place| verdict(place) == Some(true));
        if is_given && verdict(*at) != Some(false) && !text.is_empty() {
            places.push(*at);
        }
    }
    places.sort_unstable();
    places.dedup();
    all.into_iter().filter(|(at, _)| places.contains(at)).map(|(_, text)| text).collect()
}

#[test]
fn no_refusal_no_reason_and_no_sentence_of_a_transfer_is_hard_coded() {
    let mut findings = Vec::new();
    for (path, code) in code_below("src") {
        let path = path.to_string_lossy().replace('\\', "/");
        let (_, name) = path.rsplit_once("/src/").unwrap_or_default();
        let is_one = |of: &[&str]| of.iter().any(|part| name.contains(part));
        if is_one(&OTHERWISE) || is_one(&OF_TESTS) {
            continue;
        }
        let is_reader = is_one(&READERS);
        let mut said = said_by_code(&code, is_reader);
        if name.starts_with("transfer/") {
            let code = code.split("#[cfg(test)]").next().unwrap_or_default();
            said.extend(literals(code).into_iter().map(|(_, text)| text).filter(|text| is_sentence(text)));
        }
        findings.extend(said.into_iter().map(|text| format!("{name}: {text}")));
    }
    assert!(findings.is_empty(), "take these from the texts:\n{}", findings.join("\n"));
}

#[test]
fn what_code_says_by_itself_is_found() {
    let code = r#"
        // TransferError::Refused("not this one.".to_owned())
        const LATE: &str = "it came too late";
        let mark = '"';
        let bracket = '(';
        let id = text!("refusals-no-such-move", name = name);
        let doing = "asking Old home";
        let why = "Old home takes no map today.";
        tracing::info!("it is only written down");
        let missing = || SiteError::Refused("there is no such post".to_owned());
        let refuse = |why: &str| Err(SourceSideError::Refused { kind, why: format!("{why} for {name} today") });
        let busy = AdapterError::Busy { doing: "asking for it".into(), why: "it is away now".into() };
        page.unreadable.push(Unreadable { kind, key: format!("{title}: {key}"), why: "it is broken there".into() });
        let given = if few { "there are too few" } else { "there are too many" };
        notes::note(&store, &id, kind, count, given).await?;
        let letter = Received::refused("the letter is not understood");
        items::end_rest(&store, &id, kind, (ItemState::Skipped, LATE)).await?;
        return Err(AdapterError::fatal(doing, "it is no list at all"));
        return Err(TransferError::Refused(format!("{why} and more")));
        Err("it has no date".to_owned())
    "#;
    let found = [
        "it came too late",
        "Old home takes no map today.",
        "there is no such post",
        "{why} for {name} today",
        "it is broken there",
        "there are too few",
        "there are too many",
        "{why} and more",
    ];
    assert_eq!(said_by_code(code, false), found);
    // Where things of others are read, an error is the reason.
    assert_eq!(said_by_code(code, true).last().map(String::as_str), Some("it has no date"));
    assert_eq!(said_by_code(code, true).len(), found.len() + 1);
}
