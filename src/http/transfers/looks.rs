//! What changed at Old home since the copy was made, and the button to look again.

use maud::{Markup, html};

use crate::words::{say, text};
use crate::{
    http::ui::{layout::csrf, words::sentence},
    model::{
        moment::Moment,
        pass::{Found, Pass, PassState},
        transfer::{Origin, Transfer},
    },
    site::sessions::Session,
    transfer::status::Status,
};

/// Whether Old home is being looked at right now.
pub(super) fn is_looking(status: &Status) -> bool {
    status.pass.as_ref().is_some_and(|pass| pass.state.is_open())
}

/// The last look, in words, and the button.
pub(super) fn since(session: &Session, transfer: &Transfer, status: &Status, old_host: &str) -> Markup {
    let is_file = matches!(transfer.origin, Origin::Archive { .. });
    html! {
        h2 { (say!("transfers-what-changes-at-meanwhile", old_host = old_host)) }
        @if is_file {
            p.note { (say!("transfers-this-copy-came-from-a-file-it")) }
        } @else if !status.can_look_again && status.pass.is_none() {
            p.note { (say!("transfers-old-home-cannot-say-what-has-changed")) }
        } @else {
            @if is_looking(status) {
                p { (say!("transfers-looking-at-right-now", old_host = old_host)) }
            } @else {
                @if let Some(pass) = &status.pass { (told(pass)) }
                @else { p { (say!("transfers-once-a-day-this-server-looks-at", old_host = old_host)) } }
                form method="post" action={ "/transfers/" (transfer.id) "/look-again" } {
                    (csrf(session))
                    button.secondary type="submit" { (say!("transfers-look-again")) }
                }
            }
            p.note { (say!("transfers-what-you-write-change-or-delete-there")) }
        }
    }
}

fn told(pass: &Pass) -> Markup {
    let day = Moment::from_micros(pass.ended_at.unwrap_or(pass.started_at));
    html! {
        p { (say!("transfers-last-looked-at-on", time = html! { time datetime=(day.text()) { (day.day()) } }, found = found(&pass.found))) }
        @if let Some(problem) = &pass.problem {
            p.warning[pass.state == PassState::Failed].note[pass.state != PassState::Failed] { (sentence(problem)) }
        }
    }
}

/// What was found, in a few words.
fn found(found: &Found) -> String {
    if found.is_nothing() {
        return text!("transfers-nothing-had-changed");
    }
    let (added, changed, gone) = (found.added, found.changed, found.gone);
    if found.own > 0 {
        return text!(
            "transfers-found-and-own",
            added = added,
            changed = changed,
            gone = gone,
            own = found.own
        );
    }
    text!("transfers-found", added = added, changed = changed, gone = gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_says_what_it_found_in_a_few_words() {
        assert_eq!(found(&Found::default()), "nothing had changed");
        let some = Found { added: 2, changed: 0, gone: 1, own: 1 };
        assert_eq!(found(&some), "2 new, 0 changed, 1 gone, 1 thing left as you made it here");
    }
}
