//! What differs between the two homes: said plainly, accepted by the person; and the papers to take away.

use maud::{Markup, html};

use super::looks;
use crate::words::{say, text};
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
                h2 { @if differences.count == 1 { (say!("transfers-one-thing-differs")) } @else { (say!("transfers-things-differ", differences = number(differences.count))) } }
                @if differences.gaps.is_empty() {
                    p { (say!("transfers-they-did-not-come-over-why-stands")) }
                } @else {
                    p { (say!("transfers-these-are-differences-that-belong-to")) }
                    ul { @for gap in &differences.gaps {
                        li { strong { (kind(&gap.kind)) ", " (number(gap.count)) } ": " (sentence(&gap.why)) }
                    } }
                }
                @if status.can_try_again && !looks::is_looking(status) {
                    p.note { (say!("transfers-what-failed-is-tried-again-daily")) }
                    form method="post" action={ "/transfers/" (transfer.id) "/try-again" } {
                        (csrf(session))
                        div.actions { button.secondary type="submit" { (say!("transfers-try-what-failed-again")) } }
                    }
                }
                @if is_asked {
                    p { (say!("transfers-you-can-go-on-looking-around-or")) }
                    form method="post" action={ "/transfers/" (transfer.id) "/accept" } {
                        (csrf(session))
                        input type="hidden" name="differences" value=(differences.count);
                        div.actions { button.secondary type="submit" {
                            @if differences.count == 1 { (say!("transfers-i-have-seen-it-go-on-without")) }
                            @else { (say!("transfers-i-have-seen-them-go-on-without")) }
                        } }
                    }
                } @else if differences.accepted == differences.count {
                    p.note { (say!("transfers-you-have-accepted-this")) }
                }
            }
        }
    }
}

fn kind(word: &str) -> String {
    if word == "inventory" { text!("transfers-old-homes-own-numbers") } else { words::kind(word) }
}

/// The papers to take away.
pub(super) fn papers(transfer: &Transfer) -> Markup {
    let at = |last: &str| format!("/api/v1/transfers/{}/{last}", transfer.id);
    html! {
        @if matches!(transfer.state, S::Trial | S::Kept | S::Done | S::AwaitingAnnouncement) {
            details {
                summary { (say!("transfers-take-the-numbers-with-you")) }
                p { (say!("transfers-a-certificate-signed-by-this-server")) }
                ul {
                    li { a href=(at("certificate")) download { (say!("transfers-certificate")) } }
                    li { a href=(at("items.csv")) download { (say!("transfers-every-single-thing-as-a-table")) } }
                    li { a href=(at("unshown.jsonl")) download { (say!("transfers-what-could-not-be-shown-here")) } }
                    li { a href=(at("items.jsonl")) download { (say!("transfers-the-same-for-checking-the-certificate")) } }
                }
            }
        }
    }
}
