//! Letters in words: the same on the page and in the mail. This file knows nothing but names of kinds.

use crate::words::text;

/// A letter as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its first line.
    pub subject: String,
    /// What it says.
    pub body: String,
}

/// What a letter of this kind says about `about` (a server, a reason or a question), at `here`; nothing for a kind
/// that is not known.
pub fn told(kind: &str, about: &str, here: &str) -> Option<Told> {
    let (subject, body) = match kind {
        "export_authorised" => (
            text!("letters-export-subject", here = here, about = about),
            text!("letters-export", here = here, about = about),
        ),
        "let_in" => (text!("letters-let-in-subject", here = here), text!("letters-let-in", here = here)),
        "declined" => (
            text!("letters-declined-subject", here = here),
            text!("letters-declined", here = here, about = about),
        ),
        "timed_out" => {
            (text!("letters-timed-out-subject", here = here), text!("letters-timed-out", here = here))
        }
        "asked" => {
            (text!("letters-asked-subject", here = here), text!("letters-asked", here = here, about = about))
        }
        "copy_finished" => {
            (text!("letters-copied-subject", here = here), text!("letters-copied", about = about))
        }
        "announcement_due" => (text!("letters-due-subject"), text!("letters-due", about = about)),
        "announcement_rests" => {
            let (server, due) = about.split_once(' ')?;
            (
                text!("letters-rests-subject", due = due),
                text!("letters-rests", here = here, server = server, due = due),
            )
        }
        "announcement_stopped" => {
            (text!("letters-stopped-subject"), text!("letters-not-announced", here = here, why = about))
        }
        "trial_ends" => (
            text!("letters-trial-ends-subject", day = about),
            text!("letters-trial-ends", here = here, day = about),
        ),
        "settled" => (text!("letters-settled-subject"), text!("letters-settled", here = here, about = about)),
        "hidden" => (
            text!("letters-hidden-subject", here = here),
            text!("letters-hidden", here = here, about = about),
        ),
        "going" => {
            (text!("letters-going-subject", here = here), text!("letters-going", here = here, about = about))
        }
        "shown_again" => {
            (text!("letters-shown-again-subject", here = here), text!("letters-shown-again", here = here))
        }
        "erased" => (
            text!("letters-erased-subject", here = here),
            text!("letters-erased", here = here, about = about),
        ),
        _ => return None,
    };
    Some(Told { subject, body })
}
