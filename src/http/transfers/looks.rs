//! What changed at Old home since the copy was made, and the button to look again.

use maud::{Markup, html};

use crate::{
    http::ui::{
        layout::csrf,
        words::{count, sentence},
    },
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
        h2 { "What changes at " (old_host) " meanwhile" }
        @if is_file {
            p.note { "This copy came from a file: it stays as the file was." }
        } @else if !status.can_look_again && status.pass.is_none() {
            p.note { "Old home cannot say what has changed there, so this copy stays as it was made." }
        } @else {
            @if is_looking(status) {
                p { "Looking at " (old_host) " right now…" }
            } @else {
                @if let Some(pass) = &status.pass { (told(pass)) }
                @else { p { "Once a day this server looks at " (old_host) " and brings what is new." } }
                form method="post" action={ "/transfers/" (transfer.id) "/look-again" } {
                    (csrf(session))
                    button.secondary type="submit" { "Look again" }
                }
            }
            p.note { "What you write, change or delete there arrives here; what you change here stays as you left it." }
        }
    }
}

fn told(pass: &Pass) -> Markup {
    let day = Moment::from_micros(pass.ended_at.unwrap_or(pass.started_at));
    html! {
        p { "Last looked at on " time datetime=(day.text()) { (day.day()) } ": " (found(&pass.found)) "." }
        @if let Some(problem) = &pass.problem {
            p.warning[pass.state == PassState::Failed].note[pass.state != PassState::Failed] { (sentence(problem)) }
        }
    }
}

/// What was found, in a few words.
fn found(found: &Found) -> String {
    if found.is_nothing() {
        return "nothing had changed".to_owned();
    }
    let mut said = vec![
        format!("{} new", found.added),
        format!("{} changed", found.changed),
        format!("{} gone", found.gone),
    ];
    if found.own > 0 {
        said.push(format!("{} left as you made it here", count(found.own, "thing", "things")));
    }
    said.join(", ")
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
