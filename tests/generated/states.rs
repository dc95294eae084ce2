//! The states of a transfer and of a pass as drawings.

use std::fmt::Write;

use godwit::model::{departure::DepartureState, pass::PassState, transfer::TransferState};

/// A transfer's states.
pub fn drawing() -> String {
    drawn(TransferState::ALL, TransferState::as_str, TransferState::may_become)
}

/// A pass's states.
pub fn passes() -> String {
    drawn(PassState::ALL, PassState::as_str, PassState::may_become)
}

/// A departure's states.
pub fn departures() -> String {
    drawn(DepartureState::ALL, DepartureState::as_str, DepartureState::may_become)
}

/// A Mermaid state diagram with every legal step.
fn drawn<S: Copy>(all: &[S], word: fn(S) -> &'static str, may_become: fn(S, S) -> bool) -> String {
    let mut out = String::from("```mermaid\nstateDiagram-v2\n");
    let ends = |state: S| !all.iter().any(|next| may_become(state, *next));
    let begins = |state: S| !all.iter().any(|before| may_become(*before, state));
    for state in all.iter().copied().filter(|state| begins(*state)) {
        writeln!(out, "    [*] --> {}", word(state)).unwrap();
    }
    for state in all {
        for next in all.iter().filter(|next| may_become(*state, **next)) {
            writeln!(out, "    {} --> {}", word(*state), word(*next)).unwrap();
        }
    }
    for state in all.iter().copied().filter(|state| ends(*state)) {
        writeln!(out, "    {} --> [*]", word(state)).unwrap();
    }
    out.push_str("```\n");
    out
}
