//! Every failure in every state is told in the words of the texts, and none in the words of the code.

use std::time::Duration;

use super::*;
use crate::{
    model::{id::TransferId, transfer::Origin},
    store::StoreError,
    words::pseudo,
};

/// What no person should read.
const RAW: &str = "error sending request: tcp connect error: os error 111 (0x6f) at src/remote.rs";
const CAUSES: [Cause; 13] = [
    Cause::Silent,
    Cause::Strained,
    Cause::Denied,
    Cause::Forbidden,
    Cause::Missing,
    Cause::Nonsense,
    Cause::Astray,
    Cause::Disk,
    Cause::Database,
    Cause::Scanner,
    Cause::Beside,
    Cause::File,
    Cause::Unknown,
];
const NEXT: [Next; 5] = [Next::Soon, Next::InAnHour, Next::Stopped, Next::LooksAgain, Next::AsBefore];

fn transfer(state: S) -> Transfer {
    Transfer {
        id: TransferId::from("1".to_owned()),
        account: "1".into(),
        asked_for: "@ann@old.example".to_owned(),
        origin: Origin::Live { actor: "https://old.example/users/ann".parse().unwrap() },
        state,
        problem: None,
        resume_at: None,
        ending: None,
    }
}

fn failures() -> Vec<TransferError> {
    let mut all: Vec<TransferError> = Vec::new();
    for cause in CAUSES.into_iter().filter(|cause| *cause != Cause::File) {
        let after = Duration::from_secs(1);
        all.push(AdapterError::Busy { doing: RAW.into(), why: RAW.into(), after, cause }.into());
        all.push(AdapterError::fatal(RAW, RAW).because(cause).into());
    }
    all.push(AdapterError::item(RAW).into());
    all.push(StoreError::Missing("reservation").into());
    all.push(StoreError::Conflict(RAW.to_owned()).into());
    all
}

#[test]
fn no_failure_in_any_state_is_told_in_the_words_of_the_code() {
    let mut findings = Vec::new();
    for state in S::ALL {
        for error in failures() {
            for next in NEXT {
                let spoken = pseudo::speak();
                let told = told(&transfer(*state), "new.example", Some(CollectionKind::Liked), &error, next);
                drop(spoken);
                let page = format!("<p>{told}</p>");
                let outside = pseudo::hard_coded(&page, &["old.example", "new.example"]);
                if !outside.is_empty() || told.contains("os error") || told.contains("reservation") {
                    findings.push(format!("{state:?} {error:?} {next:?}: {told}"));
                }
                if !told.contains("old.example") && !told.contains("new.example") {
                    findings.push(format!("{state:?} {error:?} {next:?} names nobody: {told}"));
                }
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn a_failure_says_what_was_done_why_whose_side_and_what_comes_next() {
    let silent = AdapterError::fatal(RAW, RAW).because(Cause::Silent).into();
    let told =
        |state, kind, error: &TransferError, next| told(&transfer(state), "new.example", kind, error, next);
    assert_eq!(
        told(S::Fetching, Some(CollectionKind::Liked), &silent, Next::Soon),
        "While “Likes” was being copied, old.example did not answer. It is tried again by itself; there is nothing \
         you need to do."
    );
    let denied = AdapterError::fatal(RAW, RAW).because(Cause::Denied).into();
    let said = told(S::Fetching, None, &denied, Next::Stopped);
    assert!(said.contains("old.example no longer takes your permission"), "{said}");
    assert!(said.contains("Sign in there again"), "{said}");
    let full = TransferError::Store(StoreError::Disk(std::io::Error::other(RAW).to_string()));
    let said = told(S::Importing, None, &full, Next::Soon);
    assert!(said.contains("new.example") && !said.contains("old.example"), "{said}");
    let why = "it is cut off in the middle";
    let file = AdapterError::fatal(RAW, why).because(Cause::File).into();
    let said = told(S::Surveying, None, &file, Next::Stopped);
    assert!(said.contains(why) && !said.contains("os error"), "{said}");
}

#[test]
fn a_refusal_is_told_as_it_is() {
    let refused = TransferError::Refused("The numbers do not agree.".to_owned());
    let during = TransferError::During(CollectionKind::Content, Box::new(refused));
    assert_eq!(
        told(&transfer(S::Fetching), "new.example", None, &during, Next::Stopped),
        "The numbers do not agree."
    );
}
