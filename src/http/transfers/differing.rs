//! What differs between the two homes: said plainly, accepted by the person; and the papers to take away.

use maud::{Markup, html};

use super::looks;
use crate::{
    http::ui::{
        layout::csrf,
        words::{self, number, sentence},
    },
    model::transfer::{Transfer, TransferState as S},
    site::sessions::Session,
    transfer::status::Status,
};

/// The differences, above the choices that need them accepted.
pub(super) fn differing(session: &Session, transfer: &Transfer, status: &Status) -> Markup {
    let differences = &status.differences;
    let is_asked = transfer.state == S::Trial && !differences.are_accepted();
    html! {
        @if differences.count > 0 && matches!(transfer.state, S::Trial | S::Kept | S::Done) {
            section.card #differences {
                h2 { @if differences.count == 1 { "One thing differs" } @else { (number(differences.count)) " things differ" } }
                @if differences.gaps.is_empty() {
                    p { "They did not come over. Why, stands above." }
                } @else {
                    p { "These are differences that belong to no single thing; what failed stands above." }
                    ul { @for gap in &differences.gaps {
                        li { strong { (kind(&gap.kind)) ", " (number(gap.count)) } ": " (sentence(&gap.why)) }
                    } }
                }
                @if status.can_try_again && !looks::is_looking(status) {
                    p.note { "What failed is tried again once a day while you try the copy." }
                    form method="post" action={ "/transfers/" (transfer.id) "/try-again" } {
                        (csrf(session))
                        div.actions { button.secondary type="submit" { "Try what failed again" } }
                    }
                }
                @if is_asked {
                    p { "You can go on looking around, or throw the copy away. To keep or announce it, say first that "
                        "you have seen this." }
                    form method="post" action={ "/transfers/" (transfer.id) "/accept" } {
                        (csrf(session))
                        input type="hidden" name="differences" value=(differences.count);
                        div.actions { button.secondary type="submit" {
                            @if differences.count == 1 { "I have seen it; go on without it" }
                            @else { "I have seen them; go on without them" }
                        } }
                    }
                } @else if differences.accepted == differences.count {
                    p.note { "✓ You have accepted this." }
                }
            }
        }
    }
}

fn kind(word: &str) -> String {
    if word == "inventory" { "Old home's own numbers".to_owned() } else { words::kind(word) }
}

/// The papers to take away.
pub(super) fn papers(transfer: &Transfer) -> Markup {
    let at = |last: &str| format!("/api/v1/transfers/{}/{last}", transfer.id);
    html! {
        @if matches!(transfer.state, S::Trial | S::Kept | S::Done | S::AwaitingAnnouncement) {
            details {
                summary { "Take the numbers with you" }
                p { "A certificate, signed by this server, says what stood at Old home, what is here, and why anything is not. "
                    "It can be checked without asking anybody." }
                ul {
                    li { a href=(at("certificate")) download { "Certificate" } }
                    li { a href=(at("items.csv")) download { "Every single thing, as a table" } }
                    li { a href=(at("items.jsonl")) download { "The same for checking the certificate" } }
                }
            }
        }
    }
}
