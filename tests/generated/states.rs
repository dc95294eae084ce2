//! The states of a transfer as a drawing.

use std::fmt::Write;

use godwit::model::transfer::TransferState;

/// A Mermaid state diagram with every legal step.
pub fn drawing() -> String {
    let mut out = String::from("```mermaid\nstateDiagram-v2\n");
    let all = TransferState::ALL;
    let ends = |state: &TransferState| !all.iter().any(|next| state.may_become(*next));
    let begins = |state: &TransferState| !all.iter().any(|before| before.may_become(*state));
    for state in all.iter().filter(|state| begins(state)) {
        writeln!(out, "    [*] --> {}", state.as_str()).unwrap();
    }
    for state in all {
        for next in all.iter().filter(|next| state.may_become(**next)) {
            writeln!(out, "    {} --> {}", state.as_str(), next.as_str()).unwrap();
        }
    }
    for state in all.iter().filter(|state| ends(state)) {
        writeln!(out, "    {} --> [*]", state.as_str()).unwrap();
    }
    out.push_str("```\n");
    out
}
